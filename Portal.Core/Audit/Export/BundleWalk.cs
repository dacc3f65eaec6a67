using System.Text;
using Hexabase.Portal.Audit.Tree;

namespace Hexabase.Portal.Audit.Export;

/// <summary>One bundle from its first line to its last, in order: places, times, tiles, roots, counts.</summary>
internal sealed class BundleWalk
{
    private readonly BundlePreamble _preamble;
    private readonly KnownCheckpoints _known;
    private readonly FindingList _findings;
    private readonly TileWalk? _tree;
    private readonly Queue<KnownRoot> _ahead;
    private readonly RemovalReceipts _receipts;
    private KnownRoot? _firstMismatch;
    private long _lastAgreed;
    private long _expected;
    private long _time;
    private long _line;
    private (long Index, byte[] Hash, long Line)? _far;

    /// <param name="receipts">Those of the bundle's receipts that hold up.</param>
    public BundleWalk(BundlePreamble preamble, KnownCheckpoints known, RemovalReceipts receipts, FindingList findings)
    {
        (_preamble, _known, _receipts, _findings) = (preamble, known, receipts, findings);
        _expected = preamble.Header.From;
        if (preamble.Header.Kind == BundleKind.Selection)
        {
            (_ahead, _expected) = ([], 0);
            return;
        }

        _tree = new TileWalk(preamble.Header.From, preamble.Left);
        _ahead = new Queue<KnownRoot>(known.All.Where(k => k.Size >= preamble.Header.From && k.Size <= preamble.Header.To && k.Size > 0));
        _lastAgreed = preamble.Header.From;
        CompareUpTo(preamble.Header.From, inclusive: true);
    }

    public long Entries { get; private set; }

    public long Removed { get; private set; }

    public long Lines => _line;

    private BundleHeader Header => _preamble.Header;

    /// <summary>The first known root that the entries do not give.</summary>
    public KnownRoot? FirstMismatch => _firstMismatch;

    public void Take(BundleBatch batch)
    {
        for (var i = 0; i < batch.Lines.Lines.Count; i++)
        {
            _line++;
            var line = batch.Lines.Lines[i];
            switch (line.Kind)
            {
                case LineKind.Entry:
                    Entry(line, batch.Lines.Hash(i));
                    break;
                case LineKind.Tile:
                    Tile(line.Index, batch.Lines.Hash(i).ToArray());
                    break;
                case LineKind.Other when _line > _preamble.Lines && line.Other is { } other && !(batch.IsLast && i == batch.Lines.Lines.Count - 1):
                    Other(other);
                    break;
                case LineKind.Malformed:
                    Add("entry.malformed", $"The line cannot be read: {line.Complaint} {(_tree is null ? "" : $"Entry {_expected} belongs here.")}", _tree is null ? null : _expected);
                    break;
                case LineKind.Other:
                default:
                    break;
            }
        }
    }

    /// <summary>After the last line; answers the root of the tree that the entries and edges make, where it is known.</summary>
    public byte[]? Finish(Checkpoint? head)
    {
        if (_tree is null) return null;
        SettleFar(null);
        var to = Header.To;
        var tileEnd = Math.Min(_tree.First + Tiles.Width, to);
        CompareUpTo(tileEnd, inclusive: true);
        var edge = tileEnd == to ? _tree.EdgeAt(to) : null;
        ReportMissing(to);
        foreach (var (first, end, counted, removed) in _receipts.Differences(Header.From, to))
            Add("removal.receipt", $"The receipts of removals between entries {first} and {end - 1} count {counted} entries; {removed} are gone.", first);
        if (edge is null || head is null || to > head.Size) return null;
        try
        {
            var cover = TreeNode.Cover(to, head.Size);
            if (cover.Count != _preamble.Right.Count) throw new FormatException($"The right edge has {_preamble.Right.Count} hashes instead of {cover.Count}.");
            for (var i = 0; i < cover.Count; i++) edge.AppendNode(cover[i].Level, _preamble.Right[i]);
            return edge.Root();
        }
        catch (FormatException e)
        {
            Add("bundle.malformed", e.Message, null);
            return null;
        }
    }

    /// <summary>Entries between the last root that agreed and the first that does not.</summary>
    public (long From, long To) Suspects(long end) => (_lastAgreed, _firstMismatch?.Size ?? end);

    private void Entry(ParsedLine line, ReadOnlySpan<byte> hash)
    {
        Entries++;
        var index = line.Index;
        if (line.Flaws != EntryFlaws.None) foreach (var (code, message) in EntryFlawWords.Of(line)) Add(code, message, index);
        if (_tree is null)
        {
            if (index < _expected) Add("entry.order", $"Entry {index} stands behind entry {_expected - 1}.", index);
            _expected = Math.Max(_expected, index + 1);
            Clock(line);
            return;
        }

        if (index < Header.From || index >= Header.To)
        {
            Add("entry.order", $"Entry {index} is outside of the bundle's range {Header.From} to {Header.To - 1}.", index);
            return;
        }

        if (_far is { } far)
        {
            if (index == far.Index + 1) Jump(far);
            else SettleFar(null);
        }

        // A tile whose line is gone while all its entries are there.
        if (index == _tree.First + Tiles.Width && !_tree.Missing(index).Any())
        {
            Add("bundle.order", $"The line of tile {_tree.First / Tiles.Width} is missing.", null);
            CloseTile(_tree.TileRoot());
        }

        if (index >= _tree.First + Tiles.Width)
        {
            _far = (index, hash.ToArray(), _line);
            return;
        }

        if (index < _tree.TileFrom)
        {
            Add("entry.order", $"Entry {index} stands where entry {_expected} belongs.", index);
            return;
        }

        if (_tree.Has(index))
        {
            Add("entry.order", $"Entry {index} stands here a second time.", index);
            return;
        }

        if (index < _expected) Add("entry.order", $"Entry {index} stands behind entry {_expected - 1}.", index);
        else Clock(line);
        Place(index, hash);
    }

