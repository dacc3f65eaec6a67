using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Budgets;

/// <summary>One day of a budget's period.</summary>
/// <param name="Actual">The period's cost up to and including the day; null after the last day with data.</param>
/// <param name="Forecast">The expected cost up to the day's end, only after the last day with data; null with too little history.</param>
public sealed record BudgetBurnDay(DateOnly Day, Money? Actual, ForecastRange? Forecast);

/// <summary>How a budget's period is used up, day by day.</summary>
/// <param name="IsCumulative">False for daily limits: then the days are the last thirty, each for itself.</param>
public sealed record BudgetBurn(BudgetPeriodKind Kind, Money Limit, bool IsCumulative, IReadOnlyList<BudgetBurnDay> Days);

/// <summary>The course of one period of a budget, for its chart: the same facts and projection as the status, cut at each day.</summary>
/// <param name="Period">daily, monthly, quarterly or yearly; null or one that the budget does not limit = the shortest that it does, daily last.</param>
public sealed record GetBudgetBurn(string Org, string Budget, string? Period = null, DateOnly? AsOf = null) : Query<BudgetBurn>
{
    private const int DailyDays = 30;

    public override string OrganizationKey => Org;

    public override Permission? Permission => BudgetsPermissions.Read;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => BudgetLookup.PlaceAsync(scope, Budget, cancellationToken, AsOf);

    public override async Task<Result<BudgetBurn>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (AsOf is { } day && EffectiveDay.Check(day, "asOf") is { } dayError) return Problem.Invalid([dayError]);
        BudgetPeriodKind? asked = null;
        if (!string.IsNullOrEmpty(Period))
        {
            if (!Words.TryParse<BudgetPeriodKind>(Period, out var word)) return Problem.Invalid("period", "period.unknown", "period is daily, monthly, quarterly or yearly.");
            asked = word;
        }

        var budget = await BudgetLookup.Find(scope, Budget).SingleOrDefaultAsync(cancellationToken);
        if (budget is null) return Problem.NotFound("budget");
        var reader = new BudgetFactsReader(scope, AsOf);
        var history = await scope.Db.Set<BudgetRevision>().Where(r => r.BudgetId == budget.Id).ToListAsync(cancellationToken);
        if (BudgetRevision.On(history, reader.Day) is not { } revision) return Problem.NotFound("budget");
        var policy = reader.PolicyOf(revision);
        var kind = asked is { } limited && policy.Limits.ContainsKey(limited) ? limited : policy.Limits.Keys.OrderBy(k => k == BudgetPeriodKind.Daily).ThenBy(k => k).First();
        return Of(policy, kind, await reader.FactsAsync(revision, cancellationToken));
    }

    /// <summary>Pure: what the facts say of one period.</summary>
    internal static BudgetBurn Of(BudgetPolicy policy, BudgetPeriodKind kind, BudgetFacts facts)
    {
        var own = new SortedDictionary<DateOnly, Amount>();
        foreach (var cost in facts.Days.Where(d => d.Amount.Currency == policy.Currency && d.Day <= facts.Day)) own[cost.Day] = own.GetValueOrDefault(cost.Day) + cost.Amount.Amount;
        var through = facts.DataThrough is { } known && known < facts.Day ? known : facts.DataThrough is null ? (DateOnly?)null : facts.Day;
        Money In(Amount amount) => new(amount, policy.Currency);
        var limit = In(policy.Limits[kind]);
        if (kind == BudgetPeriodKind.Daily)
        {
            var days = Enumerable.Range(0, DailyDays).Select(i => facts.Day.AddDays(i + 1 - DailyDays));
            return new BudgetBurn(kind, limit, false, [.. days.Select(d => new BudgetBurnDay(d, through is { } t && d <= t ? In(own.GetValueOrDefault(d)) : null, null))]);
        }

        var range = BudgetPeriod.Of(kind, facts.Day, policy.FiscalYearStartMonth);
        var result = new List<BudgetBurnDay>(range.Days);
        var sum = Amount.Zero;
        for (var d = range.From; d < range.To; d = d.AddDays(1))
        {
            if (through is { } t && d <= t)
            {
                sum += own.GetValueOrDefault(d);
                result.Add(new BudgetBurnDay(d, In(sum), null));
            }
            else
            {
                var projection = through is { } last ? CostProjection.Of(own, last, new UtcRange(range.From, d.AddDays(1)), sum) : null;
                result.Add(new BudgetBurnDay(d, null, projection is null ? null : new ForecastRange(In(projection.Low), In(projection.Mid), In(projection.High))));
            }
        }

        return new BudgetBurn(kind, limit, true, result);
    }
}

/// <summary>What a budget said from which day on, newest first.</summary>
/// <param name="Budget">Id or slug.</param>
public sealed record ListBudgetRevisions(string Org, string Budget) : Query<IReadOnlyList<BudgetRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => BudgetsPermissions.Read;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => BudgetLookup.PlaceAsync(scope, Budget, cancellationToken);

    public override async Task<Result<IReadOnlyList<BudgetRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var budget = await BudgetLookup.Find(scope, Budget).SingleOrDefaultAsync(cancellationToken);
        if (budget is null) return Problem.NotFound("budget");
        var history = await BudgetLookup.ReachedAsync(scope, await scope.Db.Set<BudgetRevision>().Where(r => r.BudgetId == budget.Id).OrderByDescending(r => r.EffectiveFrom).ToListAsync(cancellationToken), cancellationToken);
        var places = await BudgetLookup.ScopeRowsAsync(scope, history, cancellationToken);
        return history.Zip(places, (r, place) => BudgetRow.Of(budget, r, place, budget.Version)).ToList();
    }
}
