using System.Diagnostics;
using System.Globalization;
using Hexabase.Portal.Data.Embedded;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Data;

/// <summary>Every test runs real servers in directories of its own.</summary>
public sealed class EmbeddedPostgresTest(EmbeddedPostgresTest.Pristine pristine) : IClassFixture<EmbeddedPostgresTest.Pristine>, IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("hxp-embedded-").FullName; // Mode 0700: the server's user cannot pass.

    private string Data => Path.Combine(root, "data");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task FirstStart_MakesADurableUtf8ClusterBehindAPrivateSocket()
    {
        await using var server = await StartAsync(Data);

        (await ScalarAsync(server, "SELECT current_setting('server_encoding')||' '||current_setting('data_checksums')||' '||current_setting('fsync')||' '||current_setting('synchronous_commit')||' '||current_setting('full_page_writes')"))
            .ShouldBe("UTF8 on on on on");
        (await ScalarAsync(server, "SELECT '['||current_setting('listen_addresses')||'] '||current_setting('unix_socket_permissions')||' '||lower('ÄÖ')||' '||('a' > 'B')::text")).ShouldBe("[] 0700 äö true");
        (await ScalarAsync(server, "SELECT current_user::text||' '||datcollate||' '||datctype FROM pg_database WHERE datname='postgres'")).ShouldBe("portal_owner C C.UTF-8");
        File.Exists(Path.Combine(server.BinDirectory, "pg_dump")).ShouldBeTrue();
        if (server.MajorVersion >= 15) // Debian builds with lz4.
            (await ScalarAsync(server, "SHOW wal_compression")).ShouldBe("lz4");
        var socket = new NpgsqlConnectionStringBuilder(server.ConnectionString("portal_owner", "postgres")).Host!;
        (await Posix.OwnerAsync(socket, TestContext.Current.CancellationToken))!.Mode.ShouldBe(0x1C0);
        SessionOf(server.ProcessId).ShouldNotBe(SessionOf(Environment.ProcessId)); // Ctrl+C reaches the portal alone.
        SocketDirectory.SocketFile(socket).Length.ShouldBeLessThanOrEqualTo(107);
    }

    [Fact]
    public async Task Stop_EndsTheServer_AndTheNextStartKeepsTheData()
    {
        await pristine.CopyAsync(Data);
        var first = await StartAsync(Data);
        var processId = first.ProcessId;
        await ExecuteAsync(first, "CREATE TABLE kept AS SELECT 42 AS n");
        var socket = new NpgsqlConnectionStringBuilder(first.ConnectionString("portal_owner", "postgres")).Host!;
        await first.DisposeAsync();
        first.State.ShouldBe(EmbeddedPostgresState.Stopped);
        Posix.Signal(processId, 0).ShouldBeFalse();
        if (Environment.IsPrivilegedProcess)
            Directory.Exists(socket).ShouldBeFalse();

        await using var second = await StartAsync(Data);
        (await ScalarAsync(second, "SELECT n::text FROM kept")).ShouldBe("42");
    }

    [Fact]
    public async Task LongPathBelowAPrivateParent_Works()
    {
        var path = Path.Combine(root, "a b", new string('x', 150 - root.Length - 5));
        path.Length.ShouldBe(150);
        Posix.MakePrivateDirectory(path);
        var before = await Posix.OwnerAsync(root, TestContext.Current.CancellationToken);
        before!.Mode.ShouldBe(0x1C0);
        await using var server = await StartAsync(Path.Combine(path, "data"));

        await ExecuteAsync(server, "CREATE TABLE t AS SELECT generate_series(1, 1000) AS n; CHECKPOINT; SELECT pg_reload_conf()");
        (await ScalarAsync(server, "SELECT count(*)::text FROM t")).ShouldBe("1000");
        (await Posix.OwnerAsync(root, TestContext.Current.CancellationToken)).ShouldBe(before);
        Directory.Exists(Path.Combine(path, "data", "cluster", "base")).ShouldBeTrue();
    }

    [Fact]
    public async Task ServerKilled_IsRestartedAndKeepsWhatWasCommitted()
    {
        await pristine.CopyAsync(Data);
        await using var server = await StartAsync(Data);
        await ExecuteAsync(server, "CREATE TABLE t(n int); INSERT INTO t VALUES (1)");
        var states = new List<EmbeddedPostgresState>();
        var back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.StateChanged += (_, _) =>
        {
            states.Add(server.State);
            if (server.State == EmbeddedPostgresState.Running)
                back.TrySetResult();
        };
        var killed = server.ProcessId;

        Posix.Signal(killed, 9).ShouldBeTrue();
        await back.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        states.ShouldBe([EmbeddedPostgresState.Restarting, EmbeddedPostgresState.Running]);
        server.ProcessId.ShouldNotBe(killed);
        (await ScalarAsync(server, "SELECT count(*)::text FROM t")).ShouldBe("1");
    }

    [Fact]
    public async Task ServerKilledUnderLoad_LosesNothingThatWasAcknowledged()
    {
        await pristine.CopyAsync(Data);
        await using var server = await StartAsync(Data);
        await ExecuteAsync(server, "CREATE TABLE t(n int PRIMARY KEY)");
        var acknowledged = 0;
        var busy = ScalarAsync(server, "SELECT count(*)::text FROM generate_series(1, 2000000000) AS n"); // Does not notice by itself that its server is gone.
        var writer = Task.Run(async () =>
        {
            while (true)
            {
                await ScalarAsync(server, $"INSERT INTO t VALUES ({acknowledged + 1})");
                acknowledged++;
            }
        });
        while (acknowledged < 20)
            await Task.Delay(5, TestContext.Current.CancellationToken);

        var killed = server.ProcessId;
        Posix.Signal(killed, 9).ShouldBeTrue();
        await Should.ThrowAsync<NpgsqlException>(() => writer);
        await Should.ThrowAsync<NpgsqlException>(() => busy);
        while (server.ProcessId == killed || server.State != EmbeddedPostgresState.Running)
            await Task.Delay(5, TestContext.Current.CancellationToken);

        var rows = int.Parse((await ScalarAsync(server, "SELECT count(*)::text FROM t"))!, CultureInfo.InvariantCulture);
        rows.ShouldBeInRange(acknowledged, acknowledged + 1); // The last one may have been committed without the answer getting through.
    }

    [Fact]
    public async Task PortalKilled_ServerLeftRunningIsStoppedAndStartedAgain()
    {
        await pristine.CopyAsync(Data);
        var leftover = await StartLeftoverAsync(); // A postmaster that no portal supervises, as after kill -9 of the portal.
        await using var server = await StartAsync(Data);

        server.ProcessId.ShouldNotBe(leftover.Id);
        leftover.HasExited.ShouldBeTrue();
        (await ScalarAsync(server, "SELECT 'up'")).ShouldBe("up");
    }

    [Fact]
    public async Task PortalAndServerKilled_StaleLockFilesOfALivingProcessDoNotStopTheStart()
    {
        await pristine.CopyAsync(Data);
        using (var leftover = await StartLeftoverAsync())
        {
            Posix.Signal(leftover.Id, 9).ShouldBeTrue();
            await leftover.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        // The worst case: the recorded process number belongs to another living program by now.
        var pidFile = Path.Combine(Data, "cluster", "postmaster.pid");
        var lines = await File.ReadAllLinesAsync(pidFile, TestContext.Current.CancellationToken);
        lines[0] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllLinesAsync(pidFile, lines, TestContext.Current.CancellationToken);
        await using var server = await StartAsync(Data);

        (await ScalarAsync(server, "SELECT 'up'")).ShouldBe("up");
    }

    [Fact]
    public async Task SecondPortal_IsRefusedAndTheFirstGoesOn()
    {
        await pristine.CopyAsync(Data);
        await using var server = await StartAsync(Data);
        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(() => StartAsync(Data));

        refusal.Fault.ShouldBe(EmbeddedPostgresFault.InUse);
        refusal.Message.ShouldContain($"process {Environment.ProcessId}");
        refusal.Message.ShouldContain(Data);
        (await ScalarAsync(server, "SELECT 'up'")).ShouldBe("up");
    }

    [Fact]
    public async Task BinariesMissing_NamesThePackageAndTheSetting()
    {
        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(() => StartAsync(Data, bin: root));

        refusal.Fault.ShouldBe(EmbeddedPostgresFault.BinariesMissing);
        refusal.Message.ShouldContain("\"postgresql\"");
        refusal.Message.ShouldContain("Database:Embedded:BinDirectory");
    }

    [Theory]
    [InlineData("99")]
    [InlineData("9")]
    public async Task OtherMajorVersion_IsRefusedAndNothingIsHarmed(string version)
    {
        await pristine.CopyAsync(Data);
        var file = Path.Combine(Data, "cluster", "PG_VERSION");
        var original = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(file, version + "\n", TestContext.Current.CancellationToken);
        var control = Path.Combine(Data, "cluster", "global", "pg_control");
        var before = await File.ReadAllBytesAsync(control, TestContext.Current.CancellationToken);

        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(() => StartAsync(Data));

        refusal.Fault.ShouldBe(EmbeddedPostgresFault.VersionMismatch);
        refusal.Message.ShouldContain($"PostgreSQL {version}");
        refusal.Message.ShouldContain($"PostgreSQL {original.Trim()}");
        refusal.Message.ShouldContain($"\"postgresql-{version}\"");
        (await File.ReadAllBytesAsync(control, TestContext.Current.CancellationToken)).ShouldBe(before);
        await File.WriteAllTextAsync(file, original, TestContext.Current.CancellationToken);
        await using var server = await StartAsync(Data);
        (await ScalarAsync(server, "SELECT 'up'")).ShouldBe("up");
    }

    [Fact]
    public async Task CrashDuringInitialization_IsBegunAnew()
    {
        Directory.CreateDirectory(Path.Combine(Data, "cluster.new", "base"));
        await using var server = await StartAsync(Data);

        (await ScalarAsync(server, "SELECT 'up'")).ShouldBe("up");
        Directory.Exists(Path.Combine(Data, "cluster.new")).ShouldBeFalse();
    }

    [Fact]
    public async Task ForeignSocketDirectory_IsRefused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "An ordinary user's socket lies inside the data directory, where nobody else can prepare anything.");
        await pristine.CopyAsync(Data);
        var server = await StartAsync(Data);
        var socket = new NpgsqlConnectionStringBuilder(server.ConnectionString("portal_owner", "postgres")).Host!;
        await server.DisposeAsync();
        Directory.CreateSymbolicLink(socket, root);
        try
        {
            var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(() => StartAsync(Data));
            refusal.Message.ShouldContain(socket);
        }
        finally
        {
            File.Delete(socket);
        }
    }

    [Fact]
    public async Task BadSetting_SaysWhatTheServerSaid()
    {
        await pristine.CopyAsync(Data);
        var options = new EmbeddedPostgresOptions { DataDirectory = Data, Settings = new Dictionary<string, string> { ["work_mem"] = "much" } };
        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(() => EmbeddedPostgres.StartAsync(options, NullLogger.Instance, TestContext.Current.CancellationToken));

        refusal.Fault.ShouldBe(EmbeddedPostgresFault.CannotStart);
        refusal.Message.ShouldContain("work_mem");
    }

    // proc(5): the sixth field; the second one, the name, stands in parentheses and may hold blanks.
    private static string SessionOf(int processId) => File.ReadAllText($"/proc/{processId}/stat").Split(") ")[^1].Split(' ')[3];

    private static Task<EmbeddedPostgres> StartAsync(string data, string? bin = null) => EmbeddedPostgres.StartAsync(
        new EmbeddedPostgresOptions { DataDirectory = data, BinDirectory = bin, SharedBuffersMegabytes = 16, MaxConnections = 20 },
        NullLogger.Instance,
        TestContext.Current.CancellationToken);

    private async Task<PostgresProcess> StartLeftoverAsync()
    {
        var token = TestContext.Current.CancellationToken;
        var cluster = await PostgresCluster.PrepareAsync(Data, null, NullLogger.Instance, token);
        var socket = await SocketDirectory.PrepareAsync(Data, cluster.User, token);
        var options = new EmbeddedPostgresOptions { DataDirectory = Data, SharedBuffersMegabytes = 16, MaxConnections = 20 };
        var process = PostgresProcess.Start(cluster, Path.Combine(Data, "startup.log"), ServerSettings.For(options, socket, lz4: false));
        while (!File.Exists(SocketDirectory.SocketFile(socket)))
            await Task.Delay(10, token);
        return process;
    }

    private static async Task ExecuteAsync(EmbeddedPostgres server, string sql)
    {
        foreach (var statement in sql.Split(';'))
            await ScalarAsync(server, statement);
    }

    private static async Task<string?> ScalarAsync(EmbeddedPostgres server, string sql)
    {
        var connectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString("portal_owner", "postgres")) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))?.ToString();
    }

    /// <summary>A cluster that was made and stopped once; tests about later starts begin with a copy of it.</summary>
    public sealed class Pristine : IAsyncLifetime
    {
        private readonly string data = Directory.CreateTempSubdirectory("hxp-pristine-").FullName;

        public async ValueTask InitializeAsync() => await (await StartAsync(data)).DisposeAsync();

        public async Task CopyAsync(string destination) =>
            (await Posix.RunAsync("/bin/cp", ["-a", "--", data, destination], TestContext.Current.CancellationToken)).ShouldBe((0, ""));

        public ValueTask DisposeAsync()
        {
            Directory.Delete(data, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
