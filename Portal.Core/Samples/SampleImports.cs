using System.Globalization;
using System.Text.Json;
using Hexabase.Portal.Costs.Imports;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Samples;

/// <summary>Imports the files of the bill one after the other, each as an import of its own; while one is read, the next is written.</summary>
internal sealed class SampleImports(SampleSender sender, CostImportSpool spool, TimeProvider clock, JobContext context)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public int FilesImported { get; private set; }

    public long RowsImported { get; private set; }

    public async Task RunAsync(IReadOnlyList<SampleFile> files, CancellationToken cancellationToken)
    {
        var known = await KnownAsync(cancellationToken);
        // A file whose import has ended well is there; one that is queued or running (before a crash, say) is waited for.
        var open = files.Where(f => known.GetValueOrDefault(f.Name)?.State is not ("active" or "superseded" or "duplicate")).ToList();
        Task<string>? writing = null;
        try
        {
            for (var i = 0; i < open.Count; i++)
            {
                var job = Pending(open[i]) ?? await StartAsync(open[i], await (writing ?? WriteAsync(open[i], cancellationToken)), cancellationToken);
                writing = i + 1 < open.Count && Pending(open[i + 1]) is null ? WriteAsync(open[i + 1], cancellationToken) : null;
                await EndAsync(job, open[i], files.Count - open.Count + i, files.Count, cancellationToken);
            }
        }
        finally
        {
            if (writing is not null) await DiscardAsync(writing);
        }

        Guid? Pending(SampleFile file) => known.GetValueOrDefault(file.Name) is { State: "queued" or "running" } import ? import.JobId : null;
    }

    /// <summary>The newest import of each file.</summary>
    private async Task<Dictionary<string, CostImportRow>> KnownAsync(CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, CostImportRow>(StringComparer.Ordinal);
        var page = new PageRequest(PageRequest.MaxLimit);
        do
        {
            var rows = await sender.AskAsync(new ListImports(SampleOrganization.Slug, page), cancellationToken);
            foreach (var row in rows.Items) known.TryAdd(row.FileName, row);
            page = page with { Cursor = rows.NextCursor };
        }
        while (page.Cursor is not null);
        return known;
    }

    private async Task<string> WriteAsync(SampleFile file, CancellationToken cancellationToken)
    {
        var path = spool.NewFile();
        try
        {
            await using var stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous, BufferSize = 128 * 1024 });
            // Compressing is work of the processor; it must not hold up whoever waits for the import.
            await Task.Run(() => file.WriteAsync(stream, cancellationToken), cancellationToken);
            return path;
        }
        catch
        {
            spool.Discard(path);
            throw;
        }
    }

    private async Task DiscardAsync(Task<string> writing)
    {
        await ((Task)writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // A file that could not be written has removed itself.
        if (writing.IsCompletedSuccessfully) spool.Discard(await writing);
    }

    private async Task<Guid> StartAsync(SampleFile file, string path, CancellationToken cancellationToken)
    {
        try
        {
            return (await sender.SendAsync(new StartCostImport(SampleOrganization.Slug, path, file.Name, "reject", file.Mode), cancellationToken)).JobId;
        }
        catch (SampleRefusedException)
        {
            spool.Discard(path);
            throw;
        }
    }

    private async Task EndAsync(Guid id, SampleFile file, int done, int all, CancellationToken cancellationToken)
    {
        var note = string.Create(CultureInfo.InvariantCulture, $"{file.Name} ({done + 1} of {all})");
        while (true)
        {
            var job = await sender.AskAsync(new GetJob(id), cancellationToken);
            await context.ReportAsync((done + job.Progress) / (all + 1), note);
            if (job.EndedAtUtc is null)
            {
                await PauseAsync(id, cancellationToken);
                continue;
            }

            if (job.State != JobState.Succeeded) throw new SampleRefusedException(Reason(job, file));
            FilesImported++;
            RowsImported += job.Result is { } result ? JsonElement.Parse(result).GetProperty("rowsImported").GetInt64() : 0;
            return;
        }
    }

    /// <summary>A person's cancel stops the import too; a portal that stops leaves both to its next start.</summary>
    private async Task PauseAsync(Guid import, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Pause, clock, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            if ((await sender.AskAsync(new GetJob(context.Id), CancellationToken.None)).CancelRequested) await sender.SendAsync(new CancelJob(import), CancellationToken.None);
            throw;
        }
    }

    private static Problem Reason(JobRow job, SampleFile file)
    {
        if (job.State == JobState.Canceled) return Problem.Conflict("sample.importCanceled", $"The import of {file.Name} was cancelled. Load the sample again to go on.", file.Name);
        var first = job.Errors is { } errors && JsonElement.Parse(errors) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 ? list[0] : (JsonElement?)null;
        var message = first?.GetProperty("message").GetString() ?? "The log of the portal names the cause.";
        return Problem.Conflict("sample.importFailed", $"The import of {file.Name} failed: {message}", file.Name, message);
    }
}
