namespace Hexabase.Portal.Samples;

/// <summary>What a file of the sample bill holds.</summary>
internal enum SampleContent
{
    /// <summary>A month's charges.</summary>
    Bill,

    /// <summary>Corrections (FOCUS ChargeClass) of the month before, billed in this month.</summary>
    Corrections,
}

/// <summary>One provider's bill for one month.</summary>
/// <param name="FirstDay">First day of the whole bill.</param>
/// <param name="Index">0 is the first month of the bill.</param>
/// <param name="End">First day that is not charged any more.</param>
/// <param name="IsInvoiced">Whether the month's invoice is out.</param>
internal sealed record SampleMonth(
    SampleProvider Provider, SampleSize Size, SampleRandom Random, IReadOnlyList<SampleAnomaly> Anomalies, DateOnly FirstDay, int Index, DateOnly End, bool IsInvoiced)
{
    public DateOnly Month => FirstDay.AddMonths(Index);

    /// <summary>Slow growth over the whole bill, from 2 % below the average to 2 % above it.</summary>
    public double Growth(DateOnly day) => 0.98 + (0.04 * (day.DayNumber - FirstDay.DayNumber) / 395.0);
}
