using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Kernel;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Audit.Log;

/// <summary>
/// Puts signed checkpoints outside the database, so that a rewritten database is found: one directory a log with its newest checkpoint in <c>checkpoint</c> and one
/// file a day that only grows. A place that cannot be written holds nothing up; the state is shown and the next checkpoint tries again.
/// </summary>
public sealed class CheckpointPublisher(IOptions<AuditOptions> options, CheckpointPoster poster, TimeProvider clock, ILogger<CheckpointPublisher> log) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private string? _problem;

    /// <summary>The last failure, null where the last checkpoint reached every place that is set.</summary>
    public string? Problem => _problem ?? poster.Problem;

    public string? Directory => options.Value.CheckpointDirectory is { Length: > 0 } set ? set : null;

    public async Task PublishAsync(IReadOnlyList<AuditCheckpoint> checkpoints, CancellationToken cancellationToken)
    {
        foreach (var checkpoint in checkpoints) poster.Post(checkpoint.Note);
        if (checkpoints.Count == 0 || Directory is not { } directory) return;
        await _one.WaitAsync(cancellationToken);
        try
        {
            foreach (var checkpoint in checkpoints) await WriteAsync(directory, checkpoint, cancellationToken);
            _problem = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _problem = e.Message;
            log.LogError("Checkpoints of the audit log cannot be written to {Directory}: {Reason}", directory, e.Message);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The newest checkpoint that was published for the log; null where there is none.</summary>
    /// <exception cref="FormatException">The file is no signed checkpoint.</exception>
    public SignedNote? Newest(Guid logId)
    {
        if (Directory is not { } directory) return null;
        var file = Path.Combine(directory, logId.ToString("D"), "checkpoint");
        return File.Exists(file) ? SignedNote.Parse(File.ReadAllText(file)) : null;
    }

    public void Dispose() => _one.Dispose();

    private async Task WriteAsync(string directory, AuditCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var note = SignedNote.Parse(checkpoint.Note);
        var log = Checkpoint.LogOf(Checkpoint.Parse(note).Origin) ?? throw new InvalidOperationException("A checkpoint names no log.");
        var own = Path.Combine(directory, log.ToString("D"));
        System.IO.Directory.CreateDirectory(own);
        var bytes = Encoding.UTF8.GetBytes(checkpoint.Note);
        var day = Path.Combine(own, clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + ".checkpoints");
        await using (var stream = new FileStream(day, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        {
            await stream.WriteAsync(bytes, cancellationToken);
            await stream.WriteAsync("\n"u8.ToArray(), cancellationToken);
            stream.Flush(flushToDisk: true);
        }

        var aside = Path.Combine(own, $"checkpoint.{Ids.Brief()}");
        await File.WriteAllBytesAsync(aside, bytes, cancellationToken);
        File.Move(aside, Path.Combine(own, "checkpoint"), overwrite: true);
    }
}
