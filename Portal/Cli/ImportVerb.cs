using System.Net.Http.Headers;
using Hexabase.Portal.Costs.Imports;

namespace Hexabase.Portal.Cli;

/// <summary><c>portal import-costs FILE --org X</c></summary>
internal static class ImportVerb
{
    public static async Task<int> RunAsync(CliArguments arguments, CancellationToken cancellationToken)
    {
        var file = arguments.File;
        if (!File.Exists(file)) throw new CliUsageException($"{file} does not exist.");
        var org = arguments["org"] ?? throw new CliUsageException("--org is missing: id or slug of the organization.");
        var mode = arguments["mode"] ?? "append";
        if (mode is not ("append" or "replace")) throw new CliUsageException("--mode is append or replace.");
        var onError = arguments["on-error"] ?? "reject";
        if (onError is not ("reject" or "skip")) throw new CliUsageException("--on-error is reject or skip.");
        using var remote = RemotePortal.Find(arguments);
        return remote is null
            ? await LocalAsync(arguments, file, org, onError, mode, cancellationToken)
            : await RemoteAsync(remote, arguments, file, org, onError, mode, cancellationToken);
    }

    private static async Task<int> RemoteAsync(RemotePortal remote, CliArguments arguments, string file, string org, string onError, string mode, CancellationToken cancellationToken)
    {
        Guid job;
        using (var bar = new ProgressLine(arguments.Json))
        {
            await using var stream = File.OpenRead(file);
            using var content = new StreamContent(stream, 128 * 1024);
            content.Headers.ContentType = new MediaTypeHeaderValue(await IsGzipAsync(file, cancellationToken) ? "application/gzip" : "text/csv");
            var path = $"api/v1/organizations/{Uri.EscapeDataString(org)}/cost-imports?name={Uri.EscapeDataString(Path.GetFileName(file))}&onError={onError}&mode={mode}";
            var sending = remote.SendAsync(HttpMethod.Post, path, content, cancellationToken);
            while (await Task.WhenAny(sending, Task.Delay(250, cancellationToken)) != sending) bar.Show((double)stream.Position / Math.Max(1, stream.Length), "uploading");
            job = (await sending).GetProperty("jobId").GetGuid();
        }

        return await JobSight.FollowAsync(token => remote.JobAsync(job, token), arguments.Json, cancellationToken);
    }

    private static async Task<int> LocalAsync(CliArguments arguments, string file, string org, string onError, string mode, CancellationToken cancellationToken)
    {
        await using var portal = await OfflinePortal.OpenAsync(arguments, cancellationToken, withStorage: true);
        await portal.Migrator.MigrateAsync(cancellationToken);
        var spool = portal.Service<CostImportSpool>();
        var waiting = spool.NewFile();
        await using (var source = File.OpenRead(file))
        await using (var target = new FileStream(waiting, FileMode.CreateNew, FileAccess.Write))
            await source.CopyToAsync(target, cancellationToken);
        var started = await portal.Portal.SendAsync(OfflinePortal.Operator, new StartCostImport(org, waiting, Path.GetFileName(file), onError, mode), cancellationToken);
        if (started.TryGet(out var import, out var problem)) return await portal.RunJobAsync(import.JobId, arguments.Json, cancellationToken);
        spool.Discard(waiting);
        throw new CliRefusedException(problem.Message);
    }

    private static async Task<bool> IsGzipAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file);
        var magic = new byte[2];
        return await stream.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false, cancellationToken) == 2 && magic is [0x1F, 0x8B];
    }
}
