using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Hexabase.Portal.Data.Embedded;

/// <summary>
/// A PostgreSQL server owned by the portal: made on first start, reachable through a private Unix socket only, restarted when it dies, stopped with the portal.
/// A start after a crash of portal, server or both recovers by itself.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Stable = TimeSpan.FromMinutes(1);
    private readonly CancellationTokenSource stopping = new();
    private readonly EmbeddedPostgresOptions options;
    private readonly ILogger logger;
    private readonly string dataDirectory;
    private readonly FileStream directoryLock;
    private readonly PostgresCluster cluster;
    private readonly string socketDirectory;
    private readonly bool lz4;
    private Task supervision = Task.CompletedTask;
    private volatile EmbeddedPostgresState state;
    private volatile int processId;
    private int disposed;

    private EmbeddedPostgres(EmbeddedPostgresOptions options, ILogger logger, string dataDirectory, FileStream directoryLock, PostgresCluster cluster, string socketDirectory, bool lz4)
    {
        (this.options, this.logger, this.dataDirectory) = (options, logger, dataDirectory);
        (this.directoryLock, this.cluster, this.socketDirectory, this.lz4) = (directoryLock, cluster, socketDirectory, lz4);
    }

    /// <summary>Raised after <see cref="State"/> has changed, on a thread of the pool. Handlers must be quick and must not throw.</summary>
    public event EventHandler? StateChanged;

    /// <summary>Whether the server accepts connections; connections fail at once while it does not.</summary>
    public EmbeddedPostgresState State => state;

    /// <summary>Major version of the server, for example 15.</summary>
    public int MajorVersion => cluster.Binaries.MajorVersion;

    /// <summary>Directory of <c>pg_dump</c>, <c>pg_restore</c> and <c>psql</c> of the server's own version.</summary>
    public string BinDirectory => cluster.Binaries.Directory;

    /// <summary>Process number of the running server; it changes with every restart.</summary>
    public int ProcessId => processId;

    /// <summary>
    /// Starts the server and returns when it accepts connections, after recovery if one was needed. Throws <see cref="EmbeddedPostgresException"/>
    /// with a message for the operator; the data is untouched then.
    /// </summary>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!OperatingSystem.IsLinux())
            throw new EmbeddedPostgresException(EmbeddedPostgresFault.CannotStart, "The embedded PostgreSQL runs on Linux. Set Database:Provider to PostgreSql or SqlServer with a connection string.");
        var path = Path.GetFullPath(options.DataDirectory).TrimEnd('/');
        Posix.MakePrivateDirectory(path);
        path = Posix.RealPath(path);
        var directoryLock = DataDirectoryLock.Take(path);
        string? socket = null;
        try
        {
            var cluster = await PostgresCluster.PrepareAsync(path, options.BinDirectory, logger, cancellationToken);
            socket = await SocketDirectory.PrepareAsync(path, cluster.User, cancellationToken);
            var server = new EmbeddedPostgres(options, logger, path, directoryLock, cluster, socket, await cluster.Binaries.HasLz4Async(cancellationToken));
            server.supervision = server.SuperviseAsync(await server.LaunchAsync(cancellationToken));
            return server;
        }
        catch
        {
            if (socket is not null)
                SocketDirectory.Remove(socket, path);
            await directoryLock.DisposeAsync();
            throw;
        }
    }

    /// <summary>Npgsql connection string of a role and database on this server.</summary>
    public string ConnectionString(string user, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = socketDirectory,
        Port = SocketDirectory.Port,
        Username = user,
        Database = database,
    }.ConnectionString;

    /// <summary>Fast shutdown of the server: open transactions roll back, committed ones are on disk. Returns when it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        await stopping.CancelAsync();
        await supervision;
        SetState(EmbeddedPostgresState.Stopped);
        SocketDirectory.Remove(socketDirectory, dataDirectory);
        await directoryLock.DisposeAsync();
        stopping.Dispose();
    }

    private async Task SuperviseAsync(PostgresProcess first)
    {
        var server = first;
        var backoff = FirstBackoff;
        while (true)
        {
            var running = Stopwatch.StartNew();
            if (!await EndedByItselfAsync(server))
            {
                await server.StopAsync(logger);
                server.Dispose();
                return;
            }

            logger.LogError("PostgreSQL (process {ProcessId}) ended unexpectedly with exit code {ExitCode}; starting it again", server.Id, server.ExitCode);
            server.Dispose();
            SetState(EmbeddedPostgresState.Restarting);
            if (running.Elapsed > Stable)
                backoff = FirstBackoff;
            PostgresProcess? next = null;
            while (next is null)
            {
                try
                {
                    await Task.Delay(backoff, stopping.Token);
                    backoff = backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;
                    next = await LaunchAsync(stopping.Token);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
                catch (Exception e) when (e is EmbeddedPostgresException or IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
                {
                    logger.LogError(e, "PostgreSQL cannot be started; the next attempt follows in {Seconds} s", backoff.TotalSeconds);
                }
            }

            server = next;
        }
    }

    private async Task<bool> EndedByItselfAsync(PostgresProcess server)
    {
        try
        {
            await server.WaitForExitAsync(stopping.Token);
            return !stopping.IsCancellationRequested;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<PostgresProcess> LaunchAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.StartNew();
        await PostgresProcess.ClearLeftoversAsync(cluster.Path, socketDirectory, logger, cancellationToken);
        var startupLog = Path.Combine(dataDirectory, "startup.log");
        var process = PostgresProcess.Start(cluster, startupLog, ServerSettings.For(options, socketDirectory, lz4));
        try
        {
            await ReadyAsync(process, startupLog, cancellationToken);
        }
        catch
        {
            await process.StopAsync(logger);
            process.Dispose();
            throw;
        }

        processId = process.Id;
        SetState(EmbeddedPostgresState.Running);
        logger.LogInformation("PostgreSQL {Version} is ready after {Milliseconds} ms (process {ProcessId}, data in {Directory})", MajorVersion, started.ElapsedMilliseconds, process.Id, cluster.Path);
        return process;
    }

    // No time limit while the server lives: recovery after a crash takes as long as the log is, and giving up on it would only begin it again.
    private async Task ReadyAsync(PostgresProcess process, string startupLog, CancellationToken cancellationToken)
    {
        var connectionString = new NpgsqlConnectionStringBuilder(ConnectionString(PostgresCluster.Superuser, "postgres")) { Pooling = false }.ConnectionString;
        var lastWord = Stopwatch.StartNew();
        while (true)
        {
            if (process.HasExited)
            {
                var said = File.Exists(startupLog) ? (await File.ReadAllTextAsync(startupLog, cancellationToken)).Trim() : "";
                throw new EmbeddedPostgresException(EmbeddedPostgresFault.CannotStart,
                    $"PostgreSQL ended while starting (exit code {process.ExitCode}). It said: {said} See also {Path.Combine(cluster.Path, "log")}.");
            }

            try
            {
                if (File.Exists(SocketDirectory.SocketFile(socketDirectory)))
                {
                    await using var connection = new NpgsqlConnection(connectionString);
                    await connection.OpenAsync(cancellationToken);
                    return;
                }
            }
            catch (NpgsqlException e)
            {
                if (lastWord.Elapsed > TimeSpan.FromSeconds(10))
                {
                    logger.LogInformation("Waiting for PostgreSQL: {Reason}", e.Message);
                    lastWord.Restart();
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), cancellationToken);
        }
    }

    private void SetState(EmbeddedPostgresState next)
    {
        state = next;
        StateChanged?.Invoke(this, EventArgs.Empty);
    }
}
