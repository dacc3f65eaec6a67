namespace Hexabase.Portal.Audit.Ingest;

/// <summary>Events that are committed together, and the bytes of their originals, in one buffer that serves one batch after the other.</summary>
internal sealed class EventBatch
{
    private readonly HashSet<Guid> _seen = [];
    private byte[] _originals = new byte[256 * 1024];
    private int _used;

    public EventStrings Strings { get; } = new();

    public List<OutsideEvent> Events { get; } = [];

    public List<Guid> Hashes { get; } = [];

    public long Bytes { get; private set; }

    public DateTime Latest { get; private set; }

    /// <summary>Begins anew; the originals of the events so far must not be read any more.</summary>
    public void Clear()
    {
        _seen.Clear();
        Events.Clear();
        Hashes.Clear();
        (_used, Bytes, Latest) = (0, 0, default);
    }

    /// <summary>A copy of an original that holds until <see cref="Clear"/>, or, unless <see cref="TryAdd"/> takes its event, until the next one.</summary>
    public ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> original)
    {
        // What is full stays with the events that lie in it.
        if (_used + original.Length > _originals.Length) (_originals, _used) = (new byte[Math.Max(_originals.Length * 2, original.Length)], 0);
        original.CopyTo(_originals.AsSpan(_used));
        return _originals.AsMemory(_used, original.Length);
    }

    /// <summary>False where the batch holds the event already.</summary>
    public bool TryAdd(OutsideEvent read)
    {
        var hash = AuditSourceId.HashOf(read.Source, read.SourceId);
        if (!_seen.Add(hash)) return false;
        Events.Add(read);
        Hashes.Add(hash);
        _used += read.Original.Length;
        Bytes += read.Original.Length;
        if (read.OccurredAtUtc > Latest) Latest = read.OccurredAtUtc;
        return true;
    }
}
