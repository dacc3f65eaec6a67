using System.Globalization;

namespace Hexabase.Portal.Shell;

public sealed partial class Display
{
    private string DayPattern => viewer.IsJapanese ? "yyyy年M月d日" : "d MMM yyyy";

    /// <summary>"19 Nov 2026", 「2026年11月19日」.</summary>
    public string Date(DateOnly? date) => date?.ToString(DayPattern, viewer.Culture) ?? Unknown;

    /// <summary>The day of an instant in the viewer's zone.</summary>
    public string Date(DateTime? utc) => utc is { } known ? Date(DateOnly.FromDateTime(viewer.Local(known))) : Unknown;

    /// <summary>Day and minute in the viewer's zone: "19 Nov 2026, 06:00", 「2026年11月19日 6:00」.</summary>
    public string Time(DateTime? utc) => utc is { } known ? viewer.Local(known).ToString(viewer.IsJapanese ? "yyyy年M月d日 H:mm" : "d MMM yyyy, HH:mm", viewer.Culture) : Unknown;

    /// <summary>To the second and with the zone's offset, for titles: "19 Nov 2026, 06:00:12 +09:00 (Asia/Tokyo)".</summary>
    public string ExactTime(DateTime utc)
    {
        var local = new DateTimeOffset(DateTime.SpecifyKind(viewer.Local(utc), DateTimeKind.Unspecified), viewer.Zone.GetUtcOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)));
        return local.ToString(viewer.IsJapanese ? "yyyy年M月d日 H:mm:ss zzz" : "d MMM yyyy, HH:mm:ss zzz", viewer.Culture) + $" ({viewer.Zone.Id})";
    }

    /// <summary>A period by its first and last day, without repeating what both share: "1–19 Nov 2026", 「2026年11月1日〜19日」.</summary>
    public string Period(DateOnly first, DateOnly last)
    {
        if (first == last) return Date(first);
        var (sameYear, sameMonth) = (first.Year == last.Year, first.Year == last.Year && first.Month == last.Month);
        if (viewer.IsJapanese) return $"{Date(first)}〜{last.ToString(sameMonth ? "d日" : sameYear ? "M月d日" : DayPattern, viewer.Culture)}";
        return sameMonth ? $"{first.Day.ToString(viewer.Culture)}–{Date(last)}" : $"{first.ToString(sameYear ? "d MMM" : DayPattern, viewer.Culture)} – {Date(last)}";
    }

    /// <summary>"Nov 2026", 「2026年11月」.</summary>
    public string Month(DateOnly month) => month.ToString(viewer.IsJapanese ? "yyyy年M月" : "MMM yyyy", viewer.Culture);

    /// <summary>A quarter by its first day: "Apr–Jun 2026", 「2026年4〜6月」.</summary>
    public string Quarter(DateOnly first) => viewer.IsJapanese
        ? string.Create(viewer.Culture, $"{first.Year}年{first.Month}〜{first.AddMonths(2).Month}月")
        : $"{first.ToString("MMM", viewer.Culture)}–{first.AddMonths(2).ToString("MMM yyyy", viewer.Culture)}";

    /// <summary>A fiscal year by its first day: "2026", "Apr 2026 – Mar 2027", 「2026年度」.</summary>
    public string Year(DateOnly first) => viewer.IsJapanese
        ? string.Create(viewer.Culture, $"{first.Year}{(first.Month == 1 ? "年" : "年度")}")
        : first.Month == 1 ? first.Year.ToString(viewer.Culture) : $"{Month(first)} – {Month(first.AddMonths(11))}";

    /// <summary>"3 minutes ago", "in 2 days", 「3分前」「2日後」; "now" below five seconds, the date beyond 30 days.</summary>
    public string Relative(DateTime utc)
    {
        var span = clock.GetUtcNow().UtcDateTime - DateTime.SpecifyKind(utc, DateTimeKind.Utc);
        var magnitude = span.Duration();
        if (magnitude < TimeSpan.FromSeconds(5)) return text["time.now"];
        if (magnitude >= TimeSpan.FromDays(30)) return Date(utc);
        var (unit, count) = magnitude switch
        {
            { TotalSeconds: < 60 } => ("seconds", (long)magnitude.TotalSeconds),
            { TotalMinutes: < 60 } => ("minutes", (long)magnitude.TotalMinutes),
            { TotalHours: < 24 } => ("hours", (long)magnitude.TotalHours),
            _ => ("days", (long)magnitude.TotalDays),
        };
        return text.Plural($"time.{unit}.{(span > TimeSpan.Zero ? "past" : "future")}", count);
    }

    /// <summary>How long something takes or took: "12 s", "3 min 20 s", "2 h 5 min".</summary>
    public string Duration(TimeSpan? span) => span switch
    {
        null => Unknown,
        { TotalSeconds: < 10 } s => text["time.s", Math.Max(0, s.TotalSeconds).ToString("0.#", viewer.Culture)],
        { TotalMinutes: < 1 } s => text["time.s", (int)s.TotalSeconds],
        { TotalHours: < 1 } s => text["time.ms", (int)s.TotalMinutes, s.Seconds],
        { TotalDays: < 1 } s => text["time.hm", (int)s.TotalHours, s.Minutes],
        { } s => text["time.dh", (int)s.TotalDays, s.Hours],
    };

    /// <summary>The machine's form for <c>datetime</c> attributes: ISO 8601 in UTC.</summary>
    public static string Iso(DateTime utc) => DateTime.SpecifyKind(utc, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
