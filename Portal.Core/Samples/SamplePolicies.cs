using System.Globalization;
using System.Text.Json.Nodes;

namespace Hexabase.Portal.Samples;

/// <summary>The allocation rules and budgets of the sample organization, as the JSON bodies that POST allocation-rules and POST budgets take.</summary>
public static class SamplePolicies
{
    private const int SecondVersionMonth = 6;

    private static readonly string[] Units = [.. SampleOrganization.BusinessUnits.Select(unit => unit.Slug)];

    /// <summary>Two versions of the allocation rules, oldest first. The second goes down to projects, splits the network by cost and adds a markup to research.</summary>
    /// <param name="lastDay">Last day of the bill, as in <see cref="SampleBill.Files"/>.</param>
    public static IReadOnlyList<JsonObject> AllocationRules(DateOnly lastDay)
    {
        var first = SampleBill.FirstDay(lastDay);
        return
        [
            Version(first, [.. Workspaces(markup: null), Network(Split("even")), .. Shared()]),
            Version(first.AddMonths(SecondVersionMonth), [.. Projects(), .. Workspaces(markup: 5), Network(Split("proportional")), .. Shared()]),
        ];
    }

    /// <summary>The budgets: fine, near their limit, and one over it. All count effective cost in their own currency.</summary>
    public static IReadOnlyList<JsonObject> Budgets() =>
    [
        Budget("Group, public cloud", "organization", SampleOrganization.Slug, "USD", 118_000, 1_380_000),
        Budget("Finance-BU", "businessUnit", "finance-bu", "USD", 40_000),
        Budget("Retail-Apps, season", "businessUnit", "retail-apps", "USD", 20_500),
        Budget("payments-prod", "workspace", "payments-prod", "USD", 10_500),
        Budget("claims-analytics", "workspace", "claims-analytics", "USD", 12_000),
        Budget("Preview environments", "workspace", "preview-envs", "USD", 700),
        Budget("ML research, Google Cloud", "workspace", "ml-research", "JPY", 2_400_000),
    ];

    private static JsonObject Version(DateOnly from, JsonObject[] rules) =>
        new() { ["effectiveFrom"] = from.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ["rules"] = new JsonArray([.. rules]) };

    private static IEnumerable<JsonObject> Workspaces(int? markup)
    {
        foreach (var workspace in SampleOrganization.Workspaces)
        {
            // The tag of a preview environment is its slot: preview-01, preview-02 ...
            JsonNode tag = workspace.Name == "preview-envs" ? new JsonObject { ["prefix"] = "preview-" } : workspace.Name;
            var rule = Rule($"Workspace {workspace.Name}", new JsonObject { ["tag:workspace"] = tag }, "target", new JsonObject { ["workspace"] = workspace.Name });
            if (markup is { } percent && workspace.Name == "ml-research") rule["markupPercent"] = percent;
            yield return rule;
        }
    }

    // The research workspace stays whole: its markup is on the workspace.
    private static IEnumerable<JsonObject> Projects() =>
        from workspace in SampleOrganization.Workspaces
        where workspace.Projects.Count > 1 && workspace.Name != "ml-research"
        from project in workspace.Projects
        select Rule($"Project {project}", new JsonObject { ["tag:workspace"] = workspace.Name, ["tag:project"] = project }, "target", new JsonObject { ["project"] = project });

    private static JsonObject Network(JsonObject split) => Rule("Shared network", new JsonObject { ["tag:team"] = "network" }, "split", split);

    private static IEnumerable<JsonObject> Shared()
    {
        var fixedSplit = Split("fixed");
        fixedSplit["weights"] = new JsonArray(30, 20, 25, 15, 10);
        yield return Rule("Shared observability", new JsonObject { ["tag:team"] = "observability" }, "split", fixedSplit);
        yield return Rule("Commitments left unused", new JsonObject { ["CommitmentDiscountStatus"] = "Unused" }, "split", Split("proportional"));
        yield return Rule("Purchases, support, tax and credits", new JsonObject { ["ChargeCategory"] = new JsonArray("Purchase", "Tax", "Credit") }, "split", Split("proportional"));
    }

    private static JsonObject Split(string kind)
    {
        var split = new JsonObject { ["kind"] = kind, ["targets"] = new JsonArray([.. Units.Select(unit => new JsonObject { ["businessUnit"] = unit })]) };
        if (kind == "proportional") split["basis"] = "cost";
        return split;
    }

    private static JsonObject Rule(string name, JsonObject match, string kind, JsonObject value) => new() { ["name"] = name, ["match"] = match, [kind] = value };

    private static JsonObject Budget(string name, string scope, string slug, string currency, long monthly, long? yearly = null)
    {
        var limits = new JsonObject { ["monthly"] = Money(monthly, currency) };
        if (yearly is { } limit) limits["yearly"] = Money(limit, currency);
        return new JsonObject
        {
            ["name"] = name,
            ["scope"] = new JsonObject { [scope] = slug },
            ["limits"] = limits,
            ["metric"] = "effective",
            ["thresholds"] = new JsonArray(0.8m, 1.0m),
            ["forecastThresholds"] = new JsonArray(1.0m),
        };
    }

    private static JsonObject Money(long amount, string currency) => new() { ["amount"] = amount.ToString(CultureInfo.InvariantCulture), ["currency"] = currency };
}
