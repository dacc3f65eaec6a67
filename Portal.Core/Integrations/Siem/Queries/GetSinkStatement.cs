using System.Globalization;
using System.Text;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>A stretch of log indexes.</summary>
/// <param name="To">Exclusive.</param>
public sealed record IndexRange(long From, long To);

/// <summary>What one numbering of a sink delivered of a month.</summary>
/// <param name="SequenceGaps">Numbers between first and last that no receipt covers: 0 unless the books are damaged.</param>
public sealed record StatementStream(string Stream, long? FirstSequence, long? LastSequence, long SequenceGaps, long Delivered, long FilteredOut, long DeadLettered);

/// <summary>
/// The reconciliation statement of a sink and month: every entry that got its place in the log in that month is delivered, filtered out, a dead letter, waiting, older than the sink, or
/// in a gap.
/// </summary>
/// <param name="Month">"2026-05", UTC.</param>
/// <param name="IsComplete">False while the month runs.</param>
/// <param name="Entries">Of the log.</param>
/// <param name="Gaps">Ranges that should have been settled and have no receipt: none unless the books are damaged.</param>
/// <param name="BeforeStart">Entries from before the sink began that no back-fill covered.</param>
/// <param name="Waiting">Entries that are still to be delivered or acknowledged.</param>
/// <param name="DeadLettersOpen">Of all dead letters of the month.</param>
/// <param name="Note">The statement as text, a C2SP signed note under the keys of the audit log; null before the log has an entry.</param>
public sealed record SinkStatement(
    Guid SinkId, string Name, string Month, bool IsComplete, Guid? LogId, DateTime MadeAtUtc, IndexRange? Indexes, long Entries, IReadOnlyList<StatementStream> Streams, IReadOnlyList<IndexRange> Gaps, long BeforeStart,
    long Waiting, int DeadLettersOpen, int DeadLettersDelivered, int DeadLettersDismissed, long? CheckpointSize, string? CheckpointRoot, string? Note);

