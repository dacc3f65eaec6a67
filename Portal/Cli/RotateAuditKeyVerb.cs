using System.Text.Json;
using Hexabase.Portal.Audit.Persons;

namespace Hexabase.Portal.Cli;

/// <summary><c>portal rotate-audit-key</c></summary>
internal static class RotateAuditKeyVerb
{
    public static async Task<int> RunAsync(CliArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments["make"] is { } file) return await MakeAsync(file, arguments, cancellationToken);
        using var remote = RemotePortal.Find(arguments);
        if (remote is not null)
        {
            var answer = await remote.SendAsync(HttpMethod.Post, "api/v1/audit/key-rotations", null, cancellationToken);
            var job = answer.GetProperty("jobId").GetGuid();
            return await JobSight.FollowAsync(token => remote.JobAsync(job, token), arguments.Json, cancellationToken);
        }

        await using var portal = await OfflinePortal.OpenAsync(arguments, cancellationToken, withStorage: true);
        await portal.Migrator.MigrateAsync(cancellationToken);
        var started = await portal.Portal.SendAsync(OfflinePortal.Operator, new RotateAuditKey(), cancellationToken);
        if (!started.TryGet(out var id, out var problem)) throw new CliRefusedException(problem.Message);
        return await portal.RunJobAsync(id, arguments.Json, cancellationToken);
    }

    /// <summary>The next key beside the current one; nothing uses it until the settings say so.</summary>
    private static async Task<int> MakeAsync(string file, CliArguments arguments, CancellationToken cancellationToken)
    {
        if (File.Exists(file)) throw new CliRefusedException($"{file} exists; a key is never overwritten.");
        await using var portal = await OfflinePortal.OpenAsync(arguments, cancellationToken, withStorage: true);
        Kernel.OwnFile.ReadOrCreate(file, portal.Service<AuditMasterKey>().MakeNext);
        await Console.Out.WriteLineAsync(arguments.Json ? JsonSerializer.Serialize(new { file }) : $"{file} holds the next master key. Set it as the current one and the old one as a previous one, restart, then: portal rotate-audit-key");
        return 0;
    }
}
