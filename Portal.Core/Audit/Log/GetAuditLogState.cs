using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Log;

/// <summary>How the log's newest published checkpoint, outside the database, stands to the database.</summary>
public enum OutsideState
{
    /// <summary>No place outside the database is set.</summary>
    None,

    /// <summary>Nothing was published yet, or the place cannot be read.</summary>
    Unknown,

    /// <summary>The database's tree begins with the published one.</summary>
    Agrees,

    /// <summary>The database has less than what was published: entries are gone, or an older backup was restored.</summary>
    Shorter,

    /// <summary>The database's tree is another one: entries were changed.</summary>
    Differs,
}

/// <summary>The state of a log's evidence.</summary>
/// <param name="TreeSize">Entries with a place.</param>
/// <param name="Waiting">Committed entries without one.</param>
/// <param name="CheckpointSize">Entries under the newest signed checkpoint; null before the first.</param>
/// <param name="PublishedTo">The directory outside the database; null where none is set.</param>
/// <param name="PublishProblem">Why the last checkpoint could not be written there.</param>
public sealed record AuditLogState(
    Guid? LogId, long TreeSize, long Waiting, long? CheckpointSize, DateTime? CheckpointAtUtc, string? KeyName, string? PublishedTo, string? PublishProblem, OutsideState Outside, long? OutsideSize);

/// <summary>Reads the state of a log, and compares it with what was published outside the database.</summary>
/// <param name="Org">Null = the platform's own log.</param>
public sealed record GetAuditLogState(string? Org) : Query<AuditLogState>
{
    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override async Task<Result<AuditLogState>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var db = scope.Db;
        var publisher = scope.Service<CheckpointPublisher>();
        var waiting = await db.Set<AuditPending>().LongCountAsync(p => p.OrganizationId == scope.OrganizationId, cancellationToken);
        var log = await db.Set<AuditLog>().SingleOrDefaultAsync(l => l.OrganizationId == scope.OrganizationId, cancellationToken);
        if (log is null) return new AuditLogState(null, 0, waiting, null, null, null, publisher.Directory, publisher.Problem, OutsideState.Unknown, null);
        var size = await AuditLogReader.SizeAsync(db, scope.OrganizationId, cancellationToken);
        var newest = await db.Set<AuditCheckpoint>().Where(c => c.OrganizationId == scope.OrganizationId).OrderByDescending(c => c.TreeSize).Select(c => new { c.TreeSize, c.CreatedAtUtc }).FirstOrDefaultAsync(cancellationToken);
        var (outside, outsideSize) = await CompareAsync(scope, publisher, log.LogId, size, cancellationToken);
        return new AuditLogState(log.LogId, size, waiting, newest?.TreeSize, newest?.CreatedAtUtc, Checkpoint.OriginOf(log.LogId), publisher.Directory, publisher.Problem, outside, outsideSize);
    }

    private static async Task<(OutsideState State, long? Size)> CompareAsync(ReadScope scope, CheckpointPublisher publisher, Guid logId, long size, CancellationToken cancellationToken)
    {
        if (publisher.Directory is null) return (OutsideState.None, null);
        Checkpoint published;
        try
        {
            if (publisher.Newest(logId) is not { } note) return (OutsideState.Unknown, null);
            published = Checkpoint.Parse(note);
            // Somebody who can write the directory cannot sign.
            if (note.SignedBy(scope.Service<AuditSigningKeys>().VerifiersOf(logId)).Count == 0) return (OutsideState.Differs, published.Size);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (OutsideState.Unknown, null);
        }
        catch (FormatException)
        {
            return (OutsideState.Differs, null);
        }

        if (published.Size > size) return (OutsideState.Shorter, published.Size);
        var root = await new TreeProofs(new AuditTreeStore(scope.Db, scope.OrganizationId), size).RootAsync(published.Size, cancellationToken);
        return (root.AsSpan().SequenceEqual(published.Root) ? OutsideState.Agrees : OutsideState.Differs, published.Size);
    }
}
