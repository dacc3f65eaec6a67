using System.Globalization;

namespace Hexabase.Portal.Shell;

/// <summary>
/// Who reads this page: language and time zone of one circuit (or one request). Everything that formats asks here, never the process;
/// <see cref="ViewerCircuitHandler"/> also sets the ambient culture for each event of the circuit, for code that relies on it.
/// </summary>
public sealed class Viewer
{
    /// <summary>Two-letter codes of the languages that the portal is written in; the first is the fallback.</summary>
    public static readonly IReadOnlyList<string> Languages = ["en", "ja"];

    public CultureInfo Culture { get; private set; } = CultureInfo.GetCultureInfo("en");

    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    public string Language => Culture.TwoLetterISOLanguageName;

    public bool IsJapanese => Language == "ja";

    /// <summary>Raised after language or zone changed; the shell draws the page again.</summary>
    public event Action? Changed;

    /// <summary>Sets the language (an unknown one becomes English) and the zone (an IANA name; an unknown one leaves the zone as it is).</summary>
    public void Use(string? language, string? zone)
    {
        var culture = CultureInfo.GetCultureInfo(Supported(language));
        var newZone = zone is not null && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found : Zone;
        if (culture.Equals(Culture) && newZone.Equals(Zone)) return;
        (Culture, Zone) = (culture, newZone);
        Changed?.Invoke();
    }

    public void UseLanguage(string language) => Use(language, null);

    /// <summary>The viewer's local time of a UTC instant.</summary>
    public DateTime Local(DateTime utc) => TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), Zone);

    /// <summary>The UTC instant at which the day is over for the viewer, for days that count whole; null for no day.</summary>
    public DateTime? EndOf(DateOnly? day)
    {
        if (day is not { } last || last == DateOnly.MaxValue) return null;
        var midnight = last.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        // Where the clock is put forward at midnight, the next day begins an hour later.
        return TimeZoneInfo.ConvertTimeToUtc(Zone.IsInvalidTime(midnight) ? midnight.AddHours(1) : midnight, Zone);
    }

    /// <summary>The best language for an Accept-Language header: the first one listed that the portal speaks, English otherwise.</summary>
    public static string Negotiate(string? acceptLanguage)
    {
        foreach (var part in (acceptLanguage ?? "").Split(','))
        {
            var code = part.Split(';')[0].Trim();
            if (code.Length >= 2 && Languages.Contains(code[..2], StringComparer.OrdinalIgnoreCase)) return code[..2].ToLowerInvariant();
        }

        return Languages[0];
    }

    private static string Supported(string? language) => language is not null && Languages.Contains(language) ? language : Languages[0];
}
