namespace Hexabase.Portal.Audit.Search;

/// <summary>What a free text asks for: its identifiers whole, its other words, and kana and kanji as pairs.</summary>
/// <param name="IsPrefix">The terms that begin with it.</param>
internal sealed record AuditWord(byte[] Text, bool IsPrefix);

internal static class AuditWordsOf
{
    /// <param name="folded">The text.</param>
    /// <param name="isPrefix">Its last word is the beginning of a word.</param>
    public static List<AuditWord> Text(ReadOnlySpan<byte> folded, bool isPrefix)
    {
        var sink = new Collector();
        AuditTokens.Read(folded, ref sink);
        // A beginning that ends between words begins nothing: "a-*" is the word a and what follows it in an identifier.
        if (isPrefix && folded.Length > 1 && folded[^1] is (byte)'.' or (byte)'-' or (byte)'_' && sink.Words.Count > 0)
        {
            var start = folded.Length - 1;
            while (start > 0 && (char.IsAsciiLetterOrDigit((char)folded[start - 1]) || folded[start - 1] is (byte)'.' or (byte)'-' or (byte)'_' || folded[start - 1] >= 0x80)) start--;
            var open = folded[start..];
            if (!open.ContainsAnyInRange((byte)0x80, (byte)0xFF)) return [.. Text(folded[..start], false), new AuditWord(open.ToArray(), true)];
        }

        if (isPrefix && sink.Words.Count > 0 && folded.EndsWith(sink.Words[^1])) return [.. sink.Words[..^1].Select(w => new AuditWord(w, false)), new AuditWord(sink.Words[^1], true)];
        return sink.Words.ConvertAll(w => new AuditWord(w, false));
    }

    private struct Collector() : IAuditTokenSink
    {
        private int _inside;
        private bool _character;

        public List<byte[]> Words { get; } = [];

        public void Add(AuditToken token, ReadOnlySpan<byte> text)
        {
            // The words of an identifier follow it; they say nothing more.
            if (token == AuditToken.Word && _inside > 0)
            {
                _inside -= text.Length + 1;
                return;
            }

            _inside = token == AuditToken.Identifier ? text.Length + 1 : 0;
            // A pair takes the place of its first character; the second stands alone only at the end of a run, where the pair before holds it.
            if (token == AuditToken.Pair && _character) Words[^1] = text.ToArray();
            else if (token != AuditToken.Character || !_paired) Words.Add(text.ToArray());
            _character = token == AuditToken.Character && !_paired;
            _paired = token == AuditToken.Pair;
        }

        private bool _paired;
    }
}

/// <summary>Words that must stand together, in this order, within one text of an entry; what separates them does not count.</summary>
internal sealed class AuditPhrase
{
    private readonly List<byte[]> _words;

    public AuditPhrase(ReadOnlySpan<byte> folded) => _words = WordsOf(folded);

    public bool IsIn(AuditEntryRow entry)
    {
        foreach (var text in AuditEntryTerms.TextsOf(entry))
        {
            if (IsIn(WordsOf(AuditFold.Bytes(text)))) return true;
        }

        return false;
    }

    private bool IsIn(List<byte[]> words)
    {
        for (var start = 0; start + _words.Count <= words.Count; start++)
        {
            var same = 0;
            while (same < _words.Count && words[start + same].AsSpan().SequenceEqual(_words[same])) same++;
            if (same == _words.Count) return true;
        }

        return false;
    }

    private static List<byte[]> WordsOf(ReadOnlySpan<byte> folded)
    {
        var sink = new Simple();
        AuditTokens.Read(folded, ref sink);
        return sink.Words;
    }

    private readonly struct Simple() : IAuditTokenSink
    {
        public List<byte[]> Words { get; } = [];

        public void Add(AuditToken token, ReadOnlySpan<byte> text)
        {
            if (token is AuditToken.Word or AuditToken.Id or AuditToken.Character) Words.Add(text.ToArray());
        }
    }
}
