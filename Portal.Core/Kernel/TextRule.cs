using System.Globalization;
using System.Text;

namespace Hexabase.Portal.Kernel;

/// <summary>What any text that people type must satisfy: a length in characters as people count them, no control characters, well-formed Unicode. Any script and emoji are welcome.</summary>
public static class TextRule
{
    /// <summary>Trims, normalises to NFC and checks; null when it is fine, with the cleaned text in <paramref name="clean"/>.</summary>
    public static FieldError? Check(string field, string? text, int maxLength, out string clean, bool required = true, bool multiLine = false)
    {
        clean = "";
        if (string.IsNullOrWhiteSpace(text))
            return required ? new FieldError(field, "text.required", $"{field} is missing: type at least one character.", Args: [field]) : null;

        // Lone surrogates cannot be stored as UTF-8, noncharacters cannot be normalised.
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(text[i]) || (text[i] & 0xFFFE) == 0xFFFE || text[i] is >= '\uFDD0' and <= '\uFDEF')
                return new FieldError(field, "text.malformed", $"{field} holds something that is no character at position {i + 1}: type it again.", Args: [field, i + 1]);
        }

        var trimmed = text.Trim().Normalize(NormalizationForm.FormC);
        for (var i = 0; i < trimmed.Length; i++)
        {
            var c = trimmed[i];
            if (char.IsControl(c) && !(multiLine && c is '\n' or '\r' or '\t'))
                return new FieldError(field, "text.control", string.Create(CultureInfo.InvariantCulture, $"{field} holds the control character U+{(int)c:X4} at position {i + 1}: remove it."), Args: [field, i + 1]);
            if (c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))
                return new FieldError(field, "text.direction", string.Create(CultureInfo.InvariantCulture, $"{field} holds the direction mark U+{(int)c:X4} at position {i + 1}, which can disguise a name: remove it."), Args: [field, i + 1]);
        }

        if (trimmed.Length == 0 || trimmed.EnumerateRunes().All(r => Rune.GetUnicodeCategory(r) is UnicodeCategory.Format or UnicodeCategory.SpaceSeparator))
            return required ? new FieldError(field, "text.required", $"{field} shows no visible character: type at least one.", Args: [field]) : null;
        if (trimmed.Length > maxLength)
            return new FieldError(field, "text.tooLong", $"{field} is {trimmed.Length} characters long; at most {maxLength} fit.", Args: [field, maxLength]);
        clean = trimmed;
        return null;
    }
}
