using Hexabase.Portal.Audit.Retention;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.AuditRetention;

/// <summary>Retention in the viewer's words.</summary>
internal static class RetentionWords
{
    public const string ExpiryJob = "auditExpiry";
    public const string RestoreJob = "auditRestore";

    /// <summary>A class as people say it: "7 years", "for good"; days where it is none of the known ones.</summary>
    public static string Class(int days, Text text) => text.Has($"retention.class.{days}") ? text[$"retention.class.{days}"] : text.Plural("retention.days", days);

    /// <summary>The class with its exact days: "7 years (2,557 days)".</summary>
    public static string Exactly(int days, Text text, Display display)
    {
        var words = Class(days, text);
        return days == RetentionClass.Forever || words == text.Plural("retention.days", days) ? words : text["retention.classDays", words, display.Number((long)days)];
    }

    public static string Month(DateTime month, Display display) => display.Month(DateOnly.FromDateTime(month));

    /// <summary>Whose entries and from when to when, in UTC days; the last day counts.</summary>
    public static string Period(HoldRow hold, Text text, Display display) => (hold.From, hold.To) switch
    {
        (null, null) => text["retention.always"],
        ({ } from, null) => text["retention.since", display.Date(DateOnly.FromDateTime(from))],
        (null, { } to) => text["retention.until", display.Date(LastDay(to))],
        ({ } from, { } to) => display.Period(DateOnly.FromDateTime(from), LastDay(to)),
    };

    private static DateOnly LastDay(DateTime to) => DateOnly.FromDateTime(to.AddTicks(-1));
}
