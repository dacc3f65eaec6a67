using System.ComponentModel.DataAnnotations;
using Hexabase.Portal.Kernel;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Audit.Export;

/// <summary>Section <c>Audit:Export</c>.</summary>
public sealed record AuditExportOptions
{
    /// <summary>Where finished exports wait to be fetched; set by the host to <c>audit-exports/</c> in the data directory. Empty = a folder of the system's temporary directory.</summary>
    public string Directory { get; init; } = "";

    /// <summary>Days that a file stays.</summary>
    [Range(1, 365)]
    public int KeepDays { get; init; } = 7;

    /// <summary>Rows of an XLSX sheet, the names of the columns included: what spreadsheets open, or less where their computers are small.</summary>
    [Range(2, SheetFile.MaxRows)]
    public int SheetRows { get; init; } = SheetFile.MaxRows;
}

/// <summary>The exports on this replica's disk, named by their jobs.</summary>
public sealed class AuditExportFiles(IOptions<AuditExportOptions> options, IOptions<JobOptions> jobs, TimeProvider clock)
{
    private const string Unfinished = ".part";

    /// <summary>The replica that holds the files; its jobs are bound to it.</summary>
    public string Node => jobs.Value.Node;

    /// <summary>A finished export by its job; null where it is not here (any more).</summary>
    public string? Find(Guid jobId) => new DirectoryInfo(Directory()).EnumerateFiles($"{jobId:N}.*").FirstOrDefault(f => f.Extension != Unfinished)?.FullName;

    /// <summary>Where the job writes; <see cref="Finish"/> makes it visible.</summary>
    internal string Begin(Guid jobId)
    {
        Sweep();
        return Path.Combine(Directory(), $"{jobId:N}{Unfinished}");
    }

    internal string Finish(Guid jobId, string extension)
    {
        var path = Path.Combine(Directory(), $"{jobId:N}.{extension}");
        File.Move(Path.Combine(Directory(), $"{jobId:N}{Unfinished}"), path, overwrite: true);
        return path;
    }

    internal void Discard(Guid jobId) => File.Delete(Path.Combine(Directory(), $"{jobId:N}{Unfinished}"));

    /// <summary>Readable by the portal's user only: exports hold personal data.</summary>
    private string Directory()
    {
        var directory = options.Value.Directory is { Length: > 0 } set ? Path.GetFullPath(set) : Path.Combine(Path.GetTempPath(), $"hexabase-portal-audit-exports-{Environment.UserName}");
        if (OperatingSystem.IsWindows()) System.IO.Directory.CreateDirectory(directory);
        else System.IO.Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return directory;
    }

    private void Sweep()
    {
        var limit = clock.GetUtcNow().UtcDateTime.AddDays(-options.Value.KeepDays);
        foreach (var old in new DirectoryInfo(Directory()).GetFiles().Where(f => f.LastWriteTimeUtc < limit)) old.Delete();
    }
}
