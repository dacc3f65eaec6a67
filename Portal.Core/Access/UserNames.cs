using System.Globalization;
using System.Text;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access;

/// <summary>Sign-in names: e-mail addresses, compared without regard to case.</summary>
public static class UserNames
{
    public const int MaxLength = 256;

    public static FieldError? Check(string field, string? text, out string clean)
    {
        if (TextRule.Check(field, text, MaxLength, out clean) is { } error) return error;
        return clean.Split('@') is [{ Length: > 0 and <= 64 }, { Length: > 0 } domain] && !clean.Any(char.IsWhiteSpace) && !HidesCharacters(clean) && domain[0] != '.' && domain[^1] != '.'
            ? null
            : new FieldError(field, "email.malformed", $"{field} is not an e-mail address such as taro@example.com.", Args: [field]);
    }

    /// <summary>Zero-width characters, soft hyphens, tags: a name with one of them looks like the name without.</summary>
    public static bool HidesCharacters(string text) => text.EnumerateRunes().Any(r => Rune.GetUnicodeCategory(r) == UnicodeCategory.Format);

    public static string Normalize(string userName) => userName.Trim().ToUpperInvariant();
}
