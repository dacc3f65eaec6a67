using Hexabase.Portal.Access;
using Hexabase.Portal.Costs;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Workspaces;

namespace Hexabase.Portal.Budgets;

/// <summary>The rules of a budget's input.</summary>
internal static class BudgetCheck
{
    private const decimal LargestLimit = 1_000_000_000_000_000;
    private const int MaxThresholds = 20;

    public static async Task<Result<BudgetSettings>> RunAsync(BudgetInput input, ReadScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (TextRule.Check("name", input.Name, 200, out var name) is { } nameError) errors.Add(nameError);
        var metric = Words.Read<CostMetric>("metric", input.Metric, null, CostMetric.Billed, errors);
        var (currency, limits) = Limits(input.Limits, errors);
        var thresholds = Ratios("thresholds", input.Thresholds ?? [0.8m, 1m], errors);
        var forecastThresholds = Ratios("forecastThresholds", input.ForecastThresholds ?? [1m], errors);
        foreach (var (field, value) in new[] { ("softLimit", input.SoftLimit), ("hardLimit", input.HardLimit) })
        {
            if (value is { } ratio && !IsRatio(ratio)) errors.Add(new FieldError(field, "budget.ratio", $"{field} is a ratio of the limit above 0 and up to 10, with at most four decimals (1 = the whole limit).", Args: [field]));
        }

        if (input.HardLimit < input.SoftLimit) errors.Add(new FieldError("hardLimit", "budget.hardBelowSoft", "hardLimit is below softLimit."));
        if (input.GraceHours is < 0 or > 720) errors.Add(new FieldError("graceHours", "budget.graceHours", "graceHours is a number from 0 to 720."));
        var recipients = new List<string>();
        foreach (var recipient in input.Recipients ?? [])
        {
            if (TextRule.Check("recipients", recipient, 256, out var clean) is { } error) errors.Add(error);
            else if (!recipients.Contains(clean, StringComparer.Ordinal)) recipients.Add(clean);
        }

        if (recipients.Count > 50) errors.Add(new FieldError("recipients", "budget.recipients", "At most 50 recipients fit."));
        var target = await ScopeAsync(input.Scope, scope, errors, cancellationToken);
        if (target.Id is not null && (await BudgetLookup.PlaceAsync(scope, target.Kind, target.Id, cancellationToken)).TryGet(out var place, out _) && !AccessReach.Includes(scope, place)) errors.Add(MissingPlace(Words.Of(target.Kind)));
        return errors.Count > 0
            ? Problem.Invalid(errors)
            : new BudgetSettings(name, target, metric, currency, limits, thresholds, forecastThresholds, input.SoftLimit, input.HardLimit, input.GraceHours ?? 24, recipients);
    }

    private static (string Currency, Dictionary<BudgetPeriodKind, decimal> Limits) Limits(BudgetLimitsInput? input, List<FieldError> errors)
    {
        var limits = new Dictionary<BudgetPeriodKind, decimal>();
        var currency = "";
        foreach (var (kind, field, money) in new[]
        {
            (BudgetPeriodKind.Daily, "limits.daily", input?.Daily), (BudgetPeriodKind.Monthly, "limits.monthly", input?.Monthly),
            (BudgetPeriodKind.Quarterly, "limits.quarterly", input?.Quarterly), (BudgetPeriodKind.Yearly, "limits.yearly", input?.Yearly),
        })
        {
            if (money is not { } limit) continue;
            var code = limit.Currency ?? "";
            if (!Currencies.IsKnown(code)) errors.Add(new FieldError(field, "currency.unknown", $"{field} has no ISO 4217 currency, such as USD or JPY.", Args: [AuditWriter.Clip(code, 20)]));
            else if (currency.Length > 0 && currency != code) errors.Add(new FieldError(field, "budget.limit.currencies", "All limits of a budget are in one currency."));
            currency = code;
            if (limit.Amount.Sign <= 0) errors.Add(new FieldError(field, "budget.limit.negative", $"{field} is not above 0.", Args: [field]));
            else if (limit.Amount > Amount.FromDecimal(LargestLimit)) errors.Add(new FieldError(field, "budget.limit.absurd", $"{field} is larger than can be meant.", Args: [field]));
            else if (limit.Amount.Round(10) != limit.Amount) errors.Add(new FieldError(field, "budget.limit.decimals", $"{field} has more than ten decimals.", Args: [field]));
            else limits[kind] = limit.Amount.ToDecimal();
        }

        if (limits.Count == 0 && errors.TrueForAll(e => e.Field?.StartsWith("limits", StringComparison.Ordinal) != true))
            errors.Add(new FieldError("limits", "budget.limit.none", "limits is empty: set daily, monthly, quarterly or yearly."));
        return (currency, limits);
    }

