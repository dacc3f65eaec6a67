using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Search;

/// <summary>The index finds what a plain reading of each entry finds: for segments of all sizes, merged or not, with gaps, and with entries that are in no segment yet.</summary>
public sealed class AuditIndexPropertyTest
{
    private static readonly Dictionary<AuditValue, IReadOnlyList<Guid>> NoSlugs = [];

    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 400)]
    [InlineData(3, 1200)]
    [InlineData(4, 800)]
    [InlineData(5, 1500)]
    public async Task Search_FindsWhatAPlainReadingFinds(int seed, int count)
    {
        var random = new RandomAudit(seed);
        var entries = Enumerable.Range(0, count).Select(i => random.Next(15) == 0 ? null : random.Entry(i)).ToList();
        var pending = Enumerable.Range(0, random.Next(4)).Select(_ => random.Entry(null)).ToList();
        var tail = entries.Skip(count - (count / 10)).OfType<AuditEntryRow>().Concat(pending).ToList();
        var segments = Segments(entries[..(count - (count / 10))], random);
        segments.Add(Segment(tail, count - (count / 10), tail));
        var all = entries.OfType<AuditEntryRow>().Concat(pending).ToList();

        var matched = 0;
        for (var q = 0; q < 200; q++)
        {
            var query = random.Query();
            var terms = AuditQueryParser.Parse(query).Value;
            var expected = all.Where(e => NaiveAudit.Matches(e, terms)).ToList();
            matched += expected.Count > 0 ? 1 : 0;
            var (found, summary) = await FindAsync(segments, all, terms, 1 + random.Next(50));
            found.Select(e => e.Id).ShouldBe(expected.Select(e => e.Id), ignoreOrder: true, $"{query} (seed {seed})");
            found.Select(e => e.Timestamp).ShouldBeInOrder(SortDirection.Descending);
            if (summary is null) continue;
            summary.Count.ShouldBe(expected.Count, query);
            (summary.Histogram?.Counts.Sum() ?? 0).ShouldBe(expected.Count, query);
            foreach (var value in summary.Facets[0].Values) value.Count.ShouldBe(expected.Count(e => e.ActorName == value.Value), query);
            summary.Facets[4].Values.Sum(v => v.Count).ShouldBe(expected.Count, query);
        }

        matched.ShouldBeGreaterThan(60);
    }

    /// <summary>Segments of random sizes, some of them merged, some merged twice.</summary>
    private static List<AuditSegment> Segments(List<AuditEntryRow?> entries, RandomAudit random)
    {
        var segments = new List<AuditSegment>();
        for (var from = 0; from < entries.Count;)
        {
            var count = Math.Min(entries.Count - from, 1 + random.Next(entries.Count));
            segments.Add(Segment(entries.GetRange(from, count), from));
            from += count;
            while (segments.Count > 1 && random.Next(3) > 0)
            {
                var builder = new AuditSegmentBuilder();
                builder.Append(segments[^2]);
                builder.Append(segments[^1]);
                var merged = AuditSegment.Of(builder.Build(), segments[^2].From);
                segments.RemoveRange(segments.Count - 2, 2);
                segments.Add(merged);
            }
        }

        return segments;
    }

    private static AuditSegment Segment(IEnumerable<AuditEntryRow?> entries, long from, IReadOnlyList<AuditEntryRow>? rows = null)
    {
        var builder = new AuditSegmentBuilder();
        foreach (var entry in entries)
        {
            if (entry is null) builder.AddGap();
            else builder.Add(AuditIndexed.Of(entry));
        }

        return AuditSegment.Of(builder.Build(), from, rows);
    }

    private static async Task<(List<AuditEntryRow> Found, AuditSummary? Summary)> FindAsync(List<AuditSegment> segments, List<AuditEntryRow> all, IReadOnlyList<AuditTerm> terms, int page)
    {
        var plan = AuditPlan.Build(terms, null, null, NoSlugs).Value;
        var evaluator = new AuditEvaluator(plan, new Loaded());
        var finder = new AuditFinder(segments, evaluator, new Loaded());
        var byIndex = all.Where(e => e.Index is not null).ToDictionary(e => e.Index!.Value);
        var found = new List<AuditEntryRow>();
        for (var below = AuditPlace.Newest; ;)
        {
            var finds = await finder.NextAsync(below, page, TestContext.Current.CancellationToken);
            found.AddRange(finds.Select(f => (Row: f.Segment.Rows is { } rows ? rows[f.Doc] : byIndex[f.Place.Index], f.IsUnsure)).Where(f => !f.IsUnsure || evaluator.Holds(f.Row)).Select(f => f.Row));
            if (finds.Count < page) break;
            below = finds[^1].Place;
        }

        if (evaluator.HasPhrases) return (found, null);
        var counter = new AuditCounter();
        foreach (var hits in await new AuditEvaluator(plan, new Loaded()).RunAsync(evaluator.Possible(segments), TestContext.Current.CancellationToken)) counter.Add(hits);
        return (found, counter.Summary(100));
    }

    private sealed class Loaded : IAuditPartLoader
    {
        public int Statements => 0;

        public Task LoadAsync(IReadOnlyCollection<(AuditSegment Segment, int Part)> parts, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
