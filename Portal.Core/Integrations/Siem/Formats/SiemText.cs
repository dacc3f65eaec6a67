using System.Buffers;
using System.Text;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>Appends text as UTF-8. Lone surrogates become U+FFFD, so that what is written is always well-formed.</summary>
internal static class SiemText
{
    public static void Append(this IBufferWriter<byte> into, ReadOnlySpan<char> text)
    {
        if (text.Length == 0) return;
        var span = into.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        into.Advance(Encoding.UTF8.GetBytes(text, span));
    }

    public static void Append(this IBufferWriter<byte> into, ReadOnlySpan<byte> bytes) => into.Write(bytes);

    /// <summary>One line that shows what it is: control characters become spaces, and marks that turn the direction of text (they can disguise a name) are left out.</summary>
    public static string OneLine(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\u001f') && !text.Any(IsHidden)) return text;
        var line = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsControl(c)) line.Append(' ');
            else if (!IsHidden(c)) line.Append(c);
        }

        return line.ToString();
    }

    private static bool IsHidden(char c) => c is (>= '\u007f' and <= '\u009f') or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u2028' or '\u2029';
}
