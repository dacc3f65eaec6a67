using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Hexabase.Portal.Data.Embedded;
using Hexabase.Portal.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(TestServer))]

namespace Hexabase.Portal.Support;

/// <summary>
/// One private PostgreSQL cluster for the whole test run, started by the first test that asks for a database and removed at the end.
/// Take it as a constructor parameter of the test class. Clusters of runs that were killed are removed by the next run.
/// </summary>
public sealed class TestServer : IAsyncLifetime
{
    /// <summary>The role that owns every database.</summary>
    public const string Owner = "portal_owner";

    /// <summary>Where the keys of the test run's audit logs lie; one place, because portals on the same database need the same.</summary>
    public static string KeysDirectory { get; } = Path.Combine(Path.GetTempPath(), $"hexabase-portal-tests-{Environment.UserName}-keys");

    private static readonly string AllRuns = Path.Combine(Path.GetTempPath(), $"hexabase-portal-tests-{Environment.UserName}");
    private readonly string directory = Path.Combine(AllRuns, $"{Environment.ProcessId}");
    private readonly SemaphoreSlim starting = new(1, 1);
    private readonly SemaphoreSlim creating = new(1, 1);
    private readonly ConcurrentDictionary<string, Lazy<Task>> templates = new(StringComparer.Ordinal);
    private EmbeddedPostgres? server;
    private int databases;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The server; started on first use.</summary>
    public async Task<EmbeddedPostgres> ServerAsync()
    {
        await starting.WaitAsync();
        try
        {
            if (server is null)
            {
                await RemoveKilledRunsAsync();
                server = await EmbeddedPostgres.StartAsync(
                    new EmbeddedPostgresOptions { DataDirectory = directory, SharedBuffersMegabytes = 128, MaxConnections = 500, UnsafeWithoutDurability = true },
                    NullLogger.Instance,
                    CancellationToken.None);
            }

            return server;
        }
        finally
        {
            starting.Release();
        }
    }

    /// <summary>Makes an empty database, or a copy of a template; returns the owner's connection string.</summary>
    public async Task<string> CreateDatabaseAsync(string? template = null)
    {
        var postgres = await ServerAsync();
        var name = $"test_{Interlocked.Increment(ref databases)}";
        await ExecuteAsync(template is null ? $"CREATE DATABASE {name}" : $"CREATE DATABASE {name} TEMPLATE \"{template}\"");
        return postgres.ConnectionString(Owner, name);
    }

    /// <summary>Connection string of another role for a database that <see cref="CreateDatabaseAsync"/> returned.</summary>
    public static string ConnectionString(string ownerConnectionString, string role) =>
        new NpgsqlConnectionStringBuilder(ownerConnectionString) { Username = role }.ConnectionString;

    /// <summary>Builds a template database once per run, whoever asks first; then closes it for connections so that it can be copied.</summary>
    /// <param name="name">Name of the template.</param>
    /// <param name="build">Fills it through the owner's connection string (which does not pool).</param>
    public Task EnsureTemplateAsync(string name, Func<string, Task> build) =>
        templates.GetOrAdd(name, _ => new Lazy<Task>(() => BuildTemplateAsync(name, build))).Value;

    public async ValueTask DisposeAsync()
    {
        if (server is null)
            return;
        NpgsqlConnection.ClearAllPools();
        await server.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private async Task BuildTemplateAsync(string name, Func<string, Task> build)
    {
        var postgres = await ServerAsync();
        await ExecuteAsync($"CREATE DATABASE \"{name}\"");
        await build(new NpgsqlConnectionStringBuilder(postgres.ConnectionString(Owner, name)) { Pooling = false }.ConnectionString);
        await ExecuteAsync($"ALTER DATABASE \"{name}\" WITH ALLOW_CONNECTIONS false IS_TEMPLATE true");
        await ExecuteAsync($"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'");
    }

    // One at a time: PostgreSQL refuses to copy a template that another CREATE DATABASE is reading when the wait for it is too long.
    private async Task ExecuteAsync(string sql)
    {
        var postgres = await ServerAsync();
        await creating.WaitAsync();
        try
        {
            await using var connection = new NpgsqlConnection(postgres.ConnectionString(Owner, "postgres"));
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
        finally
        {
            creating.Release();
        }
    }

    private static async Task RemoveKilledRunsAsync()
    {
        Posix.MakePrivateDirectory(AllRuns);
        FileStream alone;
        try
        {
            alone = new FileStream(Path.Combine(AllRuns, "removing.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            // Another run that started at the same moment is removing them; two would trip over each other's deletions.
            return;
        }

        await using var held = alone;
        foreach (var run in Directory.GetDirectories(Posix.RealPath(AllRuns)))
        {
            if (int.TryParse(Path.GetFileName(run), NumberStyles.None, CultureInfo.InvariantCulture, out var processId) && IsAlive(processId))
                continue;
            var cluster = Path.Combine(run, "cluster");
            var socket = await SocketDirectory.PrepareAsync(run, await ServerUser.ForAsync(cluster, CancellationToken.None), CancellationToken.None);
            await PostgresProcess.ClearLeftoversAsync(cluster, socket, NullLogger.Instance, CancellationToken.None);
            SocketDirectory.Remove(socket, run);
            try
            {
                Directory.Delete(run, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // Another run that starts at the same moment removes it too.
            }
        }
    }

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.ProcessName.Contains("Portal", StringComparison.Ordinal) || process.ProcessName.Contains("dotnet", StringComparison.Ordinal)
                || process.ProcessName.Contains("testhost", StringComparison.Ordinal);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
