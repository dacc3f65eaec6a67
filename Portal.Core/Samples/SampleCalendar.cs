namespace Hexabase.Portal.Samples;

/// <summary>When a workspace works.</summary>
internal enum SampleRhythm
{
    /// <summary>The same every day.</summary>
    Steady,

    /// <summary>Japanese office days.</summary>
    Office,

    /// <summary>Office days with a peak around the end of each month.</summary>
    Finance,

    /// <summary>Weekends, holidays, Black Friday, year-end and new-year sale.</summary>
    Retail,

    /// <summary>Good weeks and idle weeks, less on weekends.</summary>
    Research,
}

/// <summary>The factor by which a day's usage differs from the average one.</summary>
internal static class SampleCalendar
{
    public static double Factor(SampleRhythm rhythm, DateOnly day, SampleRandom random) => rhythm switch
    {
        SampleRhythm.Steady => 1,
        SampleRhythm.Office => IsOff(day) ? 0.72 : 1.13,
        SampleRhythm.Finance => (IsOff(day) ? 0.75 : 1.06) * (IsMonthEnd(day) ? 1.45 : 0.96),
        SampleRhythm.Retail => Retail(day),
        SampleRhythm.Research => (0.65 + (0.7 * random.Split((ulong)(day.DayNumber / 7)).NextUnit())) * (IsOff(day) ? 0.8 : 1.08),
        _ => throw new ArgumentOutOfRangeException(nameof(rhythm), rhythm, null),
    };

    /// <summary>The share of an hour (UTC; Japan is nine hours ahead) in a day's usage. The shares of a day add up to 1.</summary>
    public static double HourShare(int hourUtc) => HourWeights[hourUtc] / 1200.0;

    /// <summary>Saturday, Sunday, Golden Week, Obon, or the days around New Year.</summary>
    private static bool IsOff(DateOnly day) =>
        day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || IsGoldenWeek(day) || IsObon(day) || day is { Month: 12, Day: >= 29 } or { Month: 1, Day: <= 3 };

    private static bool IsGoldenWeek(DateOnly day) => day is { Month: 4, Day: >= 29 } or { Month: 5, Day: <= 6 };

    private static bool IsObon(DateOnly day) => day is { Month: 8, Day: >= 12 and <= 16 };

    private static bool IsMonthEnd(DateOnly day) => day.Day <= 2 || day.Day > DateTime.DaysInMonth(day.Year, day.Month) - 3;

    private static double Retail(DateOnly day)
    {
        var weekend = day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 1.18 : 0.93;
        // Thursday before to Monday after the fourth Friday of November.
        var friday = BlackFriday(day.Year);
        if (day >= friday.AddDays(-1) && day <= friday.AddDays(3)) return day == friday ? 2.3 : 1.7;
        if (day is { Month: 1, Day: <= 5 }) return 1.75;
        if (day is { Month: 12, Day: >= 10 and <= 26 }) return weekend * 1.2;
        if (IsGoldenWeek(day)) return 1.35;
        return IsObon(day) ? 1.3 : weekend;
    }

    private static DateOnly BlackFriday(int year)
    {
        var first = new DateOnly(year, 11, 1);
        return first.AddDays((((int)DayOfWeek.Friday - (int)first.DayOfWeek + 7) % 7) + 21);
    }

    private static ReadOnlySpan<byte> HourWeights => [64, 68, 70, 66, 68, 70, 68, 66, 62, 58, 56, 54, 54, 50, 44, 38, 32, 28, 26, 26, 28, 30, 34, 40];
}
