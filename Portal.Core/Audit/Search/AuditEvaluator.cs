namespace Hexabase.Portal.Audit.Search;

/// <summary>The search asks for more than a page may cost: a wildcard over too many terms, a phrase in too many entries.</summary>
internal sealed class AuditTooWideException : Exception;

/// <summary>What of a segment a search found.</summary>
/// <param name="Unsure">Those that still have to be read, since words of a phrase may stand apart; null = none.</param>
internal sealed record AuditHits(AuditSegment Segment, AuditDocs Docs, AuditDocs? Unsure);

/// <summary>Loads parts of segments that are not in memory yet.</summary>
internal interface IAuditPartLoader
{
    /// <summary>Statements so far; parts in memory need none.</summary>
    int Statements { get; }

    Task LoadAsync(IReadOnlyCollection<(AuditSegment Segment, int Part)> parts, CancellationToken cancellationToken);
}

/// <summary>Applies a plan to segments, several at a time so that what is missing is read in few statements; exact terms first, since what they leave empty needs no further reading.</summary>
internal sealed class AuditEvaluator(AuditPlan plan, IAuditPartLoader loader)
{
    /// <summary>Terms that wildcards and networks may stand for, over all segments of one search.</summary>
    public const int MaxExpandedTerms = 200_000;
    private const int MaxRangeBlocks = 4000;

    private readonly AuditClause[] _exact = [.. plan.Clauses.Where(c => c.IsExact)];
    private readonly AuditClause[] _ranges = [.. plan.Clauses.Where(c => !c.IsExact)];
    private int _filters = 8;
    private int _expanded;
    private int _rangeBlocks;

    /// <summary>True where entries may have to be read before it is certain that they match.</summary>
    public bool HasPhrases { get; } = plan.Clauses.Any(c => c.Phrase is not null);

    /// <summary>The segments in which anything may match.</summary>
    public IEnumerable<AuditSegment> Possible(IEnumerable<AuditSegment> segments) =>
        segments.Where(s => s.Count > 0 && s.MaxMicros >= plan.FromMicros && s.MinMicros < plan.ToMicros);

    public async Task<List<AuditHits>> RunAsync(IEnumerable<AuditSegment> segments, CancellationToken cancellationToken)
    {
        var asked = segments.ToList();
        await LoadFiltersAsync(asked, cancellationToken);
        var left = asked.Where(s => plan.Clauses.All(c => c.Needed is not { } needed || s.MayHold(needed.Hash))).Select(s => new AuditHits(s, new AuditDocs(s.Count), null)).ToList();
        await loader.LoadAsync([.. left.Select(h => (h.Segment, AuditIndexPart.Directory))], cancellationToken);
        left = await ApplyAsync(left, _exact, first: true, cancellationToken);
        if (_ranges.Length > 0) left = await ApplyAsync(left, _ranges, first: false, cancellationToken);
        var cut = left.Where(h => h.Segment.MinMicros < plan.FromMicros || h.Segment.MaxMicros >= plan.ToMicros).ToList();
        if (cut.Count == 0) return left;
        await loader.LoadAsync([.. cut.Select(h => (h.Segment, AuditIndexPart.Time))], cancellationToken);
        foreach (var hits in cut) CutTimes(hits);
        return left.FindAll(h => !h.Docs.IsEmpty);
    }

    /// <summary>A few filters come into memory with each search, so that no search pays for all of them.</summary>
    private async Task LoadFiltersAsync(IReadOnlyList<AuditSegment> segments, CancellationToken cancellationToken)
    {
        if (_filters == 0 || !plan.Clauses.Any(c => c.Needed is not null)) return;
        var some = segments.Where(s => !s.Has(AuditIndexPart.Filter)).Take(_filters).Select(s => (s, AuditIndexPart.Filter)).ToList();
        _filters -= some.Count;
        await loader.LoadAsync(some, cancellationToken);
    }

