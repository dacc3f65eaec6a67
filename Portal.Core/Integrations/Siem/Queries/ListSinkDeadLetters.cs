using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>An entry that a receiver refused for good.</summary>
public sealed record DeadLetterRow(Guid Id, string Stream, long Sequence, long Index, Guid EntryId, string Action, string Code, string Reason, DateTime AtUtc, DeadLetterState State, DateTime? ResolvedAtUtc, long Version)
{
    internal static DeadLetterRow Of(AuditSinkDeadLetter d) => new(d.Id, d.Stream, d.Sequence, d.Index, d.EntryId, d.Action, d.Code, d.Reason, d.AtUtc, d.State, d.ResolvedAtUtc, d.Version);
}

/// <summary>The dead letters of a sink, newest first.</summary>
public sealed record ListSinkDeadLetters(string Org, string Sink, PageRequest Page, bool OpenOnly = false) : Query<Paged<DeadLetterRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Read;

    public override async Task<Result<Paged<DeadLetterRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (await SinkLookup.Find(scope, Sink).Select(s => (Guid?)s.Id).SingleOrDefaultAsync(cancellationToken) is not { } sink) return Problem.NotFound("auditSink");
        var letters = scope.Db.Set<AuditSinkDeadLetter>().Where(d => d.SinkId == sink);
        if (OpenOnly) letters = letters.Where(d => d.State == DeadLetterState.Open);
        var page = Page with { Sort = string.IsNullOrEmpty(Page.Sort) ? "-at" : Page.Sort };
        var found = await KeyedList.PageAsync(letters, page, d => d.Id, [new SortBy<AuditSinkDeadLetter>("at", (AuditSinkDeadLetter d) => d.AtUtc)], cancellationToken);
        return found.Map(p => new Paged<DeadLetterRow>([.. p.Items.Select(DeadLetterRow.Of)], p.NextCursor));
    }
}

/// <summary>A replay or back-fill.</summary>
/// <param name="Progress">0 to 1.</param>
public sealed record SinkRunRow(
    Guid Id, SinkRunKind Kind, string Stream, long FromIndex, long ToIndex, long? FirstSequence, long? LastSequence, long Delivered, long FilteredOut, long DeadLettered, double Progress, SinkRunState State, DateTime CreatedAtUtc,
    DateTime? EndedAtUtc, long Version)
{
    internal static SinkRunRow Of(AuditSinkRun r) => new(
        r.Id, r.Kind, r.Stream, r.FromIndex, r.ToIndex, r.Kind == SinkRunKind.Replay ? r.FirstSequence : null, r.LastSequence, r.Delivered, r.FilteredOut, r.DeadLettered,
        r.State == SinkRunState.Done || r.ToIndex <= r.FromIndex ? 1 : Math.Clamp((double)(r.NextIndex - r.FromIndex) / (r.ToIndex - r.FromIndex), 0, 1), r.State, r.CreatedAtUtc, r.EndedAtUtc, Math.Max(1, r.Version));
}

/// <summary>The newest replays and back-fills of a sink.</summary>
public sealed record ListSinkRuns(string Org, string Sink) : Query<IReadOnlyList<SinkRunRow>>
{
    private const int Newest = 100;

    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Read;

    public override async Task<Result<IReadOnlyList<SinkRunRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (await SinkLookup.Find(scope, Sink).Select(s => (Guid?)s.Id).SingleOrDefaultAsync(cancellationToken) is not { } sink) return Problem.NotFound("auditSink");
        var runs = await scope.Db.Set<AuditSinkRun>().Where(r => r.SinkId == sink).OrderByDescending(r => r.CreatedAtUtc).ThenByDescending(r => r.Id).Take(Newest).ToListAsync(cancellationToken);
        return runs.ConvertAll(SinkRunRow.Of);
    }
}
