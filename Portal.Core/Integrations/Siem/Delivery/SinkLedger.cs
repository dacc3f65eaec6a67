using System.Globalization;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

#pragma warning disable RS0030 // The worker keeps its own books: nobody's change, and too often for an audit entry each.

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>The replica does not hold the sink's lease (any more); another one does the work.</summary>
internal sealed class SinkLeaseLostException() : Exception("Another replica works for this sink.");

/// <summary>Reads and writes what a sink's worker knows: lease, cursors, receipts, dead letters. Each write is fenced by the lease's number.</summary>
internal sealed class SinkLedger(PortalDatabase database, LiveUpdates live, TimeProvider clock)
{
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);
    private const int MinutesKept = 60;

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Sinks that a worker may take up now, of all organizations.</summary>
    public async Task<List<(Guid SinkId, Guid OrganizationId)>> DueAsync(CancellationToken cancellationToken)
    {
        var now = Now;
        var due = await database.ReadAsync(
            DataScope.Platform,
            db => db.Set<AuditSink>().Where(s => !s.IsPaused && s.RemovedAtUtc == null)
                .Join(db.Set<AuditSinkProgress>(), s => s.Id, p => p.SinkId, (s, p) => p)
                .Where(p => (p.LeaseUntilUtc == null || p.LeaseUntilUtc < now) && (p.NextAttemptAtUtc == null || p.NextAttemptAtUtc <= now))
                .OrderBy(p => p.SinkId).Take(1000).Select(p => new { p.SinkId, p.OrganizationId }).ToListAsync(cancellationToken),
            cancellationToken);
        return due.ConvertAll(d => (d.SinkId, d.OrganizationId));
    }

    /// <summary>Takes the lease; null where another replica was faster.</summary>
    public async Task<(AuditSink Sink, AuditSinkProgress Progress)?> TakeAsync(Guid organizationId, Guid sinkId, string owner, CancellationToken cancellationToken)
    {
        var now = Now;
        var until = now + LeaseTime;
        await using var open = await database.OpenAsync(DataScope.Of(organizationId), forWriting: true, cancellationToken);
        var taken = await open.Db.Set<AuditSinkProgress>().Where(p => p.SinkId == sinkId && (p.LeaseUntilUtc == null || p.LeaseUntilUtc < now))
            .ExecuteUpdateAsync(s => s.SetProperty(p => p.Epoch, p => p.Epoch + 1).SetProperty(p => p.LeaseOwner, owner).SetProperty(p => p.LeaseUntilUtc, until), cancellationToken);
        if (taken == 0) return null;
        var sink = await open.Db.Set<AuditSink>().AsNoTracking().SingleAsync(s => s.Id == sinkId, cancellationToken);
        var progress = await open.Db.Set<AuditSinkProgress>().AsNoTracking().SingleAsync(p => p.SinkId == sinkId, cancellationToken);
        await open.CommitAsync(cancellationToken);
        return (sink, progress);
    }

    /// <summary>A sign of life; also says how far messages were handed over.</summary>
    /// <returns>The sink's version; null = paused or removed.</returns>
    /// <exception cref="SinkLeaseLostException">The lease went elsewhere.</exception>
    public async Task<long?> BeatAsync(AuditSinkProgress progress, long sentIndex, CancellationToken cancellationToken)
    {
        var until = Now + LeaseTime;
        await using var open = await database.OpenAsync(DataScope.Of(progress.OrganizationId), forWriting: true, cancellationToken);
        await FencedAsync(Mine(open.Db, progress).ExecuteUpdateAsync(s => s.SetProperty(p => p.LeaseUntilUtc, until).SetProperty(p => p.SentIndex, sentIndex), cancellationToken));
        var sink = await open.Db.Set<AuditSink>().AsNoTracking().Where(s => s.Id == progress.SinkId).Select(s => new { s.Version, s.IsPaused, s.RemovedAtUtc }).SingleAsync(cancellationToken);
        await open.CommitAsync(cancellationToken);
        return sink.IsPaused || sink.RemovedAtUtc is not null ? null : sink.Version;
    }

    public async Task ReleaseAsync(AuditSinkProgress progress)
    {
        await using var open = await database.OpenAsync(DataScope.Of(progress.OrganizationId), forWriting: true, CancellationToken.None);
        await Mine(open.Db, progress).ExecuteUpdateAsync(s => s.SetProperty(p => p.LeaseUntilUtc, (DateTime?)null), CancellationToken.None);
        await open.CommitAsync(CancellationToken.None);
    }

    /// <summary>The oldest run that has not ended, now running; null = none.</summary>
    public async Task<AuditSinkRun?> RunAsync(AuditSinkProgress progress, CancellationToken cancellationToken)
    {
        await using var open = await database.OpenAsync(DataScope.Of(progress.OrganizationId), forWriting: true, cancellationToken);
        var run = await open.Db.Set<AuditSinkRun>().AsNoTracking().Where(r => r.SinkId == progress.SinkId && (r.State == SinkRunState.Waiting || r.State == SinkRunState.Running))
            .OrderBy(r => r.CreatedAtUtc).ThenBy(r => r.Id).FirstOrDefaultAsync(cancellationToken);
        if (run is null) return null;
        await open.Db.Set<AuditSinkRun>().Where(r => r.Id == run.Id && r.State == SinkRunState.Waiting)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.State, SinkRunState.Running).SetProperty(r => r.Version, r => r.Version + 1), cancellationToken);
        await open.CommitAsync(cancellationToken);
        return run;
    }

    /// <summary>Moves a lane's cursor over settled stretches and writes receipts and dead letters, in one transaction.</summary>
    /// <returns>False where the lane's run was cancelled meanwhile.</returns>
    public async Task<bool> SettleAsync(AuditSinkProgress progress, SinkLane lane, IReadOnlyList<SettledStretch> stretches, CancellationToken cancellationToken)
    {
        var now = Now;
        var end = stretches[^1].To;
        var delivered = stretches.Sum(s => s.Parts.Sum(p => p.Delivered));
        var filtered = stretches.Sum(s => s.Parts.Sum(p => p.FilteredOut));
        var dead = stretches.Sum(s => s.Parts.Sum(p => p.DeadLettered));
        var minutes = Minutes.Add(progress.Minutes, now, delivered);
        await using var open = await database.OpenAsync(DataScope.Of(progress.OrganizationId), forWriting: true, cancellationToken);
        var isLive = lane.RunId is null;
        await FencedAsync(Mine(open.Db, progress).ExecuteUpdateAsync(
            s => s.SetProperty(p => p.NextIndex, p => isLive ? end.Index : p.NextIndex).SetProperty(p => p.NextSequence, p => isLive ? end.Sequence : p.NextSequence)
                .SetProperty(p => p.Delivered, p => p.Delivered + delivered).SetProperty(p => p.FilteredOut, p => p.FilteredOut + (isLive ? filtered : 0)).SetProperty(p => p.DeadLettered, p => p.DeadLettered + dead)
                .SetProperty(p => p.LastDeliveredAtUtc, p => delivered > 0 ? now : p.LastDeliveredAtUtc).SetProperty(p => p.Minutes, minutes), cancellationToken));
        if (!isLive && await MoveRunAsync(open.Db, lane, end, delivered, filtered, dead, now, cancellationToken) == 0) return false;
        // A replay's receipts are those of the first time.
        if (!lane.IsReplay) await WriteReceiptsAsync(open.Db, progress, lane, stretches, now, cancellationToken);
        await WriteDeadLettersAsync(open.Db, progress, lane, stretches, now, cancellationToken);
        await open.Db.SaveChangesAsync(cancellationToken);
        await open.CommitAsync(cancellationToken);
        (progress.Minutes, lane.Settled) = (minutes, end);
        if (isLive) (progress.NextIndex, progress.NextSequence) = end;
        return true;
    }

    /// <summary>Delivery works again.</summary>
    /// <returns>True where the sink counted as failing.</returns>
    public async Task<bool> RecoverAsync(AuditSinkProgress progress, CancellationToken cancellationToken)
    {
        await using var open = await database.OpenAsync(DataScope.Of(progress.OrganizationId), forWriting: true, cancellationToken);
        await FencedAsync(Mine(open.Db, progress).ExecuteUpdateAsync(
            s => s.SetProperty(p => p.Failures, 0).SetProperty(p => p.FailingSinceUtc, (DateTime?)null).SetProperty(p => p.NextAttemptAtUtc, (DateTime?)null), cancellationToken));
        await open.CommitAsync(cancellationToken);
        var failed = progress.FailingSinceUtc is not null;
        (progress.Failures, progress.FailingSinceUtc) = (0, null);
        return failed;
    }

    /// <summary>Keeps the reason, sets the next attempt and gives the lease back.</summary>
    /// <returns>True where the sink counts as failing from now on.</returns>
    public async Task<bool> FailAsync(AuditSinkProgress progress, SinkFailure failure, TimeSpan maxPause)
    {
        var now = Now;
        progress.Failures++;
        var begins = progress.FailingSinceUtc is null && progress.Failures >= 3;
        if (begins) progress.FailingSinceUtc = now;
        var (failures, since, next) = (progress.Failures, progress.FailingSinceUtc, now + SinkBackoff.Pause(progress.Failures, failure.RetryAfter, maxPause));
        var (code, message) = (failure.Code, failure.Message.Length <= 2000 ? failure.Message : failure.Message[..2000]);
        await using var open = await database.OpenAsync(DataScope.Of(progress.OrganizationId), forWriting: true, CancellationToken.None);
        var written = await Mine(open.Db, progress).ExecuteUpdateAsync(
            s => s.SetProperty(p => p.Failures, failures).SetProperty(p => p.LastErrorCode, code).SetProperty(p => p.LastError, message).SetProperty(p => p.LastErrorAtUtc, now)
                .SetProperty(p => p.FailingSinceUtc, since).SetProperty(p => p.NextAttemptAtUtc, next).SetProperty(p => p.SentIndex, p => p.NextIndex).SetProperty(p => p.LeaseUntilUtc, (DateTime?)null), CancellationToken.None);
        await open.CommitAsync(CancellationToken.None);
        return begins && written > 0;
    }

    /// <summary>Open pages look again.</summary>
    public void Tell(AuditSinkProgress progress) => live.Publish([new LiveChange(progress.OrganizationId, LiveTopic.AuditSinks, progress.SinkId.ToString(), 0, Now)]);

    private static IQueryable<AuditSinkProgress> Mine(PortalDbContext db, AuditSinkProgress progress) =>
        db.Set<AuditSinkProgress>().Where(p => p.SinkId == progress.SinkId && p.Epoch == progress.Epoch);

    private static async Task FencedAsync(Task<int> update)
    {
        if (await update == 0) throw new SinkLeaseLostException();
    }

    private static Task<int> MoveRunAsync(PortalDbContext db, SinkLane lane, (long Index, long Sequence) end, long delivered, long filtered, long dead, DateTime now, CancellationToken cancellationToken)
    {
        var done = end.Index >= lane.ToIndex || end.Sequence > lane.LastSequence;
        var (state, ended) = done ? (SinkRunState.Done, now) : (SinkRunState.Running, (DateTime?)null);
        return db.Set<AuditSinkRun>().Where(r => r.Id == lane.RunId && (r.State == SinkRunState.Waiting || r.State == SinkRunState.Running)).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.NextIndex, end.Index).SetProperty(r => r.NextSequence, end.Sequence).SetProperty(r => r.Delivered, r => r.Delivered + delivered)
                .SetProperty(r => r.FilteredOut, r => r.FilteredOut + filtered).SetProperty(r => r.DeadLettered, r => r.DeadLettered + dead).SetProperty(r => r.State, state).SetProperty(r => r.EndedAtUtc, ended)
                .SetProperty(r => r.Version, r => r.Version + 1), cancellationToken);
    }

    private static async Task WriteReceiptsAsync(PortalDbContext db, AuditSinkProgress progress, SinkLane lane, IReadOnlyList<SettledStretch> stretches, DateTime now, CancellationToken cancellationToken)
    {
        var open = lane.ReceiptId is { } id ? await db.Set<AuditSinkReceipt>().SingleOrDefaultAsync(r => r.Id == id, cancellationToken) : null;
        foreach (var part in stretches.SelectMany(s => s.Parts))
        {
            var grows = open is not null && open.Month == part.Month && (open.ToIndex, open.NextSequence) == part.From
                && open.ToIndex - open.FromIndex < AuditSinkReceipt.MaxEntries && now - open.FirstAtUtc < TimeSpan.FromHours(1);
            if (!grows)
            {
                open = new AuditSinkReceipt
                {
                    Id = Ids.New(), OrganizationId = progress.OrganizationId, SinkId = progress.SinkId, RunId = lane.RunId, Month = part.Month, FromIndex = part.From.Index, ToIndex = part.From.Index,
                    FirstSequence = part.From.Sequence, NextSequence = part.From.Sequence, FirstAtUtc = now, LastAtUtc = now,
                };
                db.Add(open);
            }

            if (open is null) continue;
            (open.ToIndex, open.NextSequence) = part.To;
            open.Delivered += part.Delivered;
            open.FilteredOut += part.FilteredOut;
            open.DeadLettered += part.DeadLettered;
            open.LastAtUtc = now;
        }

        lane.ReceiptId = open?.Id;
    }

    private static async Task WriteDeadLettersAsync(PortalDbContext db, AuditSinkProgress progress, SinkLane lane, IReadOnlyList<SettledStretch> stretches, DateTime now, CancellationToken cancellationToken)
    {
        var refused = stretches.SelectMany(s => s.Refused).ToDictionary(r => r.Message.Sequence);
        if (!lane.IsReplay && refused.Count == 0) return;
        var (first, last) = (stretches[0].From.Sequence, stretches[^1].To.Sequence);
        var known = lane.IsReplay
            ? await db.Set<AuditSinkDeadLetter>().Where(d => d.SinkId == progress.SinkId && d.Stream == lane.Stream && d.Sequence >= first && d.Sequence < last).OrderBy(d => d.Sequence).ToListAsync(cancellationToken)
            : [];
        foreach (var letter in known)
        {
            if (refused.Remove(letter.Sequence) || letter.State != DeadLetterState.Open || letter.Sequence < lane.FirstSequence) continue;
            (letter.State, letter.ResolvedAtUtc) = (DeadLetterState.Delivered, now);
        }

        foreach (var (sequence, (message, refusal)) in refused)
        {
            db.Add(new AuditSinkDeadLetter
            {
                Id = Ids.New(), OrganizationId = progress.OrganizationId, SinkId = progress.SinkId, Stream = lane.Stream, Sequence = sequence, Index = message.Index, EntryId = message.EntryId,
                Month = message.Month, Action = message.Action, Code = refusal.Code, Reason = refusal.Reason.Length <= 2000 ? refusal.Reason : refusal.Reason[..2000], AtUtc = now,
            });
        }

        AuditWriter.RaiseVersions(db);
    }

    /// <summary>Counts per minute of the last hour as text.</summary>
    internal static class Minutes
    {
        public static string Add(string text, DateTime now, long count)
        {
            var counts = Read(text, now);
            counts[0] += count;
            var end = counts.Length;
            while (end > 1 && counts[end - 1] == 0) end--;
            return string.Join(',', counts.Take(end).Prepend(Minute(now)).Select(c => c.ToString(CultureInfo.InvariantCulture)));
        }

        /// <summary>The running minute first, then back.</summary>
        public static long[] Read(string text, DateTime now)
        {
            var counts = new long[MinutesKept];
            var parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length < 2) return counts;
            var shift = Minute(now) - long.Parse(parts[0], CultureInfo.InvariantCulture);
            for (var i = 1; i < parts.Length; i++)
            {
                var at = i - 1 + Math.Max(0, shift);
                if (at < MinutesKept) counts[at] = long.Parse(parts[i], CultureInfo.InvariantCulture);
            }

            return counts;
        }

        private static long Minute(DateTime utc) => utc.Ticks / TimeSpan.TicksPerMinute;
    }
}
