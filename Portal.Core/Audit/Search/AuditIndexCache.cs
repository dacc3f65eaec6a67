using System.Collections.Concurrent;

namespace Hexabase.Portal.Audit.Search;

/// <summary>
/// Segments and those of their parts that searches have read. Parts never change and numbers are never used again, so nothing here grows old. A search reaches a segment only by the
/// organization of its own context and by rows that this context returned: what one organization read is never seen by another.
/// </summary>
internal sealed class AuditIndexCache(long maxBytes = AuditIndexCache.DefaultBytes)
{
    public const long DefaultBytes = 256L * 1024 * 1024;

    private readonly ConcurrentDictionary<(Guid Organization, long Segment), Held> _segments = new();
    private readonly ConcurrentDictionary<Guid, (long Revision, IReadOnlyList<AuditSegmentRow> Rows)> _lists = new();
    private readonly Lock _evicting = new();
    private long _bytes;
    private long _clock;

    public long Bytes => Volatile.Read(ref _bytes);

    public AuditSegment Segment(AuditSegmentRow row)
    {
        var held = _segments.GetOrAdd((row.OrganizationId, row.Number), static (_, r) => new Held(new AuditSegment(r.Number, r.FromIndex, r.Count, r.Blocks, r.MinMicros, r.MaxMicros)), row);
        held.Used = Interlocked.Increment(ref _clock);
        return held.Segment;
    }

    public IReadOnlyList<AuditSegmentRow>? List(Guid organizationId, long revision) =>
        _lists.TryGetValue(organizationId, out var list) && list.Revision == revision ? list.Rows : null;

    public void PutList(Guid organizationId, long revision, IReadOnlyList<AuditSegmentRow> rows)
    {
        // A reader with an older snapshot must not put the list back.
        _lists.AddOrUpdate(organizationId, (revision, rows), (_, old) => old.Revision > revision ? old : (revision, rows));
        if (!_lists.TryGetValue(organizationId, out var current) || current.Revision != revision) return;
        var alive = rows.Select(r => r.Number).ToHashSet();
        foreach (var key in _segments.Keys)
        {
            if (key.Organization == organizationId && !alive.Contains(key.Segment)) Drop(key);
        }
    }

    /// <summary>Parts came in; over the limit, the segments that were not used for longest go.</summary>
    public void Grew(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= maxBytes) return;
        lock (_evicting)
        {
            foreach (var (key, _) in _segments.OrderBy(s => s.Value.Used).ToList())
            {
                if (Bytes <= maxBytes * 3 / 4) break;
                Drop(key);
            }
        }
    }

    private void Drop((Guid, long) key)
    {
        if (_segments.TryRemove(key, out var held)) Interlocked.Add(ref _bytes, -held.Segment.Bytes);
    }

    private sealed class Held(AuditSegment segment)
    {
        public AuditSegment Segment => segment;

        public long Used { get; set; }
    }
}