/// <summary>Draws up a statement. Removed sinks have theirs, too, under their id.</summary>
/// <param name="Month">yyyy-MM, UTC.</param>
public sealed record GetSinkStatement(string Org, string Sink, string Month) : Query<SinkStatement>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Read;

    /// <summary>A statement is evidence that leaves the portal.</summary>
    public override bool IsProtected => true;

    public override async Task<Result<SinkStatement>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!DateTime.TryParseExact(Month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var start) || start > scope.NowUtc)
            return Problem.Invalid("month", "sink.statement.month", "month is a month that has begun, such as 2026-05.");
        var sinks = scope.Db.Set<AuditSink>().Where(s => s.OrganizationId == scope.OrganizationId);
        var sink = Guid.TryParseExact(Sink, "D", out var id) ? await sinks.SingleOrDefaultAsync(s => s.Id == id, cancellationToken) : await sinks.SingleOrDefaultAsync(s => s.Slug == Sink && s.RemovedAtUtc == null, cancellationToken);
        if (sink is null) return Problem.NotFound("auditSink");
        var month = AuditLogFeed.MonthOf(start);
        var from = await AuditLogFeed.IndexAtAsync(scope.Db, scope.OrganizationId, start, cancellationToken);
        var to = await AuditLogFeed.IndexAtAsync(scope.Db, scope.OrganizationId, start.AddMonths(1), cancellationToken);
        var settled = await scope.Db.Set<AuditSinkProgress>().Where(p => p.SinkId == sink.Id).Select(p => p.NextIndex).SingleAsync(cancellationToken);
        var receipts = await scope.Db.Set<AuditSinkReceipt>().Where(r => r.SinkId == sink.Id && r.Month == month).OrderBy(r => r.FromIndex).ThenBy(r => r.Id).ToListAsync(cancellationToken);
        var runs = await scope.Db.Set<AuditSinkRun>().Where(r => r.SinkId == sink.Id && r.Kind == SinkRunKind.Backfill).OrderBy(r => r.CreatedAtUtc).ToDictionaryAsync(r => r.Id, r => r.Stream, cancellationToken);
        var letters = await scope.Db.Set<AuditSinkDeadLetter>().Where(d => d.SinkId == sink.Id && d.Month == month).GroupBy(d => d.State).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var checkpoints = scope.Db.Set<AuditCheckpoint>().Where(c => c.OrganizationId == scope.OrganizationId);
        var checkpoint = await checkpoints.Where(c => c.TreeSize >= to).OrderBy(c => c.TreeSize).FirstOrDefaultAsync(cancellationToken) ?? await checkpoints.OrderByDescending(c => c.TreeSize).FirstOrDefaultAsync(cancellationToken);
        var log = await scope.Db.Set<AuditLog>().Where(l => l.OrganizationId == scope.OrganizationId).Select(l => (Guid?)l.LogId).SingleOrDefaultAsync(cancellationToken);

        var streams = receipts.GroupBy(r => r.RunId is { } run ? runs.GetValueOrDefault(run, "backfill") : SinkLane.Live, StringComparer.Ordinal).Select(Stream).ToList();
        var uncovered = Uncovered(receipts, from, to);
        var before = uncovered.Sum(r => Math.Max(0, Math.Min(r.To, sink.StartIndex) - r.From));
        var waiting = uncovered.Sum(r => Math.Max(0, r.To - Math.Max(r.From, Math.Max(settled, sink.StartIndex))));
        var gaps = uncovered.Select(r => new IndexRange(Math.Max(r.From, sink.StartIndex), Math.Min(r.To, settled))).Where(r => r.To > r.From).ToList();
        var statement = new SinkStatement(
            sink.Id, sink.Name, Month, start.AddMonths(1) <= scope.NowUtc, log, scope.NowUtc, to > from ? new IndexRange(from, to) : null, to - from, streams, gaps, before, waiting,
            letters.GetValueOrDefault(DeadLetterState.Open), letters.GetValueOrDefault(DeadLetterState.Delivered), letters.GetValueOrDefault(DeadLetterState.Dismissed), checkpoint?.TreeSize,
            checkpoint is null ? null : Convert.ToBase64String(checkpoint.RootHash), null);
        return log is { } logId ? statement with { Note = SignedNote.Sign(Text(statement, sink, scope.OrganizationId), scope.Service<AuditSigningKeys>().SignersOf(logId)).ToString() } : statement;
    }

    private static StatementStream Stream(IGrouping<string, AuditSinkReceipt> group)
    {
        var ordered = group.OrderBy(r => r.FirstSequence).ThenBy(r => r.NextSequence).ToList();
        var (first, next) = (ordered[0].FirstSequence, ordered.Max(r => r.NextSequence));
        long gaps = 0, at = first;
        foreach (var receipt in ordered)
        {
            gaps += Math.Max(0, receipt.FirstSequence - at);
            at = Math.Max(at, receipt.NextSequence);
        }

        return new StatementStream(group.Key, next > first ? first : null, next > first ? next - 1 : null, gaps, group.Sum(r => r.Delivered), group.Sum(r => r.FilteredOut), group.Sum(r => r.DeadLettered));
    }

    private static List<IndexRange> Uncovered(IEnumerable<AuditSinkReceipt> receipts, long from, long to)
    {
        var found = new List<IndexRange>();
        var at = from;
        foreach (var receipt in receipts)
        {
            if (receipt.FromIndex > at) found.Add(new IndexRange(at, Math.Min(receipt.FromIndex, to)));
            at = Math.Max(at, receipt.ToIndex);
        }

        if (at < to) found.Add(new IndexRange(at, to));
        return found.FindAll(r => r.To > r.From);
    }

    // The first line tells the text from a checkpoint, which is signed by the same keys.
    private static string Text(SinkStatement s, AuditSink sink, Guid organizationId)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');
        Line($"hexabase.portal/audit-sink-statement/v1");
        Line($"sink: {sink.Id} {SiemText.OneLine(sink.Name)}");
        Line($"receiver: {Words.Of(sink.Kind)} {SiemText.OneLine(sink.Address)}");
        Line($"organization: {organizationId}");
        Line($"log: {s.LogId}");
        Line($"month: {s.Month} UTC, {(s.IsComplete ? "complete" : "so far")}");
        Line($"made: {AuditEvent.Time(s.MadeAtUtc)}");
        if (s.Indexes is { } indexes) Line($"entries: {s.Entries}, index {indexes.From} to {indexes.To - 1}");
        else Line($"entries: 0");
        foreach (var stream in s.Streams)
        {
            var numbers = stream.FirstSequence is { } first ? FormattableString.Invariant($"events {first} to {stream.LastSequence}") : "no events";
            Line($"stream {stream.Stream}: {numbers}, {stream.Delivered} delivered and acknowledged, {stream.SequenceGaps} gaps, {stream.FilteredOut} filtered out, {stream.DeadLettered} refused");
        }

        Line($"dead letters: {s.DeadLettersOpen} open, {s.DeadLettersDelivered} delivered later, {s.DeadLettersDismissed} dismissed");
        Line($"gaps: {(s.Gaps.Count == 0 ? "0" : string.Join(", ", s.Gaps.Select(g => FormattableString.Invariant($"index {g.From} to {g.To - 1}"))))}");
        Line($"waiting: {s.Waiting}");
        Line($"before the sink began: {s.BeforeStart}");
        Line($"acknowledged means: {Acknowledged(sink)}");
        if (s.CheckpointSize is { } size) Line($"checkpoint: {size} {s.CheckpointRoot}");
        return text.ToString();
    }

    private static string Acknowledged(AuditSink sink) => sink.Kind switch
    {
        AuditSinkKind.SyslogTls or AuditSinkKind.SyslogTcp => "the receiver read to the end and closed the connection in order; sent again if it broke within the safe time",
        AuditSinkKind.Hec when sink.ReadSettings().Acknowledge => "the indexer acknowledged",
        AuditSinkKind.Hec => "the collector answered 200",
        AuditSinkKind.Https => "the receiver answered 2xx",
        _ => "written and handed to the disk (fsync)",
    };
}
