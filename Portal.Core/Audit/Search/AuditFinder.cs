namespace Hexabase.Portal.Audit.Search;

/// <summary>The place of an entry in the list, newest first: by event time, then by index; entries that have no index yet come before those of their time.</summary>
internal readonly record struct AuditPlace(long Micros, long Index) : IComparable<AuditPlace>
{
    public static AuditPlace Newest { get; } = new(long.MaxValue, long.MaxValue);

    public int CompareTo(AuditPlace other) => Micros != other.Micros ? Micros.CompareTo(other.Micros) : Index.CompareTo(other.Index);
}

internal readonly record struct AuditFind(AuditPlace Place, AuditSegment Segment, int Doc, bool IsUnsure);

/// <summary>Finds the newest entries below a place: segments by their newest event time, until none that is left can hold a newer one than those found.</summary>
internal sealed class AuditFinder(IReadOnlyList<AuditSegment> segments, AuditEvaluator evaluator, IAuditPartLoader loader)
{
    private const int MostSegmentsAtOnce = 64;

    private readonly List<AuditSegment> _segments = [.. evaluator.Possible(segments).OrderByDescending(s => s.MaxMicros)];
    private readonly Dictionary<AuditSegment, AuditHits> _found = [];
    private int _evaluated;

    /// <summary>At most the wanted number of finds, newest first.</summary>
    public async Task<List<AuditFind>> NextAsync(AuditPlace below, int wanted, CancellationToken cancellationToken)
    {
        var best = new PriorityQueue<AuditFind, AuditPlace>(wanted + 1);
        foreach (var hits in _found.Values) Collect(hits, below, wanted, best);
        for (var batch = 2; _evaluated < _segments.Count;)
        {
            var statements = loader.Statements;
            var next = _segments.Skip(_evaluated).Take(batch).Where(s => best.Count < wanted || CanHold(s, best)).ToList();
            if (next.Count == 0) break;
            var hits = await evaluator.RunAsync(next, cancellationToken);
            await loader.LoadAsync([.. hits.Select(h => (h.Segment, AuditIndexPart.Time))], cancellationToken);
            foreach (var hit in hits)
            {
                _found[hit.Segment] = hit;
                Collect(hit, below, wanted, best);
            }

            // Ordered by newest time: what was left out stands behind everything taken.
            _evaluated += next.Count;
            // Many at a time where they have to be read; from memory no more than are needed.
            if (loader.Statements > statements) batch = Math.Min(batch * 4, MostSegmentsAtOnce);
        }

        var finds = new List<AuditFind>(best.Count);
        while (best.TryDequeue(out var find, out _)) finds.Add(find);
        finds.Reverse();
        return finds;
    }

    private static bool CanHold(AuditSegment segment, PriorityQueue<AuditFind, AuditPlace> best) =>
        best.TryPeek(out _, out var worst) && segment.MaxMicros >= worst.Micros;

    private static void Collect(AuditHits hits, AuditPlace below, int wanted, PriorityQueue<AuditFind, AuditPlace> best)
    {
        var segment = hits.Segment;
        var times = segment.Times;
        // From the highest index on, since that is mostly the newest too.
        for (var doc = hits.Docs.Previous(segment.Count); doc >= 0; doc = hits.Docs.Previous(doc))
        {
            var micros = AuditPacked.Read(times, doc);
            if (best.Count == wanted && best.TryPeek(out _, out var worst) && micros < worst.Micros) continue;
            var place = new AuditPlace(micros, segment.Rows is { } rows ? rows[doc].Index ?? long.MaxValue - rows.Count + doc : segment.From + doc);
            if (place.CompareTo(below) >= 0) continue;
            var find = new AuditFind(place, segment, doc, hits.Unsure?[doc] == true);
            if (best.Count < wanted) best.Enqueue(find, place);
            else best.EnqueueDequeue(find, place);
        }
    }
}
