using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>One outside log as the page of sources shows it; zeros and nulls where nothing came yet.</summary>
/// <param name="LastEventAtUtc">The latest time of an event.</param>
/// <param name="LastErrors">The first errors of the last request that had any.</param>
public sealed record EventSourceRow(string Source, long Accepted, long Duplicates, long Rejected, DateTime? LastRequestAtUtc, DateTime? LastEventAtUtc, DateTime? LastErrorAtUtc, IReadOnlyList<EventError> LastErrors);

/// <summary>All outside logs that the portal can read, with what came from each.</summary>
public sealed record ListEventSources(string Org) : Query<IReadOnlyList<EventSourceRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override async Task<Result<IReadOnlyList<EventSourceRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var states = await scope.Db.Set<AuditSourceState>().Where(s => s.OrganizationId == scope.OrganizationId).OrderBy(s => s.Source).ToListAsync(cancellationToken);
        return EventSources.Names.Select(name => states.Find(s => s.Source == name) is { } s
            ? new EventSourceRow(name, s.Accepted, s.Duplicates, s.Rejected, s.LastRequestAtUtc, s.LastEventAtUtc, s.LastErrorAtUtc, EventErrors.Read(s.LastErrors))
            : new EventSourceRow(name, 0, 0, 0, null, null, null, [])).ToList();
    }
}
