using System.Globalization;
using Npgsql;

namespace Hexabase.Portal.Benchmarks;

/// <summary>What benchmarks say to the database themselves, past the portal.</summary>
internal static class BenchmarkSql
{
    public static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <param name="seconds">How long the statement may take.</param>
    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql, int seconds = 600)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = seconds };
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            // Rows are fetched as the portal fetches its own.
        }
    }

    public static async Task<long> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
