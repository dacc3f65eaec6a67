using Hexabase.Portal.Audit;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Hexabase.Portal.Data.PostgreSql;

/// <summary>
/// The end of a command's transaction: its audit entry goes behind the last changes in their round trip, and so does the commit, unless something is to be looked at before it.
/// Where a statement fails, the server skips all that follow it, the commit included.
/// </summary>
internal sealed class TransactionEnd(RowInsert insert, AuditEntry entry)
{
    private const string Commit = "COMMIT";

    /// <summary>The entry is on its way with the batch of changes that runs now.</summary>
    public bool IsTaken { get; private set; }

    public bool Commits { get; private set; }

    /// <param name="commits">The batch changes nothing whose number of rows would have to be looked at.</param>
    public void Take(bool commits) => (IsTaken, Commits) = (true, commits);

    public void AppendTo(NpgsqlCommand command)
    {
        insert.AppendTo(command, entry);
        if (Commits) command.CommandText = $"{command.CommandText};\n{Commit}";
    }

    /// <summary>Reads the answer to the entry, which the reader stands on, and what follows it.</summary>
    public async Task ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        await reader.ReadAsync(cancellationToken);
        entry.Set(reader.GetInt64(0));
        while (await reader.NextResultAsync(cancellationToken))
        {
        }
    }

    /// <summary>
    /// Without the change tracker: new rows, the entry and the commit in one round trip. Where no statement came before, there is no transaction to end: what is sent together is one by itself.
    /// </summary>
    public async Task RunAsync(PostgreSqlPortalDbContext db, IReadOnlyList<NpgsqlBatchCommand> rows, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var batch = new NpgsqlBatch((NpgsqlConnection)db.Database.GetDbConnection());
            var confines = db.Confined == ScopeState.Awaited;
            if (confines) batch.BatchCommands.Add(ScopeEntry.ToBatchCommand(db));
            foreach (var row in rows) batch.BatchCommands.Add(row);
            batch.BatchCommands.Add(insert.ToBatchCommand(entry));
            if (!db.BeginsLate) batch.BatchCommands.Add(new NpgsqlBatchCommand(Commit));
            // From here on the caller's impatience must not leave the outcome unknown.
            await using var reader = await batch.ExecuteReaderAsync(CancellationToken.None);
            if (confines) await reader.NextResultAsync(CancellationToken.None);
            await ReadAsync(reader, CancellationToken.None);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }
}
