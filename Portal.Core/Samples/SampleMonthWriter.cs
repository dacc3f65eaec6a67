using Hexabase.Portal.Costs.Focus;

namespace Hexabase.Portal.Samples;

/// <summary>Writes one provider's month, day by day: purchases, usage, anomalies, what commitments were left unused, support, credits, tax.</summary>
internal sealed class SampleMonthWriter(SampleMonth plan)
{
    /// <summary>The part of a month's usage of one service that the corrections take back.</summary>
    private const double CorrectedPart = 0.08;

    private readonly SampleProvider _provider = plan.Provider;
    private readonly SampleLines _lines = new(plan);
    private readonly decimal[] _left = new decimal[plan.Provider.Commitments.Length];
    private readonly Dictionary<string, decimal> _billed = new(StringComparer.Ordinal);

    public async Task WriteAsync(Stream destination, SampleContent content, CancellationToken cancellationToken)
    {
        await using var csv = new SampleCsv(destination, _provider);
        var series = SampleSeries.Of(_provider, plan.Size, plan.Random);
        if (content == SampleContent.Corrections)
        {
            for (var day = plan.Month.AddMonths(-1); day < plan.Month; day = day.AddDays(1)) await WriteCorrectionsAsync(csv, series, day, cancellationToken);
        }
        else
        {
            for (var day = plan.Month; day < plan.End; day = day.AddDays(1)) await WriteDayAsync(csv, series, day, cancellationToken);
        }

        await csv.FlushAsync(cancellationToken);
    }

    private async Task WriteDayAsync(SampleCsv csv, IReadOnlyList<SampleSeries> series, DateOnly day, CancellationToken cancellationToken)
    {
        _billed.Clear();
        for (var i = 0; i < _left.Length; i++)
        {
            var commitment = _provider.Commitments[i];
            _left[i] = commitment.DailyFee;
            if (PurchaseDays(commitment, day) is var days and > 0) await PutAsync(csv, _lines.Purchase(commitment, day, days), cancellationToken);
        }

        foreach (var one in series)
        {
            var random = one.Random.Split((ulong)day.DayNumber);
            var factor = SampleCalendar.Factor(one.Tenancy.Rhythm, day, plan.Random.Split(one.Tenancy.AccountId)) * plan.Growth(day) * random.Noise(0.09);
            await WriteUsageAsync(csv, one, day, one.Daily * factor, random, cancellationToken);
        }

        foreach (var anomaly in plan.Anomalies.Where(a => a.Provider == _provider.Name && a.ListCostPerDay > 0 && a.Holds(day)))
        {
            var extra = SampleSeries.Of(_provider, anomaly, plan.Random);
            var random = extra.Random.Split((ulong)day.DayNumber);
            await WriteUsageAsync(csv, extra, day, extra.Daily * random.Noise(0.05), random, cancellationToken);
        }

        for (var i = 0; i < _left.Length; i++)
        {
            if (_left[i] > 0) await PutAsync(csv, _lines.Unused(_provider.Commitments[i], day, _left[i]), cancellationToken);
        }

        if (_provider.SupportDaily > 0) await PutAsync(csv, _lines.Support(day, 1, _provider.SupportDaily), cancellationToken);
        if (_provider.SupportMonthly > 0 && day.Day == 1) await PutAsync(csv, _lines.Support(day, DateTime.DaysInMonth(day.Year, day.Month), _provider.SupportMonthly), cancellationToken);
        foreach (var charge in SampleCharge.All.Where(c => c.Provider == _provider.Key && (c.MonthIndex ?? plan.Index) == plan.Index && c.Day == day.Day))
        {
            await PutAsync(csv, _lines.Charge(charge, day), cancellationToken);
        }

        await WriteTaxAsync(csv, day, cancellationToken);
    }

    private async Task WriteUsageAsync(SampleCsv csv, SampleSeries series, DateOnly day, double money, SampleRandom random, CancellationToken cancellationToken)
    {
        var hours = series.Sku.Hourly && plan.Size == SampleSize.Full ? 24 : 1;
        for (var resource = 0; resource < series.ResourceIds.Length; resource++)
        {
            var part = money * series.ResourceShares[resource] * random.Noise(0.06);
            for (var hour = 0; hour < hours; hour++)
            {
                var share = hours == 1 ? 1 : series.Tenancy.Rhythm == SampleRhythm.Steady ? 1 / 24.0 : SampleCalendar.HourShare(hour);
                var line = _lines.Usage(series, resource, day, hours == 1 ? null : hour, part * share);
                Cover(series, line);
                await PutAsync(csv, line, cancellationToken);
            }
        }
    }

    private async Task WriteCorrectionsAsync(SampleCsv csv, IReadOnlyList<SampleSeries> series, DateOnly day, CancellationToken cancellationToken)
    {
        foreach (var one in series.Where(s => s.Tenancy.Workspace == "ledger-prod" && s.Sku.Commitment is not null && s.Region == s.Tenancy.Regions[0]))
        {
            await csv.WriteAsync(_lines.Correction(one, day, one.Daily * CorrectedPart), cancellationToken);
        }
    }

    private async Task WriteTaxAsync(SampleCsv csv, DateOnly day, CancellationToken cancellationToken)
    {
        if (_provider.TaxRate == 0) return;
        if (plan.Size == SampleSize.Small)
        {
            await csv.WriteAsync(_lines.Tax(day, null, _billed.Values.Sum()), cancellationToken);
            return;
        }

        foreach (var tenancy in _provider.Tenancies) await csv.WriteAsync(_lines.Tax(day, tenancy, _billed.GetValueOrDefault(tenancy.AccountId)), cancellationToken);
        await csv.WriteAsync(_lines.Tax(day, null, _billed.GetValueOrDefault(_provider.AccountId)), cancellationToken);
    }

    private ValueTask PutAsync(SampleCsv csv, SampleLine line, CancellationToken cancellationToken)
    {
        if (_provider.TaxRate > 0)
        {
            var account = line[FocusColumn.SubAccountId] ?? _provider.AccountId;
            _billed[account] = _billed.GetValueOrDefault(account) + (line.Number(FocusColumn.BilledCost) ?? 0);
        }

        return csv.WriteAsync(line, cancellationToken);
    }

    /// <summary>Lets the commitment pay for the line while the day's part of it lasts.</summary>
    private void Cover(SampleSeries series, SampleLine line)
    {
        var i = series.Sku.Commitment is null ? -1 : Array.FindIndex(_provider.Commitments, c => c.Key == series.Sku.Commitment);
        if (i < 0) return;
        var effective = SampleLines.EffectiveUnder(_provider.Commitments[i], line);
        if (effective > _left[i]) return;
        _left[i] -= effective;
        _lines.MarkUsed(_provider.Commitments[i], line, effective);
    }

    /// <summary>For how many days the commitment is bought on this day; 0 where it is not.</summary>
    private int PurchaseDays(SampleCommitment commitment, DateOnly day) => commitment.Payment switch
    {
        SamplePayment.Daily => 1,
        SamplePayment.Monthly => day.Day == 1 ? DateTime.DaysInMonth(day.Year, day.Month) : 0,
        SamplePayment.Upfront => day.Day == 1 && plan.Index % 12 == 0 ? day.AddYears(1).DayNumber - day.DayNumber : 0,
        _ => throw new ArgumentOutOfRangeException(nameof(commitment), commitment.Payment, null),
    };
}
