using Hexabase.Portal.Data;
using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Data.SqlServer;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>Writes entries of outside events in bulk, each batch in one transaction: ids are claimed and entries inserted together or not at all.</summary>
internal abstract class OutsideEntryWriter : IAsyncDisposable
{
    /// <param name="entries">One organization's, each source id once.</param>
    /// <param name="hashes">The entries' source ids, in their order (<see cref="AuditSourceId.HashOf"/>).</param>
    /// <returns>The source ids that were new; the rest was in the log already. They are durable when this returns.</returns>
    public abstract Task<IReadOnlyCollection<Guid>> WriteAsync(IReadOnlyList<AuditEntry> entries, IReadOnlyList<Guid> hashes, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();

    public static async Task<OutsideEntryWriter> OpenAsync(DatabaseEngine engine, Guid organizationId, CancellationToken cancellationToken) => engine switch
    {
        PostgreSqlEngine postgreSql => new PostgreSqlOutsideWriter(await postgreSql.OpenBulkAsync(organizationId, cancellationToken)),
        SqlServerEngine sqlServer => await SqlServerOutsideWriter.OpenAsync(sqlServer, organizationId, cancellationToken),
        _ => throw new NotSupportedException($"No bulk writer for {engine.GetType().Name}."),
    };

    /// <summary>The columns that entries of outside events fill; the organization comes from the connection or its scope.</summary>
    internal static readonly IReadOnlyList<string> Columns =
    [
        "id", "occurred_at_utc", "recorded_at_utc", "actor_kind", "user_id", "action", "resource_kind", "resource_id", "resource_name", "status", "reason", "old_value", "new_value", "session_id",
        "request_id", "source", "source_id", "retention_days", "actor_key_id", "actor_sealed", "actor_commitment", "subject_key_id", "subject_sealed", "subject_commitment", "original_key_id",
        "original_sealed", "original_commitment",
    ];
}
