using System.Buffers.Binary;
using Hexabase.Portal.Costs.Focus;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Kernel;
using Npgsql;

namespace Hexabase.Portal.Costs.Imports;

/// <summary>
/// Raw binary COPY, encoded straight from the reader's spans. The connection belongs to the bulk role: the organization is the connection's own and cannot
/// be named here.
/// </summary>
internal sealed class PostgreSqlLineWriter : CostLineWriter
{
    private const int ChunkBytes = 512 * 1024;

    // The day 2000-01-01, from which PostgreSQL counts microseconds.
    private const long EpochTicks = 630_822_816_000_000_000;

    private static readonly string Statement =
        $"COPY cost_lines (id, key_id, slice_id, charge_period_start, charge_period_end, {string.Join(", ", CostColumns.LineTexts.Concat(CostColumns.LineNumbers).Select(CostColumns.Name))}, extra) FROM STDIN (FORMAT BINARY)";

    private static readonly short FieldCount = (short)(6 + CostColumns.LineTexts.Length + CostColumns.LineNumbers.Length);

    private static readonly bool[] IsCost = [.. CostColumns.LineNumbers.Select(CostColumns.IsCost)];

    // The form's mark, no flags, no header extension.
    private static ReadOnlySpan<byte> Signature => [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly NpgsqlRawCopyStream _copy;
    private readonly List<(int Offset, CostKeyEntry Key)> _unresolved = [];
    private byte[] _buffer = new byte[ChunkBytes + (64 * 1024)];
    private int _used;
    private bool _copying = true;

    private PostgreSqlLineWriter(NpgsqlConnection connection, NpgsqlTransaction transaction, NpgsqlRawCopyStream copy)
    {
        (_connection, _transaction, _copy) = (connection, transaction, copy);
        Signature.CopyTo(_buffer);
        _used = Signature.Length;
    }

    public override bool IsFull => _used >= ChunkBytes;

    public static async Task<PostgreSqlLineWriter> OpenAsync(PostgreSqlEngine engine, Guid organizationId, CancellationToken cancellationToken)
    {
        var connection = await engine.OpenBulkAsync(organizationId, cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken);
            return new PostgreSqlLineWriter(connection, transaction, await connection.BeginRawBinaryCopyAsync(Statement, cancellationToken));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public override void Add(long id, CostKeyEntry key, long sliceId, FocusRow row, ReadOnlySpan<byte> extra)
    {
        var texts = row.Text(FocusColumn.ResourceId).Length + row.Text(FocusColumn.ResourceName).Length + extra.Length;
        var need = _used + 256 + texts + (CostColumns.LineNumbers.Length * PgNumeric.MaxBytes);
        if (need > _buffer.Length) Array.Resize(ref _buffer, Math.Max(need, _buffer.Length * 2));
        WriteInt16(FieldCount);
        WriteInt64(id);
        if (!key.HasId) _unresolved.Add((_used + 4, key));
        WriteInt64(key.Id);
        WriteInt64(sliceId);
        WriteInt64((row.Time(FocusColumn.ChargePeriodStart).Ticks - EpochTicks) / TimeSpan.TicksPerMicrosecond);
        WriteInt64((row.Time(FocusColumn.ChargePeriodEnd).Ticks - EpochTicks) / TimeSpan.TicksPerMicrosecond);
        foreach (var column in CostColumns.LineTexts) WriteText(row.Text(column));
        for (var i = 0; i < IsCost.Length; i++)
        {
            var column = CostColumns.LineNumbers[i];
            if (!IsCost[i] && row.IsNull(column)) WriteInt32(-1);
            else _used += PgNumeric.Write(row.Number(column).Atto, _buffer.AsSpan(_used));
        }

        WriteText(extra);
    }

    public override async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var (offset, key) in _unresolved) BinaryPrimitives.WriteInt64BigEndian(_buffer.AsSpan(offset), key.Id);
        _unresolved.Clear();
        await _copy.WriteAsync(_buffer.AsMemory(0, _used), cancellationToken);
        _used = 0;
    }

    public override async Task CommitAsync(CancellationToken cancellationToken)
    {
        WriteInt16(-1);
        await FlushAsync(cancellationToken);
        _copying = false;
        await _copy.DisposeAsync();
        await _transaction.CommitAsync(cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_copying)
        {
            _copying = false;
            try
            {
                await _copy.CancelAsync();
            }
            catch (Exception e) when (e is NpgsqlException or ObjectDisposedException or IOException or InvalidOperationException)
            {
                // The connection is closed below, and the server rolls back what it carried.
            }
        }

        await _connection.DisposeAsync();
    }

    private void WriteText(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            WriteInt32(-1);
            return;
        }

        WriteInt32(text.Length);
        text.CopyTo(_buffer.AsSpan(_used));
        _used += text.Length;
    }

    private void WriteInt16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_buffer.AsSpan(_used), value);
        _used += 2;
    }

    private void WriteInt32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(_used), value);
        _used += 4;
    }

    private void WriteInt64(long value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(_used), 8);
        BinaryPrimitives.WriteInt64BigEndian(_buffer.AsSpan(_used + 4), value);
        _used += 12;
    }
}
