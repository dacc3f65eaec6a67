using System.Buffers;
using System.Globalization;
using System.Text;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>
/// Text out of JSON strings, safe to store and to show. What could disguise or break it (control characters, direction marks, NUL, halves of surrogate pairs,
/// noncharacters, line separators) becomes visible text such as <c>\u202E</c>; nothing is refused for it, because a name that an attacker chose must not
/// keep an event out of the log.
/// </summary>
internal static class EventText
{
    // Lead bytes of everything that may need a second look: escapes, DEL, C1, Arabic letter mark, general punctuation, specials.
    private static readonly SearchValues<byte> Suspect = SearchValues.Create([(byte)'\\', 0x7F, 0xC2, 0xD8, 0xE2, 0xEF]);

    /// <summary>Decodes the inside of a JSON string (no quotes, valid UTF-8, valid escapes), cut to at most <paramref name="maxLength"/> characters.</summary>
    /// <param name="strings">Where a text that came before may be found; null = nowhere.</param>
    public static string Read(ReadOnlySpan<byte> inside, int maxLength, EventStrings? strings = null)
    {
        if (inside.Length <= maxLength && inside.IndexOfAny(Suspect) < 0) return strings?.Of(inside) ?? Encoding.UTF8.GetString(inside);
        var text = new StringBuilder(Math.Min(inside.Length, maxLength) + 8);
        while (!inside.IsEmpty && text.Length < maxLength)
        {
            var value = Next(ref inside, out _);
            if (value is '\n' or '\r' or '\t') text.Append('\\').Append(value switch { '\n' => 'n', '\r' => 'r', _ => 't' });
            else if (IsHidden(value)) AppendVisible(text, value, 1);
            else text.Append(new Rune(value).ToString());
        }

        return Cut(text.ToString(), maxLength);
    }

    /// <summary>JSON text of a value (object, array or scalar; valid), with the same characters made visible inside its strings.</summary>
    public static string ReadJson(ReadOnlySpan<byte> json)
    {
        if (json.IndexOfAny(Suspect) < 0) return Encoding.UTF8.GetString(json);
        var text = new StringBuilder(json.Length + 16);
        while (!json.IsEmpty)
        {
            var quote = json.IndexOf((byte)'"');
            if (quote < 0) quote = json.Length - 1;
            text.Append(Encoding.UTF8.GetString(json[..(quote + 1)]));
            json = json[(quote + 1)..];
            while (!json.IsEmpty && json[0] != '"')
            {
                var plain = json.IndexOfAny((byte)'"', (byte)'\\');
                var stop = json.IndexOfAny(Suspect);
                var run = stop < 0 ? plain : plain < 0 ? stop : Math.Min(plain, stop);
                if (run < 0) run = json.Length;
                if (run > 0)
                {
                    text.Append(Encoding.UTF8.GetString(json[..run]));
                    json = json[run..];
                    continue;
                }

                var before = json;
                var value = Next(ref json, out var escaped);
                if (IsHidden(value) && value is not ('\n' or '\r' or '\t' or '\b' or '\f')) AppendVisible(text, value, 2);
                else if (escaped) text.Append(Encoding.ASCII.GetString(before[..(before.Length - json.Length)]));
                else text.Append(new Rune(value).ToString());
            }

            if (json.IsEmpty) break;
            text.Append('"');
            json = json[1..];
        }

        return text.ToString();
    }

    /// <summary>Makes text that did not come out of JSON (a mapping's constant) as safe as the rest.</summary>
    public static string Clean(string text, int maxLength)
    {
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length && clean.Length < maxLength; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) clean.Append(text[i]).Append(text[++i]);
            else if (IsHidden(text[i])) AppendVisible(clean, text[i], 1);
            else clean.Append(text[i]);
        }

        return Cut(clean.ToString(), maxLength);
    }

    /// <summary>Cuts without leaving half of a surrogate pair.</summary>
    public static string Cut(string text, int maxLength)
    {
        if (text.Length <= maxLength) return text;
        return text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];
    }

    /// <summary>The next code point; a half of a surrogate pair by itself is answered as it is.</summary>
    private static int Next(ref ReadOnlySpan<byte> inside, out bool escaped)
    {
        escaped = inside[0] == '\\';
        if (!escaped)
        {
            Rune.DecodeFromUtf8(inside, out var rune, out var used);
            inside = inside[used..];
            return rune.Value;
        }

        var kind = inside[1];
        if (kind != 'u')
        {
            inside = inside[2..];
            return kind switch { (byte)'n' => '\n', (byte)'r' => '\r', (byte)'t' => '\t', (byte)'b' => '\b', (byte)'f' => '\f', _ => kind };
        }

        var unit = Hex(inside[2..6]);
        if (char.IsHighSurrogate((char)unit) && inside.Length >= 12 && inside[6] == '\\' && inside[7] == 'u' && Hex(inside[8..12]) is var low && char.IsLowSurrogate((char)low))
        {
            inside = inside[12..];
            return char.ConvertToUtf32((char)unit, (char)low);
        }

        inside = inside[6..];
        return unit;
    }

    private static int Hex(ReadOnlySpan<byte> digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static bool IsHidden(int value) => value is < 0x20 or (>= 0x7F and <= 0x9F) or 0x061C or 0x200E or 0x200F or (>= 0x2028 and <= 0x202E) or (>= 0x2066 and <= 0x2069)
        or 0xFEFF or (>= 0xD800 and <= 0xDFFF) or (>= 0xFDD0 and <= 0xFDEF) || (value & 0xFFFE) == 0xFFFE;

    private static void AppendVisible(StringBuilder text, int value, int slashes) =>
        text.Append('\\', slashes).Append(value <= 0xFFFF ? "u" : "U").Append(value.ToString(value <= 0xFFFF ? "X4" : "X8", CultureInfo.InvariantCulture));
}
