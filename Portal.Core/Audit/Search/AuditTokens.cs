using System.Buffers;
using System.Globalization;
using System.Text;

namespace Hexabase.Portal.Audit.Search;

/// <summary>What a piece of folded text is.</summary>
internal enum AuditToken
{
    /// <summary>A run of letters and digits.</summary>
    Word,

    /// <summary>Words joined by single '.', '-' or '_': a host, a file, an action. Its words follow as tokens of their own.</summary>
    Identifier,

    /// <summary>A UUID in its usual form; a word of its own, not taken apart.</summary>
    Id,

    /// <summary>One character of a script without spaces (kana, kanji).</summary>
    Character,

    /// <summary>Two neighbouring ones.</summary>
    Pair,
}

internal interface IAuditTokenSink
{
    void Add(AuditToken token, ReadOnlySpan<byte> text);
}

/// <summary>Cuts folded text into tokens; every token is a piece of the text as it stands, so nothing is copied.</summary>
internal static class AuditTokens
{
    private const byte Other = 0, Letter = 1, Joint = 2;
    private static readonly byte[] Classes = AsciiClasses();

    public static void Read<T>(ReadOnlySpan<byte> text, ref T sink)
        where T : IAuditTokenSink, allows ref struct
    {
        var at = 0;
        while (at < text.Length)
        {
            var b = text[at];
            if (b < 0x80)
            {
                if (Classes[b] == Letter) at = Run(text, at, ref sink);
                else at++;
                continue;
            }

            if (Rune.DecodeFromUtf8(text[at..], out var rune, out var length) != OperationStatus.Done) at++;
            else if (IsCharacter(rune)) at = Characters(text, at, length, ref sink);
            else if (IsWord(rune)) at = Run(text, at, ref sink);
            else at += length;
        }
    }

    /// <summary>True for scripts that are written without spaces between words.</summary>
    internal static bool IsCharacter(Rune rune) => rune.Value is >= 0x3040 and <= 0x30FF and not 0x30FB or >= 0x3005 and <= 0x3007 or >= 0x31F0 and <= 0x31FF or >= 0x3400 and <= 0x4DBF
        or >= 0x4E00 and <= 0x9FFF or >= 0xF900 and <= 0xFAFF or >= 0x20000 and <= 0x3FFFF;

    internal static bool IsWord(Rune rune) => !IsCharacter(rune)
        && (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.LetterNumber);

    /// <summary>True for eight, four, four, four and twelve hexadecimal digits.</summary>
    internal static bool IsId(ReadOnlySpan<byte> text)
    {
        if (text.Length != 36) return false;
        for (var i = 0; i < 36; i++)
        {
            if (i is 8 or 13 or 18 or 23 ? text[i] != '-' : !char.IsAsciiHexDigitLower((char)text[i])) return false;
        }

        return true;
    }

    private static int Run<T>(ReadOnlySpan<byte> text, int start, ref T sink)
        where T : IAuditTokenSink, allows ref struct
    {
        var (at, words) = (start, 0);
        Span<int> ends = stackalloc int[64];
        while (true)
        {
            at = WordEnd(text, at);
            if (words < ends.Length) ends[words] = at;
            words++;
            if (at + 1 >= text.Length || Classes[text[at] & 0x7F] != Joint || text[at] >= 0x80 || !StartsWord(text[(at + 1)..])) break;
            at++;
        }

        var whole = text[start..at];
        if (words == 5 && IsId(whole))
        {
            sink.Add(AuditToken.Id, whole);
            return at;
        }

        if (words > 1) sink.Add(AuditToken.Identifier, whole);
        var from = start;
        for (var i = 0; i < words; i++)
        {
            // A run of more words than there is room for is read again from where the room ended.
            var end = i < ends.Length ? ends[i] : WordEnd(text, from);
            sink.Add(AuditToken.Word, text[from..end]);
            from = end + 1;
        }

        return at;
    }

    private static int Characters<T>(ReadOnlySpan<byte> text, int start, int length, ref T sink)
        where T : IAuditTokenSink, allows ref struct
    {
        var (at, size) = (start, length);
        while (true)
        {
            sink.Add(AuditToken.Character, text.Slice(at, size));
            var next = at + size;
            if (next >= text.Length || Rune.DecodeFromUtf8(text[next..], out var rune, out var nextSize) != OperationStatus.Done || !IsCharacter(rune)) return next;
            sink.Add(AuditToken.Pair, text.Slice(at, size + nextSize));
            (at, size) = (next, nextSize);
        }
    }

    private static int WordEnd(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length)
        {
            var b = text[at];
            if (b < 0x80)
            {
                if (Classes[b] != Letter) return at;
                at++;
            }
            else if (Rune.DecodeFromUtf8(text[at..], out var rune, out var length) == OperationStatus.Done && IsWord(rune))
            {
                at += length;
            }
            else
            {
                return at;
            }
        }

        return at;
    }

    private static bool StartsWord(ReadOnlySpan<byte> text) =>
        text[0] < 0x80 ? Classes[text[0]] == Letter : Rune.DecodeFromUtf8(text, out var rune, out _) == OperationStatus.Done && IsWord(rune);

    private static byte[] AsciiClasses()
    {
        var classes = new byte[128];
        for (var c = 0; c < 128; c++) classes[c] = char.IsAsciiLetterOrDigit((char)c) ? Letter : (char)c is '.' or '-' or '_' ? Joint : Other;
        return classes;
    }
}
