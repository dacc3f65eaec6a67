using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Hexabase.Portal.Audit.Search;

/// <summary>
/// Collects the terms and column values of up to <see cref="MaxCount"/> entries and writes them as a segment. Kept from one segment to the next; one thread at a time.
/// Terms go into a hash table over one byte array, (term, entry) pairs into one list; sorting happens once, at the end.
/// </summary>
internal sealed class AuditSegmentBuilder : IAuditTermSink
{
    public const int MaxCount = 65_536;
    private const long NoTime = -1;
    private const int BlockBytes = 16 * 1024;

    private readonly AuditEntryTerms _entryTerms = new();
    private readonly AuditColumnBuilder[] _columns = [.. Enum.GetValues<AuditFacetField>().Select(_ => new AuditColumnBuilder())];
    private readonly List<long> _micros = [];
    private int[] _slots = new int[1 << 12];
    private ulong[] _hashes = new ulong[1 << 11];
    private int[] _starts = new int[1 << 11];
    private int[] _counts = new int[1 << 11];
    private int[] _last = new int[1 << 11];
    private byte[] _bytes = new byte[1 << 16];
    private int[] _pairTerms = new int[1 << 14];
    private ushort[] _pairDocs = new ushort[1 << 14];

    // What writing needs, kept as well: made anew each time it would be megabytes of garbage.
    private readonly ArrayBufferWriter<byte> _block = new(BlockBytes * 2);
    private readonly ArrayBufferWriter<byte> _postings = new(1024);
    private readonly ArrayBufferWriter<byte> _directory = new();
    private ulong[] _sortKeys = [];
    private int[] _order = [];
    private int[] _firstPairs = [];
    private int[] _nextPairs = [];
    private ushort[] _docs = [];
    private int _terms;
    private int _used;
    private int _pairs;
    private int _doc;

    /// <summary>Entries and gaps so far; the next entry gets this place.</summary>
    public int Count => _doc;

    /// <summary>True where no further entry should be added: texts may be long, and memory is bounded.</summary>
    public bool IsFull => _doc >= MaxCount || _used > 96_000_000 || _pairs > 24_000_000;

    public void Clear()
    {
        Array.Clear(_slots);
        foreach (var column in _columns) column.Clear();
        _micros.Clear();
        (_terms, _used, _pairs, _doc) = (0, 0, 0, 0);
    }

    public void Add(in AuditIndexed entry)
    {
        var facts = entry.Facts;
        _entryTerms.Read(in entry, this);
        _columns[(int)AuditFacetField.Actor].Add(entry.ActorName);
        _columns[(int)AuditFacetField.Action].Add(facts.Action);
        _columns[(int)AuditFacetField.ResourceKind].Add(facts.ResourceKind);
        _columns[(int)AuditFacetField.Workspace].Add(facts.WorkspaceId);
        _columns[(int)AuditFacetField.Status].Add(facts.Status == AuditStatus.Success ? "success" : "failure");
        _columns[(int)AuditFacetField.Source].Add(facts.Source);
        _micros.Add(AuditTime.Micros(facts.OccurredAtUtc));
        _doc++;
    }

    /// <summary>A place whose entry can no longer be read: it holds no term and is counted nowhere.</summary>
    public void AddGap()
    {
        foreach (var column in _columns) column.AddGap();
        _micros.Add(NoTime);
        _doc++;
    }

    /// <summary>Puts another segment, whose parts are all loaded, behind what is here: a merge.</summary>
    public void Append(AuditSegment segment)
    {
        var from = _doc;
        var docs = new AuditDocs(segment.Count);
        segment.ForEachTerm((term, postings) =>
        {
            Array.Clear(docs.Words);
            AuditPostings.OrInto(postings, docs);
            var id = Find(term[0], term[1..]);
            for (var doc = docs.Next(0); doc >= 0; doc = docs.Next(doc + 1)) Pair(id, from + doc);
        });
        var every = segment.Docs([AuditTerms.Every]);
        for (var f = 0; f < _columns.Length; f++)
        {
            var column = segment.Column((AuditFacetField)f);
            var map = Array.ConvertAll(column.Values, _columns[f].Ordinal);
            for (var doc = 0; doc < segment.Count; doc++)
            {
                if (every[doc]) _columns[f].AddOrdinal(map[column.Ordinal(doc)]);
                else _columns[f].AddGap();
            }
        }

        for (var doc = 0; doc < segment.Count; doc++) _micros.Add(every[doc] ? segment.MicrosOf(doc) : NoTime);
        _doc += segment.Count;
    }

    public void Add(byte code, ReadOnlySpan<byte> value) => Pair(Find(code, value), _doc);

