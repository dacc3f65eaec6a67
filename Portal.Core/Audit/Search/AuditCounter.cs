using System.Runtime.InteropServices;

namespace Hexabase.Portal.Audit.Search;

/// <summary>Counts what a search found: values of the facet fields and entries over time.</summary>
internal sealed class AuditCounter
{
    private const int MaxBars = 60;
    private static readonly long[] Steps = [1, 5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86_400, 7 * 86_400, 30 * 86_400, 90 * 86_400, 365 * 86_400];
    private static readonly string[] Names = ["actor", "action", "kind", "workspace", "status", "source"];

    private readonly Dictionary<string, long>[] _values = [.. Names.Select(_ => new Dictionary<string, long>(StringComparer.Ordinal))];
    private readonly List<AuditHits> _hits = [];
    private long _count;
    private long _first = long.MaxValue;
    private long _last;

    /// <summary>Takes the finds of a segment whose columns and times are loaded.</summary>
    public void Add(AuditHits hits)
    {
        var count = hits.Docs.Count;
        if (count == 0) return;
        _count += count;
        _hits.Add(hits);
        var segment = hits.Segment;
        var whole = count == segment.Column(AuditFacetField.Status).Counts.Sum();
        for (var f = 0; f < Names.Length; f++)
        {
            var column = segment.Column((AuditFacetField)f);
            var counts = whole ? column.Counts : new int[column.Values.Length];
            if (!whole) column.Count(hits.Docs, counts);
            for (var i = 0; i < counts.Length; i++)
            {
                if (counts[i] > 0) CollectionsMarshal.GetValueRefOrAddDefault(_values[f], column.Values[i], out _) += counts[i];
            }
        }

        if (whole)
        {
            (_first, _last) = (Math.Min(_first, segment.MinMicros), Math.Max(_last, segment.MaxMicros));
            return;
        }

        var times = segment.Times;
        for (var doc = hits.Docs.Next(0); doc >= 0; doc = hits.Docs.Next(doc + 1))
        {
            var micros = AuditPacked.Read(times, doc);
            (_first, _last) = (Math.Min(_first, micros), Math.Max(_last, micros));
        }
    }

    /// <param name="values">How many values of each field.</param>
    public AuditSummary Summary(int values) => new(_count, [.. _values.Select((v, f) => new AuditFacet(Names[f],
        [.. v.Select(p => new AuditFacetValue(p.Key, p.Value)).OrderByDescending(p => p.Count).ThenBy(p => p.Value, StringComparer.Ordinal).Take(values)], Math.Max(0, v.Count - values)))], _count == 0 ? null : Histogram());

    private AuditHistogram Histogram()
    {
        var span = ((_last - _first) / 1_000_000) + 1;
        var step = Steps.FirstOrDefault(s => span / s < MaxBars - 1, ((span / MaxBars / 86_400) + 1) * 86_400);
        var stepMicros = step * 1_000_000;
        var from = _first / stepMicros * stepMicros;
        var bars = new long[((_last - from) / stepMicros) + 1];
        foreach (var hits in _hits)
        {
            var segment = hits.Segment;
            var (first, last) = ((segment.MinMicros - from) / stepMicros, (segment.MaxMicros - from) / stepMicros);
            if (first == last && segment.MinMicros >= from)
            {
                bars[first] += hits.Docs.Count;
                continue;
            }

            var times = segment.Times;
            for (var doc = hits.Docs.Next(0); doc >= 0; doc = hits.Docs.Next(doc + 1)) bars[(AuditPacked.Read(times, doc) - from) / stepMicros]++;
        }

        return new AuditHistogram(AuditTime.Utc(from), step, bars);
    }
}
