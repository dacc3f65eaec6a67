using System.Collections.Concurrent;

namespace Hexabase.Portal.Audit.Search;

/// <summary>Event times as microseconds since 0001-01-01, the resolution of both databases.</summary>
internal static class AuditTime
{
    public static long Micros(DateTime utc) => utc.Ticks / 10;

    public static DateTime Utc(long micros) => new(micros * 10, DateTimeKind.Utc);
}

/// <summary>The parts of a segment: term blocks count from 0, everything else is below.</summary>
internal static class AuditIndexPart
{
    public const int Directory = -1;
    public const int Filter = -2;
    public const int Time = -3;

    public static int Column(AuditFacetField field) => -10 - (int)field;
}

/// <summary>Takes a term with its postings; false = no more of them.</summary>
internal delegate bool AuditTermVisitor(ReadOnlySpan<byte> term, ReadOnlySpan<byte> postings);

/// <summary>A segment as the builder made it.</summary>
internal sealed class AuditSegmentImage
{
    public required int Count { get; init; }

    public required int Terms { get; init; }

    public int Blocks { get; set; }

    public long MinMicros { get; set; }

    public long MaxMicros { get; set; }

    public SortedDictionary<int, byte[]> Parts { get; } = [];
}

/// <summary>
/// A segment that can be searched. Its parts never change; those that are not here yet are loaded by whoever needs them (<see cref="AuditSegmentLoader"/>), and asking for one that is
/// not is a bug.
/// </summary>
internal sealed class AuditSegment(long number, long from, int count, int blocks, long minMicros, long maxMicros)
{
    private readonly ConcurrentDictionary<int, byte[]> _parts = new();
    private readonly AuditColumn?[] _columns = new AuditColumn?[Enum.GetValues<AuditFacetField>().Length];
    private byte[][]? _firstTerms;
    private long _bytes;

    /// <summary>Counts the segments of an organization; 0 = held in memory only.</summary>
    public long Number => number;

    /// <summary>The tree index of its first entry.</summary>
    public long From => from;

    public int Count => count;

    public int Blocks => blocks;

    public long MinMicros => minMicros;

    public long MaxMicros => maxMicros;

    /// <summary>What the loaded parts take in memory.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Entries that are in no database segment: the newest, held as they are.</summary>
    public IReadOnlyList<AuditEntryRow>? Rows { get; init; }

    public static AuditSegment Of(AuditSegmentImage image, long from, IReadOnlyList<AuditEntryRow>? rows = null)
    {
        var segment = new AuditSegment(0, from, image.Count, image.Blocks, image.MinMicros, image.MaxMicros) { Rows = rows };
        foreach (var (part, data) in image.Parts) segment.Put(part, data);
        return segment;
    }

    public bool Has(int part) => _parts.ContainsKey(part);

    /// <summary>How many bytes it takes more than before.</summary>
    public long Put(int part, byte[] data)
    {
        if (!_parts.TryAdd(part, data)) return 0;
        var size = data.Length + 80;
        Interlocked.Add(ref _bytes, size);
        return size;
    }

    public long MicrosOf(int doc) => AuditPacked.Read(Part(AuditIndexPart.Time), doc);

    public byte[] Times => Part(AuditIndexPart.Time);

    public AuditColumn Column(AuditFacetField field) => _columns[(int)field] ??= new AuditColumn(Part(AuditIndexPart.Column(field)));

    /// <summary>False where the term certainly is not here, as far as that is known without reading.</summary>
    public bool MayHold(ulong hash) => !_parts.TryGetValue(AuditIndexPart.Filter, out var filter) || AuditFilter.MayHold(filter, hash);

    /// <summary>The blocks that may hold terms from the first to the last (both included), as a range; empty where Last is below First.</summary>
    public (int First, int Last) BlocksOf(ReadOnlySpan<byte> low, ReadOnlySpan<byte> high)
    {
        var terms = _firstTerms ??= ReadDirectory();
        return (Math.Max(0, LastAtOrBelow(terms, low)), LastAtOrBelow(terms, high));
    }

