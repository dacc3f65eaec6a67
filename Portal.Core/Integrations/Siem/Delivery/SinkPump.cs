using Microsoft.Extensions.Logging;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>
/// Moves one sink's entries to its receiver while this replica holds the lease: the live stream and the oldest run take turns, each in order. Ends when the sink is paused, changed or
/// removed, when delivery fails, or when the lease is lost; whoever takes up the work goes on from the settled cursor.
/// </summary>
internal sealed class SinkPump(AuditSink sink, AuditSinkProgress progress, SinkLedger ledger, IAuditFeed feed, SinkChannels channels, SiemOptions options, SemaphoreSlim wake, TimeProvider clock, ILogger log)
{
    private const int MaxUnconfirmed = 50_000;
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdlePause = TimeSpan.FromMilliseconds(500);

    private readonly Queue<(SinkLane Lane, SettledStretch Stretch, DateTimeOffset? ConfirmedAt)> _pending = new();
    private readonly SinkLane _live = SinkLane.Of(progress);
    private SinkLane? _run;
    private DateTimeOffset? _unconfirmedSince;
    private long _unconfirmed;
    private DateTimeOffset _nextLook;

    /// <summary>Delivery works again after it counted as failing; called at most once a run.</summary>
    public Func<Task> OnRecovered { get; init; } = () => Task.CompletedTask;

    /// <exception cref="SinkFailure">The receiver does not take entries now.</exception>
    /// <exception cref="SinkLeaseLostException">Another replica has taken over.</exception>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var heart = BeatAsync(ended);
        try
        {
            await using var channel = channels.Open(sink);
            var reader = new SinkReader(sink, feed, channels);
            while (true)
            {
                var moved = await StepAsync(_live, channel, reader, ended.Token);
                moved |= await StepRunAsync(channel, reader, ended.Token);
                await ConfirmAsync(channel, ended.Token);
                await SettleAsync(channel.SafeTime, ended.Token);
                if (moved) continue;
                await CheckAsync(channel, ended.Token);
                if (await wake.WaitAsync(IdlePause, ended.Token)) await Task.Delay(TimeSpan.FromMilliseconds(60), clock, ended.Token);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Paused, changed, stopping or without the lease: the heart knows which.
        }
        finally
        {
            await ended.CancelAsync();
            await ForgetAheadAsync(_live);
            if (_run is not null) await ForgetAheadAsync(_run);
            await heart;
        }
    }

    private async Task<bool> StepAsync(SinkLane lane, ISinkChannel channel, SinkReader reader, CancellationToken cancellationToken)
    {
        if (lane.IsAtEnd) return false;
        var read = await (lane.Ahead ?? reader.ReadAsync(lane, lane.Position, cancellationToken));
        lane.Ahead = null;
        if (read.To == read.From) return false;
        // The next window is read and encoded while this one is on its way. An end of the log is looked at anew.
        var more = read.Entries.Count > 0 && !(read.To.Index >= lane.ToIndex) && !(read.To.Sequence > lane.LastSequence);
        if (more) lane.Ahead = Task.Run(() => reader.ReadAsync(lane, read.To, cancellationToken), cancellationToken);
        var sent = read.Window.Messages.Count == 0 ? new SinkSent(0, [], null) : await channel.SendAsync(read.Window, cancellationToken);
        var stretch = SettledStretch.Of(read, sent.Settled, sent.Refused);
        lane.Position = stretch.To;
        if (channel.NeedsConfirmation && (read.Window.Messages.Count > 0 || _pending.Count > 0))
        {
            _unconfirmedSince ??= clock.GetUtcNow();
            _unconfirmed += read.Window.Messages.Count;
            _pending.Enqueue((lane, stretch, null));
        }
        else if (stretch.To != stretch.From)
        {
            await SettleAsync(lane, [stretch], cancellationToken);
        }

        if (sent.Failure is not null) throw sent.Failure;
        if (!channel.NeedsConfirmation && read.Window.Messages.Count > 0) await RecoverAsync(cancellationToken);
        return true;
    }

