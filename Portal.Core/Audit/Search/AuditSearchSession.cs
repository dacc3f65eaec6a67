using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Search;

/// <summary>One search: the actor's part of the log, and what of it answers the query. Lives inside the query's one snapshot.</summary>
internal sealed class AuditSearchSession
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);
    private static readonly Dictionary<AuditValue, IReadOnlyList<Guid>> NoSlugs = [];

    private readonly ReadScope _scope;
    private readonly IReadOnlySet<Guid>? _workspaces;
    private readonly AuditIndexSnapshot _snapshot;

    private AuditSearchSession(ReadScope scope, IReadOnlySet<Guid>? workspaces, AuditIndexSnapshot snapshot)
    {
        (_scope, _workspaces, _snapshot) = (scope, workspaces, snapshot);
        Loader = new AuditPartLoader(scope.Db, scope.OrganizationId, scope.Service<AuditIndexCache>());
    }

    public IAuditPartLoader Loader { get; }

    public IReadOnlyList<AuditSegment> Segments => _snapshot.Segments;

    /// <summary>Runs a search within its limits of time and width; beyond them the answer is to narrow it.</summary>
    public static async Task<Result<T>> RunAsync<T>(ReadScope scope, Func<AuditSearchSession, CancellationToken, Task<Result<T>>> search, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeLimit);
        try
        {
            var workspaces = await AuditReach.WorkspacesAsync(scope, limit.Token);
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    var snapshot = await AuditIndexSnapshot.OpenAsync(scope.Db, scope.OrganizationId, scope.Service<AuditIndexCache>(), scope.Service<AuditLogReader>(), limit.Token);
                    return await search(new AuditSearchSession(scope, workspaces, snapshot), limit.Token);
                }
                catch (AuditIndexChangedException) when (attempt < 5)
                {
                    // The next look sees the list as it is now.
                }
            }
        }
        catch (AuditTooWideException)
        {
            return TooWide;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return TooWide;
        }
    }

    public static Problem TooWide => Problem.Refused("audit.search.narrow",
        "This search covers too much to be answered in time. Narrow it: a shorter period (after:, before:), more letters before a *, or a further qualifier.");

    /// <summary>The plan of a search over what the actor may see. Where nothing can make it too wide any more, the gateway is told that there will be an answer.</summary>
    public async Task<Result<AuditPlan>> PlanAsync(string? query, DateTime? after, DateTime? before, CancellationToken cancellationToken)
    {
        if (!AuditQueryParser.Parse(query).TryGet(out var terms, out var problem)) return problem;
        var built = AuditPlan.Build(terms, Utc(after), Utc(before), await SlugsAsync(terms, cancellationToken));
        if (!built.TryGet(out var plan, out problem)) return problem;
        // Only what wildcards and phrases stand for may turn out to be too much.
        if (plan.Clauses.All(c => c.IsExact && c.Phrase is null)) _scope.AnswerIsCertain();
        return Reached(plan);
    }

    /// <summary>All entries that the actor may see and that hold the free-text terms.</summary>
    public AuditPlan Holding(string text)
    {
        var built = AuditPlan.Build([new AuditTerm(null, [new AuditValue(text, false)], false, 1)], null, null, NoSlugs);
        return Reached(built.TryGet(out var plan, out _) ? plan : new AuditPlan([new AuditClause([], false)], 0, long.MaxValue));
    }

    /// <summary>The segments with those of their entries that the actor may see; null = all of them.</summary>
    public async Task<IReadOnlyList<(AuditSegment Segment, AuditDocs? Docs)>> ReachedAsync(IReadOnlyList<AuditSegment> segments, CancellationToken cancellationToken)
    {
        if (_workspaces is null) return [.. segments.Select(s => (s, (AuditDocs?)null))];
        var evaluator = new AuditEvaluator(Reached(new AuditPlan([], 0, long.MaxValue)), Loader);
        return [.. (await evaluator.RunAsync(segments, cancellationToken)).Select(h => (h.Segment, (AuditDocs?)h.Docs))];
    }

    public bool MaySee(AuditEntryRow row) => _workspaces is null || (row.Workspace is { } workspace && _workspaces.Contains(workspace));

    /// <summary>The entries that were found, in their order; those that expired meanwhile are left out.</summary>
    public async Task<List<(AuditFind Find, AuditEntryRow Row)>> RowsAsync(IReadOnlyList<AuditFind> finds, CancellationToken cancellationToken)
    {
        var stored = finds.Where(f => f.Segment.Rows is null).Select(f => f.Place.Index).ToList();
        var rows = (await _scope.Service<AuditLogReader>().GetAsync(_scope.Db, _scope.OrganizationId, stored, cancellationToken)).ToDictionary(r => r.Index ?? -1);
        var found = new List<(AuditFind, AuditEntryRow)>(finds.Count);
        foreach (var find in finds)
        {
            var row = find.Segment.Rows is { } held ? held[find.Doc] : rows.GetValueOrDefault(find.Place.Index);
            if (row is not null) found.Add((find, row));
        }

        return found;
    }

    public static DateTime? Utc(DateTime? time) => time switch
    {
        null => null,
        { Kind: DateTimeKind.Local } local => local.ToUniversalTime(),
        { } other => DateTime.SpecifyKind(other, DateTimeKind.Utc),
    };

    private AuditPlan Reached(AuditPlan plan) => _workspaces is null ? plan : plan with { Clauses = [AuditPlan.AnyWorkspace(_workspaces), .. plan.Clauses] };

    private async Task<IReadOnlyDictionary<AuditValue, IReadOnlyList<Guid>>> SlugsAsync(IReadOnlyList<AuditTerm> terms, CancellationToken cancellationToken)
    {
        var named = terms.Where(t => t.Qualifier == "workspace").SelectMany(t => t.Values).Where(v => v.Text.Length > 0 && !Guid.TryParseExact(v.Text, "D", out _)).Distinct().ToList();
        var slugs = new Dictionary<AuditValue, IReadOnlyList<Guid>>();
        foreach (var value in named)
        {
            var text = value.Text;
            var workspaces = _scope.Db.Set<Workspace>().Where(w => w.OrganizationId == _scope.OrganizationId);
            workspaces = value.IsPrefix ? workspaces.Where(w => w.Slug.StartsWith(text)) : workspaces.Where(w => w.Slug == text);
            slugs[value] = await workspaces.OrderBy(w => w.Slug).Select(w => w.Id).Take(1000).ToListAsync(cancellationToken);
        }

        return slugs;
    }
}
