using Npgsql;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Support;

public sealed class TestServerTest(TestServer server)
{
    [Fact]
    public async Task Template_IsBuiltOnceAndCopied()
    {
        var built = 0;
        async Task BuildAsync(string connectionString)
        {
            Interlocked.Increment(ref built);
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("CREATE TABLE t AS SELECT 7 AS n", connection);
            await command.ExecuteNonQueryAsync();
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => server.EnsureTemplateAsync("test_server_template", BuildAsync)));
        var copies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => server.CreateDatabaseAsync("test_server_template")));

        built.ShouldBe(1);
        copies.Distinct(StringComparer.Ordinal).Count().ShouldBe(4);
        foreach (var copy in copies)
        {
            await using var connection = new NpgsqlConnection(copy);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("SELECT n FROM t", connection);
            (await command.ExecuteScalarAsync()).ShouldBe(7);
        }
    }
}