    private void Clock(ParsedLine line)
    {
        if (line.SequencedAt < _time) Add("clock.backwards", $"Entry {line.Index} was sequenced at an earlier time than the entry before it.", line.Index);
        _time = line.SequencedAt;
    }

    private void Place(long index, ReadOnlySpan<byte> hash)
    {
        if (_tree is null) return;
        _tree.Set(index, hash);
        _expected = Math.Max(_expected, index + 1);
    }

    private void Tile(long tile, byte[] root)
    {
        if (_tree is null)
        {
            Add("bundle.order", "A selection has no tile lines.", null);
            return;
        }

        var first = tile * Tiles.Width;
        SettleFar(first);
        if (first < _tree.First || first + Tiles.Width > Header.To)
        {
            Add("bundle.order", $"The line of tile {tile} does not belong here.", null);
            return;
        }

        if (first > _tree.First)
        {
            ReportMissing(first);
            _tree.Jump(first);
        }

        ReportMissing(first + Tiles.Width);
        if (_tree.TileRoot() is { } computed && !computed.AsSpan().SequenceEqual(root))
            Add("tree.tile", $"The hashes of entries {_tree.TileFrom} to {first + Tiles.Width - 1} do not give the root of their tile: at least one of them was replaced.", _tree.TileFrom);
        CloseTile(root);
    }

    private void CloseTile(byte[]? root)
    {
        if (_tree is null) return;
        CompareUpTo(_tree.First + Tiles.Width, inclusive: false);
        _tree.Advance(root);
        CompareUpTo(_tree.First, inclusive: true);
        _expected = Math.Max(_expected, _tree.First);
    }

    private void Other(byte[] line)
    {
        try
        {
            using var json = BundlePreamble.Parse(Encoding.UTF8.GetString(line));
            if (BundlePreamble.Text(json.RootElement, "type") != "removed" || _tree is null) throw new FormatException("A line of this kind does not belong here.");
            var (from, to) = (BundlePreamble.Whole(json.RootElement, "from"), BundlePreamble.Whole(json.RootElement, "to"));
            var hashes = BundlePreamble.Hashes(json.RootElement, "hashes");
            SettleFar(null);
            if (from != _expected || to - from != hashes.Count || from < _tree.TileFrom || to > Math.Min(Header.To, _tree.First + Tiles.Width)) throw new FormatException($"Removed entries {from} to {to - 1} do not belong here; entry {_expected} does.");
            for (var i = 0; i < hashes.Count; i++) Place(from + i, hashes[i]);
            Removed += hashes.Count;
            foreach (var (first, end) in _receipts.Take(from, to))
                Add("entry.missing", $"{Run(first, end)} gone, and the bundle has no receipt of a removal for {(end - first == 1 ? "it" : "them")}.", first);
        }
        catch (FormatException e)
        {
            Add("bundle.order", e.Message, null);
        }
    }

    // One entry of a later tile was met. Two in a row mean that everything between is gone; alone it is out of place.
    private void SettleFar(long? tile)
    {
        if (_far is not { } far || _tree is null) return;
        if (tile is { } first && far.Index >= first && far.Index < first + Tiles.Width) Jump(far);
        else _findings.Add(new Finding("entry.order", $"Entry {far.Index} stands where entry {_expected} belongs.", _preamble.File, far.Line, far.Index));
        _far = null;
    }

    private void Jump((long Index, byte[] Hash, long Line) far)
    {
        if (_tree is null) return;
        ReportMissing(far.Index - (far.Index % Tiles.Width));
        _tree.Jump(far.Index);
        _expected = Math.Max(_expected, _tree.First);
        _far = null;
        Place(far.Index, far.Hash);
    }

    private void ReportMissing(long to)
    {
        if (_tree is null) return;
        var end = Math.Min(to, _tree.First + Tiles.Width);
        (long From, long To)? open = null;
        foreach (var gap in _tree.Missing(end))
        {
            if (open is { } before) Missing(before);
            open = gap;
        }

        if (to > end) open = open is { } last && last.To == end ? (last.From, to) : Two(open, (end, to));
        if (open is { } rest) Missing(rest);

        (long From, long To) Two((long From, long To)? first, (long From, long To) second)
        {
            if (first is { } f) Missing(f);
            return second;
        }
    }

    private void Missing((long From, long To) gap) =>
        Add("entry.missing", $"{Run(gap.From, gap.To)} missing.", gap.From);

    private static string Run(long from, long to) => to - from == 1 ? $"Entry {from} is" : $"Entries {from} to {to - 1} are";

    private void CompareUpTo(long size, bool inclusive)
    {
        while (_tree is not null && _ahead.TryPeek(out var next) && (inclusive ? next.Size <= size : next.Size < size))
        {
            _ahead.Dequeue();
            var root = next.Size == Header.From ? _tree.LeftRoot : _tree.EdgeAt(next.Size)?.Root();
            if (root is null) continue;
            _known.Compared.Add(next.Size);
            if (!root.AsSpan().SequenceEqual(next.Root)) _firstMismatch ??= next;
            else if (_firstMismatch is null) _lastAgreed = next.Size;
        }
    }

    private void Add(string code, string message, long? index) => _findings.Add(new Finding(code, message, _preamble.File, _line, index));
}