    /// <summary>True where the entry holds all that the index could not tell.</summary>
    public bool Holds(AuditEntryRow entry) => Array.TrueForAll(_phrases, p => p.Phrase.IsIn(entry) != p.IsNegated);

    private readonly (AuditPhrase Phrase, bool IsNegated)[] _phrases = [.. plan.Clauses.Where(c => c.Phrase is not null).Select(c => (c.Phrase ?? throw new InvalidOperationException(), c.IsNegated))];

    private async Task<List<AuditHits>> ApplyAsync(List<AuditHits> hits, AuditClause[] clauses, bool first, CancellationToken cancellationToken)
    {
        var parts = new HashSet<(AuditSegment, int)>();
        foreach (var hit in hits)
        {
            if (first) AddBlocks(parts, hit.Segment, Every);
            foreach (var clause in clauses)
            {
                foreach (var match in clause.Any)
                {
                    foreach (var set in match.All)
                    {
                        foreach (var range in set) AddBlocks(parts, hit.Segment, range);
                    }
                }
            }
        }

        await loader.LoadAsync(parts, cancellationToken);
        var left = new List<AuditHits>(hits.Count);
        foreach (var hit in hits)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (first) hit.Segment.OrInto(Every.Low, Every.High, hit.Docs, int.MaxValue);
            var unsure = hit.Unsure;
            foreach (var clause in clauses)
            {
                if (hit.Docs.IsEmpty) break;
                var found = Find(hit.Segment, clause);
                if (!clause.IsNegated) hit.Docs.And(found);
                else if (clause.Phrase is null) hit.Docs.AndNot(found);
                if (clause.Phrase is not null) (unsure ??= new AuditDocs(hit.Segment.Count)).Or(found);
            }

            unsure?.And(hit.Docs);
            if (!hit.Docs.IsEmpty) left.Add(hit with { Unsure = unsure });
        }

        return left;
    }

    private static readonly AuditTermRange Every = new([AuditTerms.Every]);

    private void AddBlocks(HashSet<(AuditSegment, int)> parts, AuditSegment segment, AuditTermRange range)
    {
        if (range.IsExact && !segment.MayHold(range.Hash)) return;
        var (first, last) = segment.BlocksOf(range.Low, range.High);
        if (!range.IsExact && (_rangeBlocks += last - first + 1) > MaxRangeBlocks) throw new AuditTooWideException();
        for (var block = first; block <= last; block++) parts.Add((segment, block));
    }

    private AuditDocs Find(AuditSegment segment, AuditClause clause)
    {
        var any = new AuditDocs(segment.Count);
        foreach (var match in clause.Any)
        {
            // The first set of the first match needs no set of its own.
            if (match.All is [var only])
            {
                Collect(segment, only, any);
                continue;
            }

            AuditDocs? all = null;
            foreach (var set in match.All)
            {
                var one = new AuditDocs(segment.Count);
                Collect(segment, set, one);
                if (all is null) all = one;
                else all.And(one);
                if (all.IsEmpty) break;
            }

            if (all is not null) any.Or(all);
        }

        return any;
    }

    private void Collect(AuditSegment segment, IReadOnlyList<AuditTermRange> set, AuditDocs into)
    {
        foreach (var range in set)
        {
            if (range.IsExact)
            {
                if (segment.MayHold(range.Hash)) segment.OrInto(range.Low, range.High, into, int.MaxValue);
                continue;
            }

            var terms = segment.OrInto(range.Low, range.High, into, MaxExpandedTerms - _expanded);
            if (terms < 0) throw new AuditTooWideException();
            _expanded += terms;
        }
    }

    private void CutTimes(AuditHits hits)
    {
        var times = hits.Segment.Times;
        for (var doc = hits.Docs.Next(0); doc >= 0; doc = hits.Docs.Next(doc + 1))
        {
            var micros = AuditPacked.Read(times, doc);
            if (micros >= plan.FromMicros && micros < plan.ToMicros) continue;
            hits.Docs.Remove(doc);
            hits.Unsure?.Remove(doc);
        }
    }
}