    /// <summary>The entries that hold the term.</summary>
    public AuditDocs Docs(ReadOnlySpan<byte> term)
    {
        var docs = new AuditDocs(count);
        OrInto(term, term, docs, int.MaxValue);
        return docs;
    }

    /// <summary>Adds the entries of all terms from the first to the last; how many terms those were, or -1 beyond the limit.</summary>
    public int OrInto(ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, AuditDocs docs, int limit)
    {
        var (first, last) = BlocksOf(low, high);
        var found = 0;
        for (var block = first; block <= last; block++)
        {
            var reader = new AuditBlockReader(Part(block));
            while (reader.Next())
            {
                if (reader.Term.SequenceCompareTo(low) < 0) continue;
                if (reader.Term.SequenceCompareTo(high) > 0) break;
                if (++found > limit) return -1;
                AuditPostings.OrInto(reader.Postings, docs);
            }
        }

        return found;
    }

    /// <summary>All terms in their order.</summary>
    public void ForEachTerm(Action<ReadOnlySpan<byte>, ReadOnlySpan<byte>> use)
    {
        for (var block = 0; block < blocks; block++)
        {
            var reader = new AuditBlockReader(Part(block));
            while (reader.Next()) use(reader.Term, reader.Postings);
        }
    }

    /// <summary>Goes through the terms from the first to the last (both included) in the first so many blocks that may hold them, until there is enough.</summary>
    public void ForEachTerm(ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, int maxBlocks, AuditTermVisitor goesOn)
    {
        var (first, last) = BlocksOf(low, high);
        for (var block = first; block <= Math.Min(last, first + maxBlocks - 1); block++)
        {
            var reader = new AuditBlockReader(Part(block));
            while (reader.Next())
            {
                if (reader.Term.SequenceCompareTo(low) < 0) continue;
                if (reader.Term.SequenceCompareTo(high) > 0 || !goesOn(reader.Term, reader.Postings)) return;
            }
        }
    }

    private byte[] Part(int part) => _parts.TryGetValue(part, out var data) ? data : throw new InvalidOperationException($"Part {part} of segment {number} is not loaded.");

    private byte[][] ReadDirectory()
    {
        var data = Part(AuditIndexPart.Directory);
        var terms = new byte[blocks][];
        var at = 0;
        for (var i = 0; i < blocks; i++)
        {
            var length = (int)AuditVarint.Read(data, ref at);
            terms[i] = data[at..(at + length)];
            at += length;
        }

        return terms;
    }

    private static int LastAtOrBelow(byte[][] terms, ReadOnlySpan<byte> term)
    {
        var (low, high) = (0, terms.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (terms[middle].AsSpan().SequenceCompareTo(term) <= 0) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }
}

/// <summary>Goes through the terms of a block: [bytes shared with the term before][further bytes][them][length of the postings][them].</summary>
internal ref struct AuditBlockReader(ReadOnlySpan<byte> block)
{
    private readonly ReadOnlySpan<byte> _block = block;
    private readonly Span<byte> _term = new byte[AuditTerms.MaxBytes + 1];
    private int _at;
    private int _length;

    public readonly ReadOnlySpan<byte> Term => _term[.._length];

    public ReadOnlySpan<byte> Postings { get; private set; }

    public bool Next()
    {
        if (_at >= _block.Length) return false;
        var shared = (int)AuditVarint.Read(_block, ref _at);
        var more = (int)AuditVarint.Read(_block, ref _at);
        _block.Slice(_at, more).CopyTo(_term[shared..]);
        _at += more;
        _length = shared + more;
        var postings = (int)AuditVarint.Read(_block, ref _at);
        Postings = _block.Slice(_at, postings);
        _at += postings;
        return true;
    }
}
