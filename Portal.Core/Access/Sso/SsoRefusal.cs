using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Hexabase.Portal.Access.Sso;

/// <summary>
/// Why a sign-in message was not accepted, for the trace of the attempt. <see cref="Code"/> is stable and dotted ("oidc.token.expired").
/// </summary>
/// <param name="Message">What is wrong, one English sentence.</param>
/// <param name="Came">What the other side sent, shortened, without control characters and without secrets; null where there is nothing to show.</param>
/// <param name="Change">What to change, and where, one English sentence.</param>
public sealed record SsoRefusal(string Code, string Message, string? Came, string Change)
{
    private const int MaxShown = 120;

    /// <summary>A value that is no secret, fit for a page and a log: one line, without characters that change how a text reads, at most 120 characters.</summary>
    internal static string Show(string? value)
    {
        if (value is null) return "(nothing)";
        var shown = new StringBuilder(Math.Min(value.Length, MaxShown) + 2);
        foreach (var rune in value.EnumerateRunes())
        {
            if (shown.Length >= MaxShown) return shown.Append('…').ToString();
            var plain = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate);
            shown.Append(plain ? rune.ToString() : "�");
        }

        return shown.Length == 0 ? "(empty)" : shown.ToString();
    }

    /// <summary>A personal or secret value: its length and the start of its SHA-256, by which two traces can be compared.</summary>
    internal static string Hide(string? value)
    {
        if (value is null) return "(nothing)";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(value));
        return string.Create(CultureInfo.InvariantCulture, $"({value.Length} characters, SHA-256 {Convert.ToHexStringLower(hash.AsSpan(0, 4))}…)");
    }

    /// <summary>A time as the trace shows it (UTC).</summary>
    internal static string Show(DateTimeOffset value) => value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
