using System.Data;
using System.Globalization;
using Hexabase.Portal.Data.SqlServer;
using Microsoft.Data.SqlClient;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>SqlBulkCopy with the triggers on (they note each entry as waiting for its place). The session's scope blocks every other organization.</summary>
internal sealed class SqlServerOutsideWriter : OutsideEntryWriter
{
    private const int TimeoutSeconds = 600;

    private readonly SqlConnection _connection;
    private readonly Guid _organizationId;

    private SqlServerOutsideWriter(SqlConnection connection, Guid organizationId) => (_connection, _organizationId) = (connection, organizationId);

    /// <summary>Ranges are locked while ids are looked up, so that two requests with the same events do not both find them new.</summary>
    internal const string ClaimSql = """
        INSERT INTO audit_source_ids (organization_id, hash, recorded_on)
        OUTPUT inserted.hash
        SELECT @org, w.hash, CAST(SYSUTCDATETIME() AS date) FROM #wanted_source_ids w
        WHERE NOT EXISTS (SELECT 1 FROM audit_source_ids s WITH (UPDLOCK, HOLDLOCK) WHERE s.organization_id = @org AND s.hash = w.hash)
        """;

    public static async Task<SqlServerOutsideWriter> OpenAsync(SqlServerEngine engine, Guid organizationId, CancellationToken cancellationToken)
    {
        var connection = new SqlConnection(engine.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var enter = new SqlCommand("EXEC sp_set_session_context N'portal.scope', @scope, 1", connection);
            enter.Parameters.AddWithValue("@scope", organizationId.ToString());
            await enter.ExecuteNonQueryAsync(cancellationToken);
            // A temporary table made by a command with parameters ends with it; made here it lives as long as the connection.
            await using var make = new SqlCommand("CREATE TABLE #wanted_source_ids (hash uniqueidentifier NOT NULL PRIMARY KEY)", connection);
            await make.ExecuteNonQueryAsync(cancellationToken);
            return new SqlServerOutsideWriter(connection, organizationId);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public override async Task<IReadOnlyCollection<Guid>> WriteAsync(IReadOnlyList<AuditEntry> entries, IReadOnlyList<Guid> hashes, CancellationToken cancellationToken)
    {
        await using var transaction = (SqlTransaction)await _connection.BeginTransactionAsync(cancellationToken);
        var claimed = await ClaimAsync(hashes, transaction, cancellationToken);
        if (claimed.Count > 0)
        {
            using var rows = MakeTable();
            for (var i = 0; i < entries.Count; i++)
            {
                if (claimed.Contains(hashes[i])) Add(rows, entries[i]);
            }

            using var copy = new SqlBulkCopy(_connection, SqlBulkCopyOptions.FireTriggers | SqlBulkCopyOptions.CheckConstraints, transaction) { DestinationTableName = "audit_entries", BulkCopyTimeout = TimeoutSeconds };
            foreach (DataColumn column in rows.Columns) copy.ColumnMappings.Add(column.ColumnName, column.ColumnName);
            await copy.WriteToServerAsync(rows, cancellationToken);
        }

        await transaction.CommitAsync(CancellationToken.None);
        return claimed;
    }

    public override ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>The columns of a batch, in the order in which rows are filled.</summary>
    internal static DataTable MakeTable()
    {
        var table = new DataTable { Locale = CultureInfo.InvariantCulture };
        table.Columns.Add("organization_id", typeof(Guid));
        foreach (var column in Columns) table.Columns.Add(column, TypeOf(column));
        return table;
    }

    private static Type TypeOf(string column) => column switch
    {
        "retention_days" => typeof(int),
        _ when column.EndsWith("_at_utc", StringComparison.Ordinal) => typeof(DateTime),
        _ when column.EndsWith("_sealed", StringComparison.Ordinal) || column.EndsWith("_commitment", StringComparison.Ordinal) => typeof(byte[]),
        "id" or "user_id" or "session_id" or "actor_key_id" or "subject_key_id" or "original_key_id" => typeof(Guid),
        _ => typeof(string),
    };

    private async Task<HashSet<Guid>> ClaimAsync(IReadOnlyList<Guid> hashes, SqlTransaction transaction, CancellationToken cancellationToken)
    {
        using var wanted = new DataTable { Locale = CultureInfo.InvariantCulture };
        wanted.Columns.Add("hash", typeof(Guid));
        foreach (var hash in hashes) wanted.Rows.Add(hash);
        await using (var clear = new SqlCommand("TRUNCATE TABLE #wanted_source_ids", _connection, transaction)) await clear.ExecuteNonQueryAsync(cancellationToken);
        using (var copy = new SqlBulkCopy(_connection, SqlBulkCopyOptions.Default, transaction) { DestinationTableName = "#wanted_source_ids", BulkCopyTimeout = TimeoutSeconds })
            await copy.WriteToServerAsync(wanted, cancellationToken);
        await using var claim = new SqlCommand(ClaimSql, _connection, transaction) { CommandTimeout = TimeoutSeconds };
        claim.Parameters.AddWithValue("@org", _organizationId);
        var claimed = new HashSet<Guid>();
        await using var reader = await claim.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) claimed.Add(reader.GetGuid(0));
        return claimed;
    }

    private void Add(DataTable rows, AuditEntry e) => rows.Rows.Add(
        _organizationId, e.Id, e.OccurredAtUtc, e.RecordedAtUtc, e.ActorKind, e.UserId, e.Action, e.ResourceKind, e.ResourceId, e.ResourceName, e.Status.ToString(), e.Reason, e.OldValue, e.NewValue,
        e.SessionId, e.RequestId, e.Source, e.SourceId, e.RetentionDays, e.ActorKeyId, e.ActorSealed, e.ActorCommitment, e.SubjectKeyId, e.SubjectSealed, e.SubjectCommitment, e.OriginalKeyId,
        e.OriginalSealed, e.OriginalCommitment);
}
