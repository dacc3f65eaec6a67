using System.Globalization;
using System.Text.Json.Nodes;
using Hexabase.Portal.Kernel;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Samples;

public sealed class SampleOrganizationTest
{
    private static readonly DateOnly LastDay = SampleReading.LastDay;

    [Fact]
    public void Names_BecomeTheSlugsThatRulesUse()
    {
        Slug.Stem(SampleOrganization.Name).ShouldBe(SampleOrganization.Slug);
        SampleOrganization.BusinessUnits.ShouldAllBe(unit => Slug.Stem(unit.Name) == unit.Slug);
        SampleOrganization.Workspaces.ShouldAllBe(workspace => Slug.Stem(workspace.Name) == workspace.Name);
        SampleOrganization.Workspaces.SelectMany(workspace => workspace.Projects).ShouldBeUnique();
        SampleOrganization.Workspaces.SelectMany(workspace => workspace.Projects).ShouldAllBe(project => Slug.Stem(project) == project);
        SampleOrganization.Workspaces.ShouldAllBe(workspace => SampleOrganization.BusinessUnits.Any(unit => unit.Slug == workspace.BusinessUnit));
        SampleOrganization.Quotas.ShouldAllBe(quota => SampleOrganization.Workspaces.Any(workspace => workspace.Name == quota.Workspace));
    }

    [Fact]
    public void Quotas_KeepReadingsInOrder() =>
        SampleOrganization.Quotas.Where(quota => quota.Used is not null).ShouldAllBe(quota => quota.Used <= quota.Requested && quota.Requested <= quota.Reserved && quota.Reserved <= quota.Limit);

    [Fact]
    public void AllocationRules_NameKnownTargetsOnly()
    {
        var known = SampleOrganization.BusinessUnits.Select(unit => $"businessUnit:{unit.Slug}")
            .Concat(SampleOrganization.Workspaces.Select(workspace => $"workspace:{workspace.Name}"))
            .Concat(SampleOrganization.Workspaces.SelectMany(workspace => workspace.Projects).Select(project => $"project:{project}")).ToHashSet(StringComparer.Ordinal);
        var versions = SamplePolicies.AllocationRules(LastDay);

        versions.Select(version => (string?)version["effectiveFrom"]).ShouldBe(["2025-11-01", "2026-05-01"]);
        foreach (var rule in versions.SelectMany(version => version["rules"]!.AsArray()).Cast<JsonObject>())
        {
            (rule.ContainsKey("target") ^ rule.ContainsKey("split")).ShouldBeTrue((string?)rule["name"]);
            var targets = rule["split"] is JsonObject split ? split["targets"]!.AsArray().Cast<JsonObject>() : [rule["target"]!.AsObject()];
            foreach (var target in targets) known.ShouldContain($"{target.Single().Key}:{target.Single().Value}");
            if (rule["split"]?["weights"] is JsonArray weights) weights.Sum(weight => (int)weight!).ShouldBe(100);
        }
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 8)]
    public async Task AllocationRules_LeaveTwoToFourPercentUnallocated(int version, int monthIndex)
    {
        var month = SampleBill.FirstDay(LastDay).AddMonths(monthIndex);
        var lines = (await SampleReading.OfAsync(SampleBill.Files(LastDay, SampleSize.Small).Where(file => file.Month == month))).Lines;
        var rules = SamplePolicies.AllocationRules(LastDay)[version]["rules"]!.AsArray().Select(rule => rule!["match"]!.AsObject()).ToList();

        foreach (var currency in lines.GroupBy(line => line.Provider == "Google Cloud"))
        {
            var unallocated = Effective(currency.Where(line => !rules.Exists(match => match.All(part => Matches(line, part.Key, part.Value!)))));
            (unallocated / Effective(currency)).ShouldBeInRange(0.02m, 0.04m);
        }
    }

    [Fact]
    public async Task Budgets_AreOneOverSomeNearSomeFine()
    {
        var current = (await SampleReading.OfAsync(SampleBill.Files(LastDay, SampleSize.Small).Where(file => file.Month.Month == 11 && file.Month.Year == 2026))).Lines;
        var used = SamplePolicies.Budgets().Where(budget => budget["scope"]!.AsObject().ContainsKey("workspace")).ToDictionary(budget => (string)budget["name"]!, Used, StringComparer.Ordinal);

        used["Preview environments"].ShouldBeGreaterThan(1.0m);
        // Twenty of thirty days have passed.
        used["payments-prod"].ShouldBeInRange(0.58m, 0.75m);
        used["ML research, Google Cloud"].ShouldBeInRange(0.58m, 0.85m);
        used["claims-analytics"].ShouldBeLessThan(0.56m);

        decimal Used(JsonObject budget)
        {
            var slug = (string)budget["scope"]!["workspace"]!;
            var tag = slug == "preview-envs" ? "\"workspace\":\"preview-" : $"\"workspace\":\"{slug}\"";
            var yen = (string?)budget["limits"]!["monthly"]!["currency"] == "JPY";
            var spent = current.Where(line => line.Tags.Contains(tag, StringComparison.Ordinal) && line.Provider == "Google Cloud" == yen).Aggregate(Amount.Zero, (sum, line) => sum + line.Effective);
            return spent.ToDecimal() / decimal.Parse((string)budget["limits"]!["monthly"]!["amount"]!, CultureInfo.InvariantCulture);
        }
    }

    private static decimal Effective(IEnumerable<SampleReading.Line> lines) => lines.Aggregate(Amount.Zero, (sum, line) => sum + line.Effective).ToDecimal();

    private static bool Matches(SampleReading.Line line, string key, JsonNode value)
    {
        var actual = key switch
        {
            "ChargeCategory" => line.Category,
            "CommitmentDiscountStatus" => line.Status,
            _ => line.Tags.Length == 0 ? null : (string?)JsonNode.Parse(line.Tags)![key["tag:".Length..]],
        };
        return actual is not null && value switch
        {
            JsonArray any => any.Any(one => (string?)one == actual),
            JsonObject prefix => actual.StartsWith((string)prefix["prefix"]!, StringComparison.Ordinal),
            _ => (string?)value == actual,
        };
    }
}
