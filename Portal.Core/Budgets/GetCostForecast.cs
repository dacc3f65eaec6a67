using Hexabase.Portal.Costs;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;

namespace Hexabase.Portal.Budgets;

/// <summary>What one day without data is expected to cost.</summary>
public sealed record CostForecastDay(DateOnly Day, ForecastRange Expected);

/// <summary>A month's cost as expected at its end.</summary>
/// <param name="DataThrough">The last day with data.</param>
/// <param name="Total">Actual cost plus what is expected; 80 of 100 times it lies in the range.</param>
/// <param name="Days">The month's days after the last one with data.</param>
public sealed record CostForecast(DateOnly DataThrough, ForecastRange Total, IReadOnlyList<CostForecastDay> Days);

/// <summary>The organization's cost forecast for the month of a day, by the projection that budgets use; null where too little is known or the month is complete.</summary>
/// <param name="Month">Any day of the month.</param>
public sealed record GetCostForecast(string Org, DateOnly Month, CostMetric Metric, string Currency) : Query<CostForecastAnswer>
{
    private const int HistoryDays = 60;

    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.Read;

    public override async Task<Result<CostForecastAnswer>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (EffectiveDay.Check(Month, "month") is { } error) return Problem.Invalid([error]);
        var month = UtcRange.Month(Month);
        var costs = await DailyCosts.ReadAsync(scope, new CostFilter(), Metric, new UtcRange(month.From.AddDays(-HistoryDays), month.To), cancellationToken);
        return new CostForecastAnswer(Of(costs, month, Currency));
    }

    /// <summary>Pure: what the days say of the month.</summary>
    internal static CostForecast? Of(IReadOnlyList<DailyCost> costs, UtcRange month, string currency)
    {
        var days = new SortedDictionary<DateOnly, Amount>();
        foreach (var cost in costs.Where(c => c.Amount.Currency == currency)) days[cost.Day] = days.GetValueOrDefault(cost.Day) + cost.Amount.Amount;
        if (costs.Count == 0) return null;
        var through = costs.Max(c => c.Day);
        if (through.AddDays(1) >= month.To || through < month.From) return null;
        ForecastRange In(CostProjection p) => new(new Money(p.Low, currency), new Money(p.Mid, currency), new Money(p.High, currency));
        var actual = days.Where(d => month.Contains(d.Key)).Aggregate(Amount.Zero, (sum, d) => sum + d.Value);
        if (CostProjection.Of(days, through, month, actual) is not { } total) return null;
        var expected = new List<CostForecastDay>();
        for (var day = through.AddDays(1); day < month.To; day = day.AddDays(1))
            if (CostProjection.Of(days, through, new UtcRange(day, day.AddDays(1)), Amount.Zero) is { } one) expected.Add(new CostForecastDay(day, In(one)));
        return new CostForecast(through, In(total), expected);
    }
}

/// <param name="Forecast">Null: unknown.</param>
public sealed record CostForecastAnswer(CostForecast? Forecast);
