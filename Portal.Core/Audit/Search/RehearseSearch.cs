using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Audit.Retention;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Audit.Search;

/// <summary>
/// What a search does with the entries it finds, on one that is made up and held in memory: for <see cref="PortalGateway.RehearseAsync"/>, where a search itself finds none. Answers that entry.
/// </summary>
public sealed record RehearseSearch : Query<Paged<AuditEntryRow>>
{
    private const string Words = "action:audit.* status:success searchAudit";

    public override Permission? Permission => AuditPermissions.Read;

    public override async Task<Result<Paged<AuditEntryRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var reader = scope.Service<AuditLogReader>();
        var draft = AuditWriter.Entry(scope.Actor, scope.OrganizationId, "audit.searchAudit", AuditStatus.Success, "{}", null, scope.NowUtc);
        var rows = await reader.OpenAsync(scope.Db, [(draft.Entry, 0)], cancellationToken);
        await reader.GetAsync(scope.Db, scope.OrganizationId, [0L], cancellationToken);
        await reader.GetAsync(scope.Db, scope.OrganizationId, [(draft.Entry.Id, 0, RetentionClass.Longest)], cancellationToken);
        await scope.Service<AuditPersons>().OpenAsync(scope.Db, [draft.Entry.Id], cancellationToken);

        var loader = new AuditPartLoader(scope.Db, scope.OrganizationId, new AuditIndexCache());
        if (!AuditQueryParser.Parse(Words).TryGet(out var terms, out var problem) || !AuditPlan.Build(terms, null, null, new Dictionary<AuditValue, IReadOnlyList<Guid>>()).TryGet(out var plan, out problem)) return problem;
        var segment = AuditIndexSnapshot.SegmentOf(rows, 0);
        var evaluator = new AuditEvaluator(plan, loader);
        await new AuditFinder([segment], evaluator, loader).NextAsync(AuditPlace.Newest, 1, cancellationToken);
        var counter = new AuditCounter();
        foreach (var hits in await evaluator.RunAsync([segment], cancellationToken)) counter.Add(hits);
        counter.Summary(1);
        try
        {
            await loader.LoadAsync([(new AuditSegment(1, 0, 1, 1, 0, 0), AuditIndexPart.Directory)], cancellationToken);
        }
        catch (AuditIndexChangedException)
        {
            // There is no such segment; its statement is prepared now.
        }

        return new Paged<AuditEntryRow>(rows, null);
    }
}
