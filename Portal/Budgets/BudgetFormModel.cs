using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Hexabase.Portal.Costs;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Budgets;

/// <summary>What is typed into the form of a budget: amounts and percents as text.</summary>
internal sealed class BudgetFormModel
{
    public string? Name { get; set; }

    public BudgetScopeKind Kind { get; set; }

    /// <summary>Slug of the place, the label's value, the environment or the user.</summary>
    public string? Place { get; set; }

    public string? Workspace { get; set; }

    public string? LabelKey { get; set; }

    public string? Currency { get; set; }

    public string? Daily { get; set; }

    public string? Monthly { get; set; }

    public string? Quarterly { get; set; }

    public string? Yearly { get; set; }

    public string? Metric { get; set; } = "billed";

    public string? Thresholds { get; set; } = "80, 100";

    public string? ForecastThresholds { get; set; } = "100";

    public string? SoftLimit { get; set; }

    public string? HardLimit { get; set; }

    public string? GraceHours { get; set; } = "24";

    public string? Recipients { get; set; }

    /// <param name="hint">"workspace:finance-bu", "businessUnit:retail"; anything else is left aside.</param>
    public static BudgetFormModel New(string currency, string? hint)
    {
        var model = new BudgetFormModel { Currency = currency };
        var at = hint?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (hint is null || at < 0) return model;
        (model.Kind, model.Place) = hint[..at] switch { "workspace" => (BudgetScopeKind.Workspace, hint[(at + 1)..]), "businessUnit" => (BudgetScopeKind.BusinessUnit, hint[(at + 1)..]), _ => (model.Kind, null) };
        return model;
    }

    public static BudgetFormModel Of(BudgetRow b) => new()
    {
        Name = b.Name,
        Kind = b.Scope.Kind,
        Place = b.Scope.Kind is BudgetScopeKind.BusinessUnit or BudgetScopeKind.Workspace or BudgetScopeKind.Project ? b.Scope.Slug : b.Scope.Value,
        LabelKey = b.Scope.Key,
        Currency = (b.Limits.Monthly ?? b.Limits.Quarterly ?? b.Limits.Yearly ?? b.Limits.Daily)?.Currency,
        Daily = b.Limits.Daily?.Amount.ToString(),
        Monthly = b.Limits.Monthly?.Amount.ToString(),
        Quarterly = b.Limits.Quarterly?.Amount.ToString(),
        Yearly = b.Limits.Yearly?.Amount.ToString(),
        Metric = CostQueryText.Word(b.Metric),
        Thresholds = Percents(b.Thresholds),
        ForecastThresholds = Percents(b.ForecastThresholds),
        SoftLimit = b.SoftLimit is { } soft ? Percents([soft]) : null,
        HardLimit = b.HardLimit is { } hard ? Percents([hard]) : null,
        GraceHours = b.GraceHours.ToString(CultureInfo.InvariantCulture),
        Recipients = string.Join('\n', b.Recipients),
    };

    /// <summary>The command's input, or what cannot be read of the text.</summary>
    public bool TryRead(string org, [NotNullWhen(true)] out BudgetInput? input, out List<FieldError> errors)
    {
        var found = new List<FieldError>();
        var limits = new BudgetLimitsInput(Limit("limits.daily", Daily, found), Limit("limits.monthly", Monthly, found), Limit("limits.quarterly", Quarterly, found), Limit("limits.yearly", Yearly, found));
        var (thresholds, forecast) = (Ratios("thresholds", Thresholds, found), Ratios("forecastThresholds", ForecastThresholds, found));
        var (soft, hard) = (Ratios("softLimit", SoftLimit, found), Ratios("hardLimit", HardLimit, found));
        if (!int.TryParse(Plain(GraceHours), NumberStyles.None, CultureInfo.InvariantCulture, out var grace)) found.Add(NotANumber("graceHours"));
        if (Kind is not (BudgetScopeKind.Organization or BudgetScopeKind.Label) && string.IsNullOrWhiteSpace(Place)) found.Add(new FieldError("scope", "budget.scope.choose", "Choose what the budget counts."));
        var recipients = (Recipients ?? "").Split(['\n', ',', '、', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        errors = found;
        input = found.Count > 0 ? null : new BudgetInput(Name, Scope(org), limits, Metric, thresholds, forecast, soft.Count > 0 ? soft[0] : null, hard.Count > 0 ? hard[0] : null, grace, recipients);
        return input is not null;
    }

    private BudgetScopeInput Scope(string org) => Kind switch
    {
        BudgetScopeKind.Organization => new BudgetScopeInput(Organization: org),
        BudgetScopeKind.BusinessUnit => new BudgetScopeInput(BusinessUnit: Place),
        BudgetScopeKind.Workspace => new BudgetScopeInput(Workspace: Place),
        BudgetScopeKind.Project => new BudgetScopeInput(Project: Place),
        BudgetScopeKind.Label => new BudgetScopeInput(Label: new LabelScope(LabelKey, Place)),
        BudgetScopeKind.User => new BudgetScopeInput(User: Place),
        BudgetScopeKind.Environment => new BudgetScopeInput(Environment: Place),
        _ => throw new InvalidOperationException($"Unknown scope {Kind}."),
    };

    private Money? Limit(string field, string? text, List<FieldError> errors)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (Amount.TryParse(Plain(text), out var amount)) return new Money(amount, Currency ?? "");
        errors.Add(NotANumber(field));
        return null;
    }

    private static List<decimal> Ratios(string field, string? text, List<FieldError> errors)
    {
        var ratios = new List<decimal>();
        foreach (var part in (text ?? "").Normalize(NormalizationForm.FormKC).Split([',', '、', ' ', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (decimal.TryParse(part.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)) ratios.Add(percent / 100);
            else if (errors.TrueForAll(e => e.Field != field)) errors.Add(NotANumber(field));
        }

        return ratios;
    }

    // Full-width digits as Japanese keyboards give them, and grouping commas.
    private static string Plain(string? text) => (text ?? "").Normalize(NormalizationForm.FormKC).Replace(",", "", StringComparison.Ordinal).Trim();

    private static string Percents(IReadOnlyList<decimal> ratios) => string.Join(", ", ratios.Select(r => (r * 100).ToString("0.####", CultureInfo.InvariantCulture)));

    private static FieldError NotANumber(string field) => new(field, "number.unreadable", "This is not a number.");
}
