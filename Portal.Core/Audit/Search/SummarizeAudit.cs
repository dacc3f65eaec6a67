using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Search;

/// <summary>How many entries a search finds, when, and their most frequent values; exact, and of what the actor may see. Asked for by itself it leaves an entry like a search.</summary>
/// <param name="Org">Null = the platform's own log.</param>
/// <param name="Values">How many values of each field, 1 to 100.</param>
public sealed record SummarizeAudit(string? Org, string? Q = null, DateTime? After = null, DateTime? Before = null, int Values = 8) : Query<AuditSummary>
{
    private const int SegmentsAtOnce = 32;
    private const int MaxReadForPhrases = 2000;

    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    /// <summary>Set by a page that shows it beside the list of the same search: that search leaves the entry, and one look is one entry.</summary>
    public bool IsBesideItsSearch { get; init; }

    public override bool IsProtected => !IsBesideItsSearch;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => Task.FromResult<Result<AccessTarget>>(AuditReach.TargetOf(scope));

    public override Task<Result<AuditSummary>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) => Values is < 1 or > 100
        ? Task.FromResult<Result<AuditSummary>>(Problem.Invalid("values", "values.range", "values is a number from 1 to 100."))
        : AuditSearchSession.RunAsync(scope, (session, limited) => CountAsync(scope, session, limited), cancellationToken);

    private async Task<Result<AuditSummary>> CountAsync(ReadScope scope, AuditSearchSession session, CancellationToken cancellationToken)
    {
        if (!(await session.PlanAsync(Q, After, Before, cancellationToken)).TryGet(out var plan, out var problem)) return problem;
        var evaluator = new AuditEvaluator(plan, session.Loader);
        var counter = new AuditCounter();
        var read = 0;
        foreach (var some in evaluator.Possible(session.Segments).Chunk(SegmentsAtOnce))
        {
            var hits = await evaluator.RunAsync(some, cancellationToken);
            foreach (var hit in hits)
            {
                if (hit.Unsure is { } unsure && (read += unsure.Count) > MaxReadForPhrases) return AuditSearchSession.TooWide;
                await ReadUnsureAsync(session, evaluator, hit, cancellationToken);
            }

            await session.Loader.LoadAsync([.. hits.SelectMany(h => Enum.GetValues<AuditFacetField>().Select(AuditIndexPart.Column).Append(AuditIndexPart.Time).Select(part => (h.Segment, part)))], cancellationToken);
            foreach (var hit in hits) counter.Add(hit);
        }

        return await NamedAsync(scope, counter.Summary(Values), cancellationToken);
    }

    private static async Task ReadUnsureAsync(AuditSearchSession session, AuditEvaluator evaluator, AuditHits hits, CancellationToken cancellationToken)
    {
        if (hits.Unsure is not { } unsure) return;
        var finds = new List<AuditFind>();
        for (var doc = unsure.Next(0); doc >= 0; doc = unsure.Next(doc + 1)) finds.Add(new AuditFind(new AuditPlace(0, hits.Segment.From + doc), hits.Segment, doc, true));
        var holding = (await session.RowsAsync(finds, cancellationToken)).Where(f => evaluator.Holds(f.Row)).Select(f => f.Find.Doc).ToHashSet();
        foreach (var find in finds.Where(f => !holding.Contains(f.Doc))) hits.Docs.Remove(find.Doc);
    }

    /// <summary>Workspaces by the slug that the qualifier takes, and their names.</summary>
    private static async Task<AuditSummary> NamedAsync(ReadScope scope, AuditSummary summary, CancellationToken cancellationToken)
    {
        var ids = summary.Facets.Single(f => f.Field == "workspace").Values.Select(v => Guid.TryParse(v.Value, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).ToList();
        if (ids.Count == 0) return summary;
        var names = await scope.Db.Set<Workspace>().Where(w => w.OrganizationId == scope.OrganizationId && ids.Contains(w.Id)).Select(w => new { w.Id, w.Slug, w.Name }).ToDictionaryAsync(w => w.Id.ToString(), cancellationToken);
        return summary with
        {
            Facets = [.. summary.Facets.Select(f => f.Field != "workspace" ? f : f with { Values = [.. f.Values.Select(v => names.TryGetValue(v.Value, out var w) ? v with { Value = w.Slug, Label = w.Name } : v)] })],
        };
    }
}
