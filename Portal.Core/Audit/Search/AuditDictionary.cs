using System.Runtime.InteropServices;
using System.Text;

namespace Hexabase.Portal.Audit.Search;

/// <summary>
/// Looks a prefix up in the dictionaries of the segments. The work is bounded, whatever is typed: a few blocks of a segment, the newest segments first, so that in a log of any size a
/// short prefix offers what is frequent of late and a longer one whatever begins so.
/// </summary>
internal sealed class AuditDictionary(AuditSearchSession session)
{
    private const int SegmentsAtOnce = 16;
    private const int BlocksOfSegment = 4;
    private const int MaxBlocks = 400;
    private const int TermsOfSegment = 1000;

    private readonly Dictionary<string, (long Count, AuditSegment Segment, int Doc)> _found = new(StringComparer.Ordinal);
    private int _blocks;

    /// <summary>The most frequent values, as entries spell them.</summary>
    public async Task<List<string>> ValuesAsync(string field, string prefix, int limit, CancellationToken cancellationToken)
    {
        byte[] low = [AuditTerms.CodeOf(field), .. AuditTerms.Cut(AuditFold.Bytes(prefix))];
        // No byte of UTF-8 is 0xFF: every term that begins so is below.
        byte[] high = [.. low, 0xFF];
        foreach (var some in session.Segments.Where(s => s.Count > 0).OrderByDescending(s => s.MaxMicros).Chunk(SegmentsAtOnce))
        {
            await CollectAsync(some, low, high, cancellationToken);
            if (_blocks >= MaxBlocks) break;
        }

        var most = _found.OrderByDescending(f => f.Value.Count).ThenBy(f => f.Key, StringComparer.Ordinal).Take(limit).ToList();
        var rows = (await session.RowsAsync([.. most.Select(f => Find(f.Value.Segment, f.Value.Doc)).Distinct()], cancellationToken)).ToDictionary(r => (r.Find.Segment, r.Find.Doc), r => r.Row);
        return [.. most.Select(f => rows.TryGetValue((f.Value.Segment, f.Value.Doc), out var row) ? Spelled(field, f.Key, row) : f.Key).Distinct(StringComparer.Ordinal)];
    }

    private async Task CollectAsync(AuditSegment[] segments, byte[] low, byte[] high, CancellationToken cancellationToken)
    {
        await session.Loader.LoadAsync([.. segments.Select(s => (s, AuditIndexPart.Directory))], cancellationToken);
        var parts = new List<(AuditSegment, int)>();
        foreach (var segment in segments)
        {
            var (first, last) = segment.BlocksOf(low, high);
            for (var block = first; block <= Math.Min(last, first + BlocksOfSegment - 1); block++) parts.Add((segment, block));
        }

        _blocks += parts.Count;
        await session.Loader.LoadAsync(parts, cancellationToken);
        foreach (var (segment, reach) in await session.ReachedAsync(segments, cancellationToken))
        {
            var terms = 0;
            segment.ForEachTerm(low, high, BlocksOfSegment, (term, postings) =>
            {
                var docs = new AuditDocs(segment.Count);
                AuditPostings.OrInto(postings, docs);
                if (reach is not null) docs.And(reach);
                var doc = docs.Previous(segment.Count);
                if (doc >= 0) Add(Encoding.UTF8.GetString(term[1..]), docs.Count, segment, doc);
                return ++terms < TermsOfSegment;
            });
        }
    }

    private void Add(string value, int count, AuditSegment segment, int doc)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_found, value, out var exists);
        known = exists ? (known.Count + count, known.Segment, known.Doc) : (count, segment, doc);
    }

    private static AuditFind Find(AuditSegment segment, int doc) => new(new AuditPlace(0, segment.From + doc), segment, doc, false);

    /// <summary>Terms are folded; the entry that holds one has its own spelling.</summary>
    private static string Spelled(string field, string term, AuditEntryRow row)
    {
        string?[] spellings = field switch
        {
            "actor" => [row.ActorName],
            "action" => [row.Action],
            "resource" => [row.ResourceName, row.ResourceKind, row.ResourceId],
            "ip" => [row.IpAddress],
            "kind" => [row.ResourceKind, row.ActorKind],
            "source" => [row.Source],
            _ => [],
        };
        return spellings.FirstOrDefault(s => s is not null && AuditFold.Text(s) == term) ?? term;
    }
}
