using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Audit.Search;

/// <summary>One entry, the others that the same action caused, and those that stand around it in the log.</summary>
/// <param name="Related">Same operation, else same request, oldest first; at most 100, the entry itself left out.</param>
/// <param name="Neighbours">Up to three before and three after it by index, in that order, without the entry itself.</param>
/// <param name="HasOriginal">It came from outside, and the event can be read as it came.</param>
public sealed record AuditEntryDetails(AuditEntryRow Entry, IReadOnlyList<AuditEntryRow> Related, IReadOnlyList<AuditEntryRow> Neighbours, bool HasOriginal);

/// <summary>One audit entry with its surroundings, as far as the actor may see them.</summary>
/// <param name="Org">Null = the platform's own log.</param>
public sealed record GetAuditEntry(string? Org, Guid Id) : Query<AuditEntryDetails>
{
    private const int MaxRelated = 100;
    private const int NeighboursASide = 3;

    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override bool IsProtected => true;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => Task.FromResult<Result<AccessTarget>>(AuditReach.TargetOf(scope));

    public override Task<Result<AuditEntryDetails>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        AuditSearchSession.RunAsync(scope, (session, limited) => FindAsync(scope, session, limited), cancellationToken);

    private async Task<Result<AuditEntryDetails>> FindAsync(ReadScope scope, AuditSearchSession session, CancellationToken cancellationToken)
    {
        var reader = scope.Service<AuditLogReader>();
        var entry = await reader.FindAsync(scope.Db, scope.OrganizationId, Id, cancellationToken);
        if (entry is null || !session.MaySee(entry)) return Problem.NotFound("auditEntry");
        var original = entry.Source != "portal" && await reader.OriginalAsync(scope.Db, scope.OrganizationId, Id, cancellationToken) is not null;
        return new AuditEntryDetails(entry, await RelatedAsync(session, entry, cancellationToken), await NeighboursAsync(scope, session, entry, cancellationToken), original);
    }

    private async Task<IReadOnlyList<AuditEntryRow>> RelatedAsync(AuditSearchSession session, AuditEntryRow entry, CancellationToken cancellationToken)
    {
        if ((entry.Operation?.ToString() ?? entry.RequestId) is not { Length: > 0 } group) return [];
        var evaluator = new AuditEvaluator(session.Holding(group), session.Loader);
        var finds = await new AuditFinder(session.Segments, evaluator, session.Loader).NextAsync(AuditPlace.Newest, MaxRelated * 2, cancellationToken);
        var rows = await session.RowsAsync(finds, cancellationToken);
        return [.. rows.Select(r => r.Row).Where(r => r.Id != Id && (entry.Operation is { } operation ? r.Operation == operation : r.RequestId == group)).Take(MaxRelated).Reverse()];
    }

    private static async Task<IReadOnlyList<AuditEntryRow>> NeighboursAsync(ReadScope scope, AuditSearchSession session, AuditEntryRow entry, CancellationToken cancellationToken)
    {
        if (entry.Index is not { } index) return [];
        var around = Enumerable.Range(-NeighboursASide, (2 * NeighboursASide) + 1).Where(i => i != 0 && index + i >= 0).Select(i => index + i).ToList();
        return [.. (await scope.Service<AuditLogReader>().GetAsync(scope.Db, scope.OrganizationId, around, cancellationToken)).Where(session.MaySee)];
    }
}

/// <summary>An outside event as it came, byte for byte.</summary>
/// <param name="Org">Null = the platform's own log.</param>
public sealed record GetAuditOriginal(string? Org, Guid Id) : Query<byte[]>
{
    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override bool IsProtected => true;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => Task.FromResult<Result<AccessTarget>>(AuditReach.TargetOf(scope));

    public override async Task<Result<byte[]>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var reader = scope.Service<AuditLogReader>();
        var entry = await reader.FindAsync(scope.Db, scope.OrganizationId, Id, cancellationToken);
        var reach = await AuditReach.WorkspacesAsync(scope, cancellationToken);
        if (entry is null || (reach is not null && !(entry.Workspace is { } workspace && reach.Contains(workspace)))) return Problem.NotFound("auditEntry");
        return await reader.OriginalAsync(scope.Db, scope.OrganizationId, Id, cancellationToken) is { } original ? original : Problem.NotFound("auditOriginal");
    }
}
