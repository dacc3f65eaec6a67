using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>Sends a refused entry again under its number; when the receiver takes it, the letter is closed.</summary>
public sealed record ResendDeadLetter(string Org, string Sink, Guid Letter) : Command<SinkRunRow>
{
    public override string Action => "auditSink.resend";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Write;

    public override async Task<Result<SinkRunRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SinkChange.FindAsync(scope, Sink, null, cancellationToken)).TryGet(out var sink, out var problem)) return problem;
        var letter = await scope.Db.Set<AuditSinkDeadLetter>().SingleOrDefaultAsync(d => d.Id == Letter && d.SinkId == sink.Id, cancellationToken);
        if (letter is null) return Problem.NotFound("deadLetter");
        if (letter.State != DeadLetterState.Open) return Problem.Conflict("sink.letter.closed", "This dead letter is closed already.");
        Guid? streamRun = letter.Stream == SinkLane.Live
            ? null
            : await scope.Db.Set<AuditSinkRun>().Where(r => r.SinkId == sink.Id && r.Kind == SinkRunKind.Backfill && r.Stream == letter.Stream).Select(r => (Guid?)r.Id).SingleAsync(cancellationToken);
        return await SinkRuns.ReplayAsync(scope, sink, letter.Stream, streamRun, letter.Sequence, letter.Sequence, cancellationToken);
    }
}

/// <summary>Closes a dead letter without sending it; statements go on counting it.</summary>
public sealed record DismissDeadLetter(string Org, string Sink, Guid Letter) : Command<DeadLetterRow>
{
    public override string Action => "auditSink.dismiss";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Write;

    public override async Task<Result<DeadLetterRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SinkChange.FindAsync(scope, Sink, null, cancellationToken)).TryGet(out var sink, out var problem)) return problem;
        var letter = await scope.Db.Set<AuditSinkDeadLetter>().SingleOrDefaultAsync(d => d.Id == Letter && d.SinkId == sink.Id, cancellationToken);
        if (letter is null) return Problem.NotFound("deadLetter");
        if (letter.State != DeadLetterState.Open) return Problem.Conflict("sink.letter.closed", "This dead letter is closed already.");
        (letter.State, letter.ResolvedAtUtc) = (DeadLetterState.Dismissed, scope.NowUtc);
        scope.Audit("auditSink", sink.Id, sink.Name, newValue: new { deadLetter = letter.Id, letter.Stream, letter.Sequence, letter.EntryId, letter.State });
        scope.Touch(LiveTopic.AuditSinks, sink.Id);
        return DeadLetterRow.Of(letter) with { Version = letter.Version + 1 };
    }
}
