using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>Sends a range of numbers of the live stream again: same numbers, same ids, marked as a replay.</summary>
/// <param name="FirstSequence">From 1.</param>
/// <param name="LastSequence">Inclusive.</param>
public sealed record ReplaySink(string Org, string Sink, long FirstSequence, long LastSequence) : Command<SinkRunRow>
{
    public override string Action => "auditSink.replay";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Write;

    public override async Task<Result<SinkRunRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SinkChange.FindAsync(scope, Sink, null, cancellationToken)).TryGet(out var sink, out var problem)) return problem;
        var next = await scope.Db.Set<AuditSinkProgress>().Where(p => p.SinkId == sink.Id).Select(p => p.NextSequence).SingleAsync(cancellationToken);
        if (FirstSequence < 1 || LastSequence < FirstSequence || LastSequence >= next)
            return Problem.Invalid("lastSequence", "sink.replay.range", $"A replay is of numbers from 1 to {next - 1}, which have been delivered.", next - 1);
        return await SinkRuns.ReplayAsync(scope, sink, SinkLane.Live, null, FirstSequence, LastSequence, cancellationToken);
    }
}

/// <summary>Sends entries from a moment on in a stream of its own, numbered from 1; receivers know repeated ones by their id.</summary>
/// <param name="Until">Exclusive; null = up to what the live stream sends anyway.</param>
public sealed record BackfillSink(string Org, string Sink, DateTime From, DateTime? Until = null) : Command<SinkRunRow>
{
    public override string Action => "auditSink.backfill";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Write;

    public override async Task<Result<SinkRunRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SinkChange.FindAsync(scope, Sink, null, cancellationToken)).TryGet(out var sink, out var problem)) return problem;
        var from = await AuditLogFeed.IndexAtAsync(scope.Db, scope.OrganizationId, From.ToUniversalTime(), cancellationToken);
        var next = await scope.Db.Set<AuditSinkProgress>().Where(p => p.SinkId == sink.Id).Select(p => p.NextIndex).SingleAsync(cancellationToken);
        // Without an end: what came before the sink began, or, from a later moment on, everything up to where it stands.
        var to = Until is { } until ? await AuditLogFeed.IndexAtAsync(scope.Db, scope.OrganizationId, until.ToUniversalTime(), cancellationToken) : from < sink.StartIndex ? sink.StartIndex : next;
        if (to <= from) return Problem.Invalid("from", "sink.backfill.empty", "There is no entry in that time.");
        var count = await scope.Db.Set<AuditSinkRun>().CountAsync(r => r.SinkId == sink.Id && r.Kind == SinkRunKind.Backfill, cancellationToken);
        var run = new AuditSinkRun
        {
            Id = Ids.New(), OrganizationId = scope.OrganizationId, SinkId = sink.Id, Kind = SinkRunKind.Backfill, Stream = FormattableString.Invariant($"backfill-{count + 1}"), FromIndex = from, ToIndex = to,
            StartSequence = 1, FirstSequence = 1, NextIndex = from, NextSequence = 1, CreatedAtUtc = scope.NowUtc,
        };
        return SinkRuns.Add(scope, sink, run, new { run.Kind, run.Stream, run.FromIndex, run.ToIndex, From, Until });
    }
}

/// <summary>Ends a replay or back-fill; what went out stays out.</summary>
public sealed record CancelSinkRun(string Org, string Sink, Guid Run) : Command<SinkRunRow>
{
    public override string Action => "auditSink.cancelRun";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Write;

    public override async Task<Result<SinkRunRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SinkChange.FindAsync(scope, Sink, null, cancellationToken)).TryGet(out var sink, out var problem)) return problem;
        var run = await scope.Db.Set<AuditSinkRun>().SingleOrDefaultAsync(r => r.Id == Run && r.SinkId == sink.Id, cancellationToken);
        if (run is null) return Problem.NotFound("sinkRun");
        if (run.State is SinkRunState.Done or SinkRunState.Cancelled) return Problem.Conflict("sink.run.ended", "It has ended already.");
        (run.State, run.EndedAtUtc) = (SinkRunState.Cancelled, scope.NowUtc);
        scope.Audit("auditSink", sink.Id, sink.Name, newValue: new { run.Kind, run.Stream, run.State, run.Delivered });
        scope.Touch(LiveTopic.AuditSinks, sink.Id);
        return SinkRunRow.Of(run) with { Version = run.Version + 1 };
    }
}

internal static class SinkRuns
{
    private const int MaxOpen = 10;

    /// <summary>The receipt that holds the first number says where in the log to begin counting.</summary>
    public static async Task<Result<SinkRunRow>> ReplayAsync(WriteScope scope, AuditSink sink, string stream, Guid? streamRun, long first, long last, CancellationToken cancellationToken)
    {
        if (await scope.Db.Set<AuditSinkRun>().CountAsync(r => r.SinkId == sink.Id && (r.State == SinkRunState.Waiting || r.State == SinkRunState.Running), cancellationToken) >= MaxOpen)
            return Problem.Refused("sink.run.tooMany", $"At most {MaxOpen} replays and back-fills wait at a time.", MaxOpen);
        var receipts = scope.Db.Set<AuditSinkReceipt>().Where(r => r.SinkId == sink.Id && r.RunId == streamRun);
        var begin = await receipts.Where(r => r.FirstSequence <= first && r.NextSequence > first).OrderBy(r => r.FirstSequence).Select(r => new { r.FromIndex, r.FirstSequence }).FirstOrDefaultAsync(cancellationToken);
        var end = await receipts.Where(r => r.FirstSequence <= last && r.NextSequence > last).OrderBy(r => r.FirstSequence).Select(r => (long?)r.ToIndex).FirstOrDefaultAsync(cancellationToken);
        if (begin is null || end is not { } to) return Problem.Invalid("firstSequence", "sink.replay.unknown", "These numbers have not been delivered.");
        var run = new AuditSinkRun
        {
            Id = Ids.New(), OrganizationId = scope.OrganizationId, SinkId = sink.Id, Kind = SinkRunKind.Replay, Stream = stream, FromIndex = begin.FromIndex, ToIndex = to, StartSequence = begin.FirstSequence,
            FirstSequence = first, LastSequence = last, NextIndex = begin.FromIndex, NextSequence = begin.FirstSequence, CreatedAtUtc = scope.NowUtc,
        };
        return Add(scope, sink, run, new { run.Kind, run.Stream, run.FirstSequence, run.LastSequence });
    }

    public static SinkRunRow Add(WriteScope scope, AuditSink sink, AuditSinkRun run, object view)
    {
        scope.Db.Add(run);
        scope.Audit("auditSink", sink.Id, sink.Name, newValue: view);
        scope.Touch(LiveTopic.AuditSinks, sink.Id);
        return SinkRunRow.Of(run);
    }
}
