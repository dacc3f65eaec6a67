using Npgsql;
using NpgsqlTypes;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>
/// A function that claims the source ids, then raw binary COPY. The connection belongs to the bulk role: it may insert and nothing else, and the organization is
/// the connection's own.
/// </summary>
internal sealed class PostgreSqlOutsideWriter(NpgsqlConnection connection) : OutsideEntryWriter
{
    private static readonly string Statement = $"COPY audit_entries ({string.Join(", ", Columns)}) FROM STDIN (FORMAT BINARY)";

    private readonly PgCopyBuffer _buffer = new();

    public override async Task<IReadOnlyCollection<Guid>> WriteAsync(IReadOnlyList<AuditEntry> entries, IReadOnlyList<Guid> hashes, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var claimed = await ClaimAsync(hashes, cancellationToken);
        if (claimed.Length > 0) await CopyAsync(entries, hashes, claimed.Length == hashes.Count ? null : [.. claimed], cancellationToken);
        // From here on the caller's impatience must not leave the outcome unknown.
        await transaction.CommitAsync(CancellationToken.None);
        return claimed;
    }

    public override ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task<Guid[]> ClaimAsync(IReadOnlyList<Guid> hashes, CancellationToken cancellationToken)
    {
        // In order, so that two requests with the same events wait for each other on one side only.
        var sorted = hashes.ToArray();
        Array.Sort(sorted);
        await using var command = new NpgsqlCommand("SELECT array_agg(h) FROM portal_claim_source_ids($1) h", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = sorted, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        return await command.ExecuteScalarAsync(cancellationToken) as Guid[] ?? [];
    }

    private async Task CopyAsync(IReadOnlyList<AuditEntry> entries, IReadOnlyList<Guid> hashes, HashSet<Guid>? only, CancellationToken cancellationToken)
    {
        var copy = await connection.BeginRawBinaryCopyAsync(Statement, cancellationToken);
        try
        {
            _buffer.Begin();
            for (var i = 0; i < entries.Count; i++)
            {
                if (only?.Contains(hashes[i]) == false) continue;
                Add(entries[i]);
                if (_buffer.IsFull) await _buffer.FlushAsync(copy, cancellationToken);
            }

            _buffer.End();
            await _buffer.FlushAsync(copy, cancellationToken);
            await copy.DisposeAsync();
        }
        catch
        {
            // Closing the stream would end the copy as if it were whole.
            await CancelAsync(copy);
            throw;
        }
    }

    private static async Task CancelAsync(NpgsqlRawCopyStream copy)
    {
        try
        {
            await copy.CancelAsync();
        }
        catch (Exception e) when (e is NpgsqlException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // The copy or its connection has ended by itself, and the server rolls back what it carried; what went wrong is told by the first exception.
        }
    }

    private void Add(AuditEntry e)
    {
        _buffer.Row(Columns.Count);
        _buffer.Id(e.Id);
        _buffer.Time(e.OccurredAtUtc);
        _buffer.Time(e.RecordedAtUtc);
        _buffer.Text(e.ActorKind);
        _buffer.Id(e.UserId);
        _buffer.Text(e.Action);
        _buffer.Text(e.ResourceKind);
        _buffer.Text(e.ResourceId);
        _buffer.Text(e.ResourceName);
        _buffer.Text(e.Status == AuditStatus.Success ? nameof(AuditStatus.Success) : nameof(AuditStatus.Failure));
        _buffer.Text(e.Reason);
        _buffer.Text(e.OldValue);
        _buffer.Text(e.NewValue);
        _buffer.Id(e.SessionId);
        _buffer.Text(e.RequestId);
        _buffer.Text(e.Source);
        _buffer.Text(e.SourceId);
        _buffer.Number(e.RetentionDays);
        _buffer.Id(e.ActorKeyId);
        _buffer.Bytes(e.ActorSealed);
        _buffer.Bytes(e.ActorCommitment);
        _buffer.Id(e.SubjectKeyId);
        _buffer.Bytes(e.SubjectSealed);
        _buffer.Bytes(e.SubjectCommitment);
        _buffer.Id(e.OriginalKeyId);
        _buffer.Bytes(e.OriginalSealed);
        _buffer.Bytes(e.OriginalCommitment);
    }
}
