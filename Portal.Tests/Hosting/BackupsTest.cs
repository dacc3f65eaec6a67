using Hexabase.Portal.Support;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Hosting;

public sealed class BackupsTest(TestServer server, TestPortal portal) : IClassFixture<TestPortal>
{
    [Fact]
    public async Task Backup_RestoresIntoAnotherDatabaseRowByRow()
    {
        await portal.CreateOrganizationAsync("Kept safe");
        var file = Path.Combine(Path.GetTempPath(), $"hexabase-portal-backup-{Kernel.Ids.New():N}.dump");
        var tools = (await server.ServerAsync()).BinDirectory;
        var other = await server.CreateDatabaseAsync();
        try
        {
            (await PostgresTools.DumpAsync(tools, portal.ConnectionString, file, TestContext.Current.CancellationToken)).ShouldBeNull();
            (await PostgresTools.RestoreAsync(tools, other, file, TestContext.Current.CancellationToken)).ShouldBeNull();

            var restored = await CountsAsync(other);
            restored.ShouldBe(await CountsAsync(portal.ConnectionString));
            restored["organizations"].ShouldBe(1);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task BackupThatFails_LeavesNoFileAndSaysWhy()
    {
        var file = Path.Combine(Path.GetTempPath(), $"hexabase-portal-backup-{Kernel.Ids.New():N}.dump");
        var nowhere = new NpgsqlConnectionStringBuilder(portal.ConnectionString) { Database = "not_there" }.ConnectionString;

        (await PostgresTools.DumpAsync((await server.ServerAsync()).BinDirectory, nowhere, file, TestContext.Current.CancellationToken)).ShouldNotBeNull().ShouldContain("not_there");

        File.Exists(file).ShouldBeFalse();
        File.Exists(file + ".partial").ShouldBeFalse();
    }

    private static async Task<SortedDictionary<string, long>> CountsAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var names = new List<string>();
        await using (var tables = new NpgsqlCommand("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", connection))
        await using (var reader = await tables.ExecuteReaderAsync(TestContext.Current.CancellationToken))
            while (await reader.ReadAsync(TestContext.Current.CancellationToken)) names.Add(reader.GetString(0));
        foreach (var name in names)
        {
            await using var count = new NpgsqlCommand($"SELECT count(*) FROM \"{name}\"", connection);
            counts[name] = (long)(await count.ExecuteScalarAsync(TestContext.Current.CancellationToken) ?? 0L);
        }

        return counts;
    }
}
