using System.Data.Common;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Hexabase.Portal.Costs.Storage;

/// <summary>SQL on the connection and in the transaction of an open context: the roll-ups are read and written by statements, not by tracked rows.</summary>
internal sealed class CostDb(PortalDbContext db)
{
    private const int TimeoutSeconds = 1800;

    public CostSql Sql { get; } = CostSql.Of(db.Database.IsNpgsql());

    public Guid OrganizationId => db.OrganizationId;

    public async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        await using var command = await CommandAsync(sql, parameters, cancellationToken);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<object?> ScalarAsync(string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        await using var command = await CommandAsync(sql, parameters, cancellationToken);
        return await command.ExecuteScalarAsync(cancellationToken) is { } value and not DBNull ? value : null;
    }

    public async Task<List<T>> ReadAsync<T>(string sql, Func<DbDataReader, T> row, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        await using var command = await CommandAsync(sql, parameters, cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(row(reader));
        return rows;
    }

    /// <summary>
    /// Puts rows beside the tables for the statements that follow in the transaction: on PostgreSQL by COPY into a temporary table, which is gone with the
    /// transaction; otherwise as a JSON parameter.
    /// </summary>
    /// <param name="columns">As in <see cref="CostSql.Rows"/>.</param>
    /// <returns>What to read them FROM, under the alias n, and the parameters that go with it.</returns>
    public async Task<(string From, (string Name, object? Value)[] Parameters)> StageAsync<T>(string name, string[] columns, IEnumerable<T> rows, Action<RowWriter, T> write, CancellationToken cancellationToken)
    {
        if (!db.Database.IsNpgsql())
        {
            using var json = new JsonRows(columns);
            foreach (var row in rows) write(json, row);
            return (Sql.Rows($"@{name}", "n", columns), [(name, json.ToString())]);
        }

        await ExecuteAsync($"CREATE TEMPORARY TABLE {name} ({string.Join(", ", columns.Select(c => c.Replace(" time", " timestamptz", StringComparison.Ordinal)))}) ON COMMIT DROP", cancellationToken);
        using var binary = new CopyRows(columns.Length);
        await using var copy = await ((NpgsqlConnection)db.Database.GetDbConnection()).BeginRawBinaryCopyAsync($"COPY {name} FROM STDIN (FORMAT BINARY)", cancellationToken);
        try
        {
            binary.Open();
            foreach (var row in rows)
            {
                write(binary, row);
                if (binary.IsFull) await binary.SendAsync(copy, cancellationToken);
            }

            binary.Close();
            await binary.SendAsync(copy, cancellationToken);
        }
        catch
        {
            // Not ended as if it were complete.
            await copy.CancelAsync();
            throw;
        }

        return ($"{name} n", []);
    }

    /// <summary>A statement with the parameter @org and those given.</summary>
    private async Task<DbCommand> CommandAsync(string sql, IEnumerable<(string Name, object? Value)> parameters, CancellationToken cancellationToken)
    {
        await db.EnterNowAsync(cancellationToken);
        var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = TimeoutSeconds;
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        Add(command, "org", db.OrganizationId);
        foreach (var (name, value) in parameters) Add(command, name, value);
        return command;
    }

    private static void Add(DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        if (value is DateOnly) parameter.DbType = System.Data.DbType.Date;
        command.Parameters.Add(parameter);
    }
}

internal static class CostReading
{
    public static string? Text(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static Guid? Id(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetGuid(column);

    public static DateOnly Day(this DbDataReader reader, int column) => reader.GetFieldValue<DateOnly>(column);

    public static DateTime Utc(this DbDataReader reader, int column) => DateTime.SpecifyKind(reader.GetDateTime(column), DateTimeKind.Utc);
}
