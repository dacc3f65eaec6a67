using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hexabase.Portal.Audit.Log;

/// <summary>A place outside the portal that takes signed checkpoints.</summary>
public interface ICheckpointSink
{
    /// <exception cref="IOException">The place cannot be reached or does not take it; the message says why.</exception>
    Task SendAsync(string note, CancellationToken cancellationToken);
}

/// <summary>
/// Sends checkpoints to the sinks that are set, in order, behind the sequencer's back: a slow receiver holds nothing up. Of very many that wait the oldest are dropped,
/// because each checkpoint covers those before it.
/// </summary>
public sealed class CheckpointPoster(IReadOnlyList<ICheckpointSink> sinks, TimeProvider clock, ILogger<CheckpointPoster> log) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private readonly Channel<string> _waiting = Channel.CreateBounded<string>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>The last failure, null where the last checkpoint arrived or nothing is set.</summary>
    public string? Problem { get; private set; }

    internal void Post(string note)
    {
        if (sinks.Count > 0) _waiting.Writer.TryWrite(note);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var note in _waiting.Reader.ReadAllAsync(stoppingToken))
            {
                foreach (var sink in sinks) await SendAsync(sink, note, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The portal stops; the newest checkpoint goes out after the next start.
        }
    }

    private async Task SendAsync(ICheckpointSink sink, string note, CancellationToken cancellationToken)
    {
        for (var pause = TimeSpan.FromSeconds(1); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await sink.SendAsync(note, cancellationToken);
                Problem = null;
                return;
            }
            catch (IOException e)
            {
                Problem = e.Message;
                log.LogWarning("A checkpoint of the audit log was not taken: {Reason}", e.Message);
                // A newer one says the same and more.
                if (_waiting.Reader.TryPeek(out _)) return;
            }

            await Task.Delay(pause, clock, cancellationToken);
        }
    }
}
