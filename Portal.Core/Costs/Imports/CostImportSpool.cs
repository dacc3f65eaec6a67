using System.ComponentModel.DataAnnotations;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Costs.Imports;

/// <summary>Section <c>Costs</c>.</summary>
public sealed record CostOptions
{
    /// <summary>Where uploads wait for their job; on the replica's own disk. Empty = a folder of the system's temporary directory.</summary>
    public string SpoolDirectory { get; init; } = "";

    /// <summary>Days that a file of refused rows stays for download.</summary>
    [Range(1, 365)]
    public int KeepRejectedDays { get; init; } = 7;
}

/// <summary>The files of this replica that imports read and write.</summary>
public sealed class CostImportSpool(IOptions<CostOptions> options, IOptions<JobOptions> jobs, TimeProvider clock)
{
    private const string Suffix = ".focus";
    private const string RejectedSuffix = ".rejected.csv";

    /// <summary>The replica that holds the files; its jobs are bound to it.</summary>
    public string Node => jobs.Value.Node;

    /// <summary>Readable by the portal's user only; made on first use.</summary>
    public string Directory
    {
        get
        {
            var directory = options.Value.SpoolDirectory is { Length: > 0 } set ? Path.GetFullPath(set) : Path.Combine(Path.GetTempPath(), $"hexabase-portal-spool-{Environment.UserName}");
            if (OperatingSystem.IsWindows()) System.IO.Directory.CreateDirectory(directory);
            else System.IO.Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return directory;
        }
    }

    /// <summary>The full path of a file that does not exist yet: write the upload there, then send <see cref="StartCostImport"/>.</summary>
    public string NewFile() => Path.Combine(Directory, Ids.New().ToString("N") + Suffix);

    /// <summary>Removes an upload whose import was refused.</summary>
    public void Discard(string file)
    {
        if (NameOf(file) is { } name) File.Delete(Path.Combine(Directory, name));
    }

    /// <summary>The name inside the spool; null for any other path.</summary>
    internal string? NameOf(string file) =>
        Path.GetFullPath(file) is var full && Path.GetDirectoryName(full) == Directory && full.EndsWith(Suffix, StringComparison.Ordinal) ? Path.GetFileName(full) : null;

    internal string PathOf(string name) => Path.Combine(Directory, Path.GetFileName(name));

    internal string RejectedPathOf(Guid importId) => Path.Combine(Directory, importId.ToString("N") + RejectedSuffix);

    /// <summary>Deletes uploads whose jobs have ended and files that nobody has fetched in time.</summary>
    internal async Task SweepAsync(PortalDatabase database, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var files = new DirectoryInfo(Directory).GetFiles();
        foreach (var old in files.Where(f => f.LastWriteTimeUtc < now.AddDays(-options.Value.KeepRejectedDays))) old.Delete();
        var names = files.Where(f => f.Exists && f.Name.EndsWith(Suffix, StringComparison.Ordinal)).Select(f => f.Name).Take(1000).ToList();
        if (names.Count == 0) return;
        var ended = await database.ReadAsync(
            DataScope.Platform, db => db.Set<CostImport>().Where(i => names.Contains(i.SpoolName) && db.Set<Job>().Any(j => j.Id == i.JobId && j.EndedAtUtc != null)).Select(i => i.SpoolName).ToListAsync(cancellationToken), cancellationToken);
        foreach (var name in ended) File.Delete(PathOf(name));
    }
}

/// <summary>Sweeps the spool every half minute.</summary>
internal sealed class CostSpoolSweeper(CostImportSpool spool, PortalDatabase database, TimeProvider clock, ILogger<CostSpoolSweeper> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(30), clock, stoppingToken);
                await spool.SweepAsync(database, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException || database.Engine.AsOutage(e) is not null)
            {
                log.LogWarning("The import spool cannot be swept: {Reason}", e.Message);
            }
        }
    }
}
