using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Hosting;

/// <summary>Section <c>Backup</c>: of the embedded database only; outside servers have backups of their own.</summary>
public sealed record BackupOptions
{
    /// <summary>0 = no backups.</summary>
    [Range(0, 24 * 31)]
    public int IntervalHours { get; init; } = 4;

    [Range(1, 3650)]
    public int KeepDays { get; init; } = 30;

    /// <summary>Empty = <c>backups</c> below the data directory.</summary>
    public string Directory { get; init; } = "";
}

/// <summary>
/// Writes a backup of the embedded database when the newest is older than the interval, so that a restart neither skips nor doubles one, and removes those that are
/// too old. Each is an audit entry, a failed one too.
/// </summary>
internal sealed class Backups(PortalGround ground, IPortal portal, IOptions<BackupOptions> options, TimeProvider clock, ILogger<Backups> log) : BackgroundService
{
    private const string Prefix = "portal-";
    private const string Suffix = ".dump";
    private const string Stamp = "yyyyMMdd'T'HHmmss'Z'";
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);
    private static readonly Actor Actor = Actor.System("backup");

    /// <summary>Where the backups lie; readable by the portal's user only.</summary>
    public string Directory => options.Value.Directory is { Length: > 0 } set ? Path.GetFullPath(set) : Path.Combine(ground.DataDirectory, "backups");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (ground.Provider != DatabaseProvider.Embedded || options.Value.IntervalHours == 0) return;
        using var timer = new PeriodicTimer(Pause, clock);
        try
        {
            // The first look comes a pause after the start: a start should be quick.
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (Newest() is not { } newest || clock.GetUtcNow().UtcDateTime >= newest.AddHours(options.Value.IntervalHours)) await RunOnceAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The portal stops; pg_dump was stopped with it.
        }
    }

    /// <summary>One backup now; its file, or null after a failure that is logged and audited.</summary>
    public async Task<string?> RunOnceAsync(CancellationToken cancellationToken)
    {
        var file = Path.Combine(Directory, Prefix + clock.GetUtcNow().UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture) + Suffix);
        string? complaint;
        try
        {
            if (OperatingSystem.IsWindows()) System.IO.Directory.CreateDirectory(Directory);
            else System.IO.Directory.CreateDirectory(Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            complaint = await PostgresTools.DumpAsync(ground.ToolDirectory, ground.ConnectionString, file, cancellationToken);
            if (complaint is null) RemoveOld();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PortalStartException)
        {
            complaint = e.Message;
        }

        if (complaint is not null) log.LogError("The backup {File} failed and is tried again: {Reason}", Path.GetFileName(file), complaint);
        var size = complaint is null ? new FileInfo(file).Length : 0;
        var recorded = await portal.SendAsync(Actor, new RecordBackup(Path.GetFileName(file), size, complaint), cancellationToken);
        // A failed backup is recorded by a refusal.
        if (complaint is null && recorded.Problem is { } problem) log.LogWarning("The backup {File} is written but not audited: {Reason}", Path.GetFileName(file), problem.Message);
        return complaint is null ? file : null;
    }

    private DateTime? Newest() => Files().Select(f => (DateTime?)f.AtUtc).Max();

    private void RemoveOld()
    {
        var before = clock.GetUtcNow().UtcDateTime.AddDays(-options.Value.KeepDays);
        foreach (var (path, _) in Files().Where(f => f.AtUtc < before).ToList()) File.Delete(path);
    }

    /// <summary>Only files of our own naming: what else lies there is not ours to count or remove.</summary>
    private IEnumerable<(string Path, DateTime AtUtc)> Files()
    {
        if (!System.IO.Directory.Exists(Directory)) yield break;
        foreach (var path in System.IO.Directory.EnumerateFiles(Directory, $"{Prefix}*{Suffix}"))
        {
            if (DateTime.TryParseExact(Path.GetFileName(path)[Prefix.Length..^Suffix.Length], Stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)) yield return (path, at);
        }
    }
}

/// <summary>Leaves the audit entry of a backup.</summary>
/// <param name="Complaint">Why it failed; null = it is there.</param>
internal sealed record RecordBackup(string File, long SizeBytes, string? Complaint) : Command<Done>
{
    public override string Action => "backup.create";

    public override Permission? Permission => new("platform", "backup");

    public override Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        scope.Audit("backup", Guid.Empty, File, newValue: new { SizeBytes });
        return Task.FromResult<Result<Done>>(Complaint is null ? new Done() : Problem.Refused("backup.failed", Complaint));
    }
}

internal static class BackupsModule
{
    public static void AddBackups(this IServiceCollection services)
    {
        services.AddOptions<BackupOptions>().BindConfiguration("Backup").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Backups>();
        services.AddHostedService(provider => provider.GetRequiredService<Backups>());
    }
}