    private async Task<bool> StepRunAsync(ISinkChannel channel, SinkReader reader, CancellationToken cancellationToken)
    {
        if (_run is null || (_run.IsAtEnd && _run.Settled == _run.Position))
        {
            if (_run is null && clock.GetUtcNow() < _nextLook) return false;
            _run = await ledger.RunAsync(progress, cancellationToken) is { } found ? SinkLane.Of(found) : null;
            _nextLook = clock.GetUtcNow() + BeatEvery;
            if (_run is null) return false;
            // A run without anything to read is over at once.
            if (_run.IsAtEnd)
            {
                await SettleAsync(_run, [new SettledStretch(_run.Position, _run.Position, [], [])], cancellationToken);
                _run = null;
                return true;
            }
        }

        return await StepAsync(_run, channel, reader, cancellationToken);
    }

    private async Task ConfirmAsync(ISinkChannel channel, CancellationToken cancellationToken)
    {
        if (_unconfirmedSince is not { } since) return;
        if (_unconfirmed < MaxUnconfirmed && clock.GetUtcNow() - since < TimeSpan.FromSeconds(options.SyslogConfirmSeconds)) return;
        await channel.ConfirmAsync(cancellationToken);
        var now = clock.GetUtcNow();
        for (var i = _pending.Count; i > 0; i--)
        {
            var (lane, stretch, confirmedAt) = _pending.Dequeue();
            _pending.Enqueue((lane, stretch, confirmedAt ?? now));
        }

        (_unconfirmedSince, _unconfirmed) = (null, 0);
        await RecoverAsync(cancellationToken);
    }

    private async Task SettleAsync(TimeSpan safeTime, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        while (_pending.TryPeek(out var first) && first.ConfirmedAt is { } at && now - at >= safeTime)
        {
            var stretches = new List<SettledStretch>();
            while (_pending.TryPeek(out var next) && ReferenceEquals(next.Lane, first.Lane) && next.ConfirmedAt is { } confirmed && now - confirmed >= safeTime) stretches.Add(_pending.Dequeue().Stretch);
            await SettleAsync(first.Lane, stretches, cancellationToken);
        }
    }

    private async Task SettleAsync(SinkLane lane, IReadOnlyList<SettledStretch> stretches, CancellationToken cancellationToken)
    {
        if (await ledger.SettleAsync(progress, lane, stretches, cancellationToken)) return;
        await ForgetAheadAsync(lane);
        if (ReferenceEquals(lane, _run)) _run = null;
    }

    /// <summary>Messages that a receiver may have lost with its memory go again; without any, a closed connection is nobody's fault.</summary>
    private async Task CheckAsync(ISinkChannel channel, CancellationToken cancellationToken)
    {
        try
        {
            await channel.CheckAsync(cancellationToken);
        }
        catch (SinkFailure) when (_pending.Count == 0)
        {
            log.LogDebug("The receiver of sink {Sink} closed an idle connection", sink.Id);
        }
    }

    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        if (progress.Failures > 0 && await ledger.RecoverAsync(progress, cancellationToken)) await OnRecovered();
    }

    /// <summary>Keeps the lease while windows are on their way, and ends the work when someone paused or changed the sink.</summary>
    private async Task BeatAsync(CancellationTokenSource ended)
    {
        var told = (_live.Position, _live.Settled);
        var failures = 0;
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(BeatEvery, clock, ended.Token);
                if (await ledger.BeatAsync(progress, _live.Position.Index, ended.Token) != sink.Version) await ended.CancelAsync();
                failures = 0;
                var now = (_live.Position, _live.Settled);
                if (now != told || _run is not null) ledger.Tell(progress);
                told = now;
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                return;
            }
            catch (SinkLeaseLostException)
            {
                await ended.CancelAsync();
            }
            catch (Exception e)
            {
                // The database may be away for a moment; without it for as long as the lease holds, someone else may be at work.
                log.LogWarning("Sink {Sink} cannot renew its lease: {Reason}", sink.Id, e.Message);
                if (++failures * BeatEvery >= SinkLedger.LeaseTime / 2) await ended.CancelAsync();
            }
        }
    }

    private static async Task ForgetAheadAsync(SinkLane lane)
    {
        if (lane.Ahead is not { } ahead) return;
        lane.Ahead = null;
        // Its outcome is of no interest; that it has ended is.
        await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
