using System.Buffers;
using System.Text;

namespace Hexabase.Portal.Audit.Search;

/// <summary>
/// The form in which text is indexed and looked for: Unicode NFKC (full-width letters and half-width kana become their ordinary forms) and lower case, as UTF-8. Both sides of every
/// comparison go through here.
/// </summary>
internal static class AuditFold
{
    /// <summary>Writes the folded text to the buffer, which grows as needed, and says how many bytes it has.</summary>
    public static int Write(ReadOnlySpan<char> text, ref byte[] buffer)
    {
        Grow(ref buffer, text.Length);
        if (Ascii.ToLower(text, buffer, out var written) == OperationStatus.Done) return written;
        var folded = Text(text.ToString());
        Grow(ref buffer, Encoding.UTF8.GetMaxByteCount(folded.Length));
        return Encoding.UTF8.GetBytes(folded, buffer);
    }

    public static byte[] Bytes(string text)
    {
        var buffer = Array.Empty<byte>();
        var length = Write(text, ref buffer);
        return buffer[..length];
    }

    public static string Text(string text)
    {
        if (Ascii.IsValid(text)) return text.ToLowerInvariant();
        // Half a surrogate pair has no normal form.
        var whole = HasBrokenPair(text) ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;
        return whole.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
    }

    private static bool HasBrokenPair(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(text[i])) return true;
        }

        return false;
    }

    internal static void Grow(ref byte[] buffer, int length)
    {
        if (buffer.Length < length) buffer = new byte[Math.Max(length, buffer.Length * 2)];
    }
}
