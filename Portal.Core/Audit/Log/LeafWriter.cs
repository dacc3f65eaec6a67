using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Hexabase.Portal.Audit.Log;

/// <summary>Appends leaves: one statement a batch on PostgreSQL, batches of the change tracker on SQL Server.</summary>
internal static class LeafWriter
{
    public static async Task WriteAsync(PortalDbContext db, IReadOnlyList<AuditLeaf> leaves, CancellationToken cancellationToken)
    {
        if (db.Database.GetDbConnection() is not NpgsqlConnection connection)
        {
            db.AddRange(leaves);
            return;
        }

        await using var command = new NpgsqlCommand(
            """
            INSERT INTO audit_leaves (organization_id, leaf_index, entry_id, retention_days, leaf_hash, sequenced_at_utc)
            SELECT $1, * FROM unnest($2, $3, $4, $5, $6)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = leaves[0].OrganizationId });
        command.Parameters.Add(Array(NpgsqlDbType.Bigint, leaves, l => l.Index));
        command.Parameters.Add(Array(NpgsqlDbType.Uuid, leaves, l => l.EntryId));
        command.Parameters.Add(Array(NpgsqlDbType.Integer, leaves, l => l.RetentionDays));
        command.Parameters.Add(Array(NpgsqlDbType.Bytea, leaves, l => l.LeafHash));
        command.Parameters.Add(Array(NpgsqlDbType.TimestampTz, leaves, l => l.SequencedAtUtc));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IReadOnlyList<AuditLeaf> leaves, Func<AuditLeaf, T> value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = leaves.Select(value).ToArray() };
}