    /// <summary>Sorts and writes everything.</summary>
    public AuditSegmentImage Build()
    {
        var order = Sorted();
        Distribute(order, out var starts, out var docs);
        var image = new AuditSegmentImage { Count = _doc, Terms = _terms };
        var filter = AuditFilter.Make(_terms);
        var (block, postings, directory) = (_block, _postings, _directory);
        block.ResetWrittenCount();
        directory.ResetWrittenCount();
        ReadOnlySpan<byte> previous = default;
        for (var i = 0; i < order.Length; i++)
        {
            var id = order[i];
            var term = TermOf(id);
            AuditFilter.Add(filter, _hashes[id]);
            if (block.WrittenCount == 0)
            {
                AuditVarint.Write(directory, (uint)term.Length);
                directory.Write(term);
                previous = default;
            }

            var shared = previous.CommonPrefixLength(term);
            AuditVarint.Write(block, (uint)shared);
            AuditVarint.Write(block, (uint)(term.Length - shared));
            block.Write(term[shared..]);
            postings.ResetWrittenCount();
            AuditPostings.Write(postings, docs.Slice(starts[i], _counts[id]), _doc);
            AuditVarint.Write(block, (uint)postings.WrittenCount);
            block.Write(postings.WrittenSpan);
            previous = term;
            if (block.WrittenCount >= BlockBytes || i == order.Length - 1)
            {
                image.Parts[image.Blocks++] = block.WrittenSpan.ToArray();
                block.ResetWrittenCount();
            }
        }

        image.Parts[AuditIndexPart.Directory] = directory.WrittenSpan.ToArray();
        image.Parts[AuditIndexPart.Filter] = filter;
        for (var f = 0; f < _columns.Length; f++) image.Parts[AuditIndexPart.Column((AuditFacetField)f)] = _columns[f].Write();
        WriteTimes(image);
        return image;
    }

    private void WriteTimes(AuditSegmentImage image)
    {
        var times = CollectionsMarshal.AsSpan(_micros);
        var (low, high) = (long.MaxValue, 0L);
        foreach (var time in times)
        {
            if (time != NoTime) (low, high) = (Math.Min(low, time), Math.Max(high, time));
        }

        if (low == long.MaxValue) low = 0;
        times.Replace(NoTime, low);
        (image.MinMicros, image.MaxMicros) = (low, high);
        image.Parts[AuditIndexPart.Time] = AuditPacked.Write(times);
    }

    private static Span<T> Room<T>(ref T[] array, int length)
    {
        if (array.Length < length) array = new T[Math.Max(length, array.Length * 2)];
        return array.AsSpan(0, length);
    }

    private ReadOnlySpan<byte> TermOf(int id) => _bytes.AsSpan(_starts[id], (id + 1 < _terms ? _starts[id + 1] : _used) - _starts[id]);

    private int Find(byte code, ReadOnlySpan<byte> value)
    {
        var hash = AuditTerms.Hash(code, value);
        var mask = _slots.Length - 1;
        for (var slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            var id = _slots[slot] - 1;
            if (id < 0) return New(code, value, hash, slot);
            if (_hashes[id] != hash) continue;
            var term = TermOf(id);
            if (term[0] == code && term[1..].SequenceEqual(value)) return id;
        }
    }

    private int New(byte code, ReadOnlySpan<byte> value, ulong hash, int slot)
    {
        if (_terms == _hashes.Length)
        {
            var size = _terms * 2;
            Array.Resize(ref _hashes, size);
            Array.Resize(ref _starts, size);
            Array.Resize(ref _counts, size);
            Array.Resize(ref _last, size);
            _slots = new int[size * 2];
            for (var i = 0; i < _terms; i++) _slots[FreeSlot(_hashes[i])] = i + 1;
            slot = FreeSlot(hash);
        }

        if (_used + value.Length + 1 > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + value.Length + 1));
        var id = _terms++;
        _slots[slot] = id + 1;
        (_hashes[id], _starts[id], _counts[id], _last[id]) = (hash, _used, 0, -1);
        _bytes[_used++] = code;
        value.CopyTo(_bytes.AsSpan(_used));
        _used += value.Length;
        return id;
    }

    private int FreeSlot(ulong hash)
    {
        var mask = _slots.Length - 1;
        var slot = (int)hash & mask;
        while (_slots[slot] != 0) slot = (slot + 1) & mask;
        return slot;
    }

    private void Pair(int term, int doc)
    {
        if (_last[term] == doc) return;
        _last[term] = doc;
        _counts[term]++;
        if (_pairs == _pairTerms.Length)
        {
            Array.Resize(ref _pairTerms, _pairs * 2);
            Array.Resize(ref _pairDocs, _pairs * 2);
        }

        _pairTerms[_pairs] = term;
        _pairDocs[_pairs++] = (ushort)doc;
    }

    /// <summary>Terms in byte order: by their first eight bytes, then runs of equal ones by the rest.</summary>
    private ReadOnlySpan<int> Sorted()
    {
        var keys = Room(ref _sortKeys, _terms);
        var order = Room(ref _order, _terms);
        Span<byte> head = stackalloc byte[8];
        for (var id = 0; id < _terms; id++)
        {
            var term = TermOf(id);
            head.Clear();
            term[..Math.Min(8, term.Length)].CopyTo(head);
            (keys[id], order[id]) = (BinaryPrimitives.ReadUInt64BigEndian(head), id);
        }

        keys.Sort(order);
        for (var start = 0; start < order.Length;)
        {
            var end = start + 1;
            while (end < order.Length && keys[end] == keys[start]) end++;
            if (end - start > 1) order[start..end].Sort((a, b) => TermOf(a).SequenceCompareTo(TermOf(b)));
            start = end;
        }

        return order;
    }

    /// <summary>The entries of each term, ascending, term after term in their order.</summary>
    private void Distribute(ReadOnlySpan<int> order, out ReadOnlySpan<int> starts, out ReadOnlySpan<ushort> docs)
    {
        var first = Room(ref _firstPairs, order.Length);
        var next = Room(ref _nextPairs, order.Length);
        var sum = 0;
        for (var i = 0; i < order.Length; i++)
        {
            first[i] = next[order[i]] = sum;
            sum += _counts[order[i]];
        }

        var all = Room(ref _docs, _pairs);
        for (var i = 0; i < _pairs; i++) all[next[_pairTerms[i]]++] = _pairDocs[i];
        starts = first;
        docs = all;
    }
}