    private static IReadOnlyList<decimal> Ratios(string field, IReadOnlyList<decimal> ratios, List<FieldError> errors)
    {
        if (ratios.Count > MaxThresholds) errors.Add(new FieldError(field, "budget.thresholds.tooMany", $"{field} holds at most {MaxThresholds} values.", Args: [field, MaxThresholds]));
        else if (ratios.Any(r => !IsRatio(r))) errors.Add(new FieldError(field, "budget.ratio", $"{field} holds ratios of the limit above 0 and up to 10, with at most four decimals (0.8 = 80 %).", Args: [field]));
        else if (ratios.Distinct().Count() != ratios.Count) errors.Add(new FieldError(field, "budget.thresholds.twice", $"{field} holds a value twice.", Args: [field]));
        return [.. ratios.Order()];
    }

    private static bool IsRatio(decimal ratio) => ratio is > 0 and <= 10 && decimal.Round(ratio, 4) == ratio;

    private static async Task<BudgetScopeSettings> ScopeAsync(BudgetScopeInput? input, ReadScope scope, List<FieldError> errors, CancellationToken cancellationToken)
    {
        var organization = new BudgetScopeSettings(BudgetScopeKind.Organization);
        var given = new object?[] { input?.Organization, input?.BusinessUnit, input?.Workspace, input?.Project, input?.Label, input?.User, input?.Environment }.Count(v => v is not null);
        if (input is null || given != 1)
        {
            errors.Add(new FieldError("scope", "budget.scope.one", "scope names exactly one of organization, businessUnit, workspace, project, label, user, environment."));
            return organization;
        }

        switch (input)
        {
            case { Organization: { } key }:
                if (!string.Equals(key, scope.Tenant?.Slug, StringComparison.OrdinalIgnoreCase) && !string.Equals(key, scope.OrganizationId.ToString(), StringComparison.OrdinalIgnoreCase)) errors.Add(MissingPlace("organization"));
                return organization;
            case { BusinessUnit: { } key }:
                var unit = (await BusinessUnitTree.LoadAsync(scope, cancellationToken)).Find(key);
                if (unit is null) errors.Add(MissingPlace("businessUnit"));
                return new BudgetScopeSettings(BudgetScopeKind.BusinessUnit, unit?.Id);
            case { Workspace: { } key }:
                var (workspace, _) = await WorkspacePlace.ResolveAsync(scope, key, project: false, cancellationToken);
                if (workspace is null) errors.Add(MissingPlace("workspace"));
                return new BudgetScopeSettings(BudgetScopeKind.Workspace, workspace);
            case { Project: { } key }:
                var (project, _) = await WorkspacePlace.ResolveAsync(scope, key, project: true, cancellationToken);
                if (project is null) errors.Add(MissingPlace("project"));
                return new BudgetScopeSettings(BudgetScopeKind.Project, project);
            case { Label: { } label }:
                if (TextRule.Check("scope.label.key", label.Key, LabelSet.MaxKeyLength, out var labelKey) is { } keyError) errors.Add(keyError);
                if (TextRule.Check("scope.label.value", label.Value, LabelSet.MaxValueLength, out var value) is { } valueError) errors.Add(valueError);
                return new BudgetScopeSettings(BudgetScopeKind.Label, null, labelKey, value);
            case { User: { } key }:
                if (TextRule.Check("scope.user", key, 256, out var user) is { } userError) errors.Add(userError);
                return new BudgetScopeSettings(BudgetScopeKind.User, null, null, user);
            default:
                if (!Words.TryParse<WorkspaceEnvironment>(input.Environment, out var environment)) errors.Add(new FieldError("scope.environment", "environment.unknown", "scope.environment is development, staging, production or preview."));
                return new BudgetScopeSettings(BudgetScopeKind.Environment, null, null, Words.Of(environment));
        }
    }

    private static FieldError MissingPlace(string field) => new($"scope.{field}", "budget.scope.notFound", $"scope.{field} names no {field} of the organization: give its id or slug.", Args: [field]);
}
