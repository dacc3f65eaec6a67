using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Hexabase.Portal.Data.Embedded;

/// <summary>One running postmaster, and what an earlier one may have left behind.</summary>
internal sealed class PostgresProcess : IDisposable
{
    /// <summary>
    /// PGDATA as the server sees it. Root opens the cluster directory and passes it on as a descriptor; the way through /proc needs no right on the directories
    /// above, so the cluster works below a 0700 directory such as /root without opening that to the server's user, and at any length of path.
    /// </summary>
    internal const string ClusterByDescriptor = "/proc/self/fd/9";

    private static readonly TimeSpan FastShutdown = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan OrphansLeaveAlone = TimeSpan.FromSeconds(1);
    private readonly Process process;

    private PostgresProcess(Process process) => this.process = process;

    internal int Id => process.Id;

    internal bool HasExited => process.HasExited;

    internal int ExitCode => process.ExitCode;

    /// <summary>
    /// Starts the server in a session of its own, so that Ctrl+C in the portal's terminal reaches the portal alone, and detached from the portal's streams.
    /// What it says before its own log opens goes to <paramref name="startupLog"/>.
    /// </summary>
    internal static PostgresProcess Start(PostgresCluster cluster, string startupLog, IEnumerable<string> settings)
    {
        var command = new List<string> { cluster.Binaries.Postgres, "-D", ClusterByDescriptor };
        foreach (var setting in settings)
            command.AddRange(["-c", setting]);
        var arguments = Script("log=$1; shift; exec </dev/null >\"$log\" 2>&1; exec /usr/bin/setsid", cluster.Path, cluster.User, command, startupLog);
        var process = new Process { StartInfo = Posix.StartInfo("/bin/sh", arguments) };
        process.Start();
        process.StandardInput.Close();
        return new PostgresProcess(process);
    }

    /// <summary>Arguments for <c>sh</c>: opens the directory as descriptor 9, then runs <paramref name="launcher"/> followed by the command as the user.</summary>
    internal static IEnumerable<string> Script(string launcher, string directory, ServerUser user, IEnumerable<string> command, params string[] parameters) =>
        ["-c", $"exec 9<\"$1\"; shift; {launcher} \"$@\"", "sh", directory, .. parameters, .. user.Prefix, .. command];

    /// <summary>Completes when the server has ended.</summary>
    internal Task WaitForExitAsync(CancellationToken cancellationToken) => process.WaitForExitAsync(cancellationToken);

    /// <summary>
    /// Fast shutdown: rolls back what is open, writes a checkpoint and ends. After a minute the server is told to leave without the checkpoint,
    /// which costs a recovery at the next start and loses nothing.
    /// </summary>
    internal async Task StopAsync(ILogger logger)
    {
        if (process.HasExited)
            return;
        Posix.Signal(process.Id, Posix.SigInt);
        try
        {
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(FastShutdown);
        }
        catch (TimeoutException)
        {
            logger.LogWarning("PostgreSQL did not finish its shutdown within {Seconds} s; it recovers at the next start", FastShutdown.TotalSeconds);
            Posix.Signal(process.Id, Posix.SigQuit);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>
    /// Ends what a killed portal or a killed server left running on the cluster, and removes its lock files (their process numbers may belong to other programs by now,
    /// which PostgreSQL would take for a running server). The caller holds the lock of the data directory.
    /// </summary>
    internal static async Task ClearLeftoversAsync(string clusterPath, string socketDirectory, ILogger logger, CancellationToken cancellationToken)
    {
        var pidFile = Path.Combine(clusterPath, "postmaster.pid");
        var since = Stopwatch.StartNew();
        var told = false;
        for (var running = Running(clusterPath); running.Count > 0; running = Running(clusterPath))
        {
            var postmaster = running.Find(id => id == ReadPid(pidFile));
            if (!told && postmaster != 0)
            {
                logger.LogWarning("A PostgreSQL server (process {ProcessId}) is left from a portal that was killed; stopping it before the start", postmaster);
                Posix.Signal(postmaster, Posix.SigInt);
                told = true;
            }
            else if (since.Elapsed > (postmaster != 0 ? FastShutdown : OrphansLeaveAlone))
            {
                running.ForEach(static id => Posix.Signal(id, Posix.SigQuit));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }

        File.Delete(pidFile);
        SocketDirectory.DeleteSocket(socketDirectory);
    }

    /// <inheritdoc/>
    public void Dispose() => process.Dispose();

    // Every process of a server has PGDATA as its working directory. Ended ones that nobody has collected have none, and are not found.
    private static List<int> Running(string clusterPath)
    {
        var found = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                continue;
            try
            {
                if (File.ReadAllText(directory + "/comm").Trim() is "postgres" && string.Equals(new FileInfo(directory + "/cwd").LinkTarget, clusterPath, StringComparison.Ordinal))
                    found.Add(id);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
            {
                // Ended while we looked, or another user's: not a server on a cluster of ours.
            }
        }

        return found;
    }

    private static int ReadPid(string pidFile) =>
        File.Exists(pidFile) && int.TryParse(File.ReadLines(pidFile).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
}
