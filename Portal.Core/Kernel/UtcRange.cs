namespace Hexabase.Portal.Kernel;

/// <summary>Days in UTC; <see cref="To"/> is not in the range.</summary>
public readonly record struct UtcRange(DateOnly From, DateOnly To)
{
    public int Days => To.DayNumber - From.DayNumber;

    public bool Contains(DateOnly day) => day >= From && day < To;

    public static UtcRange Month(DateOnly day)
    {
        var first = new DateOnly(day.Year, day.Month, 1);
        return new(first, first.AddMonths(1));
    }
}
