using System.Net.Http.Json;
using Hexabase.Portal.Samples;

namespace Hexabase.Portal.Cli;

/// <summary><c>portal sample load</c></summary>
internal static class SampleVerb
{
    public static async Task<int> LoadAsync(CliArguments arguments, CancellationToken cancellationToken)
    {
        var size = arguments["size"] ?? "full";
        if (size is not ("full" or "small")) throw new CliUsageException("--size is full or small.");
        using var remote = RemotePortal.Find(arguments);
        if (remote is not null)
        {
            var answer = await remote.SendAsync(HttpMethod.Post, "api/v1/sample", JsonContent.Create(new { size }), cancellationToken);
            var job = answer.GetProperty("jobId").GetGuid();
            return await JobSight.FollowAsync(token => remote.JobAsync(job, token), arguments.Json, cancellationToken);
        }

        await using var portal = await OfflinePortal.OpenAsync(arguments, cancellationToken, withStorage: true);
        await portal.Migrator.MigrateAsync(cancellationToken);
        var started = await portal.Portal.SendAsync(OfflinePortal.Operator, new LoadSample(size), cancellationToken);
        if (!started.TryGet(out var load, out var problem)) throw new CliRefusedException(problem.Message);
        return await portal.RunJobAsync(load.JobId, arguments.Json, cancellationToken);
    }
}
