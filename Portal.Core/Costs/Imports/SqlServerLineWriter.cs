using System.Data;
using System.Data.SqlTypes;
using System.Text;
using Hexabase.Portal.Costs.Focus;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Data.SqlServer;
using Hexabase.Portal.Kernel;
using Microsoft.Data.SqlClient;

namespace Hexabase.Portal.Costs.Imports;

/// <summary>SqlBulkCopy in batches inside one transaction. The session's scope blocks every other organization.</summary>
internal sealed class SqlServerLineWriter : CostLineWriter
{
    private const int BatchRows = 5000;

    private readonly SqlConnection _connection;
    private readonly SqlTransaction _transaction;
    private readonly Guid _organizationId;
    private readonly List<CostKeyEntry> _keys = [];
    private readonly DataTable _batch = MakeTable();

    private SqlServerLineWriter(SqlConnection connection, SqlTransaction transaction, Guid organizationId) =>
        (_connection, _transaction, _organizationId) = (connection, transaction, organizationId);

    public override bool IsFull => _keys.Count >= BatchRows;

    public static async Task<SqlServerLineWriter> OpenAsync(SqlServerEngine engine, Guid organizationId, CancellationToken cancellationToken)
    {
        var connection = new SqlConnection(engine.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            var transaction = (SqlTransaction)await connection.BeginTransactionAsync(cancellationToken);
            await using var enter = new SqlCommand("EXEC sp_set_session_context N'portal.scope', @scope, 1", connection, transaction);
            enter.Parameters.AddWithValue("@scope", organizationId.ToString());
            await enter.ExecuteNonQueryAsync(cancellationToken);
            return new SqlServerLineWriter(connection, transaction, organizationId);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The columns of a batch, in the order in which <see cref="Add"/> fills them.</summary>
    internal static DataTable MakeTable()
    {
        var table = new DataTable { Locale = System.Globalization.CultureInfo.InvariantCulture };
        table.Columns.Add("organization_id", typeof(Guid));
        table.Columns.Add("id", typeof(long));
        table.Columns.Add("key_id", typeof(long));
        table.Columns.Add("slice_id", typeof(long));
        table.Columns.Add("charge_period_start", typeof(DateTime));
        table.Columns.Add("charge_period_end", typeof(DateTime));
        foreach (var column in CostColumns.LineTexts) table.Columns.Add(CostColumns.Name(column), typeof(string));
        foreach (var column in CostColumns.LineNumbers) table.Columns.Add(CostColumns.Name(column), typeof(SqlDecimal));
        table.Columns.Add("extra", typeof(string));
        return table;
    }

    /// <summary>The amount with all its digits: SQL Server's decimal(38,18) is wider than .NET's decimal.</summary>
    internal static SqlDecimal ToSqlDecimal(Amount amount)
    {
        var magnitude = (UInt128)Int128.Abs(amount.Atto);
        return new SqlDecimal(38, Amount.Scale, amount.Sign >= 0, [(int)(uint)magnitude, (int)(uint)(magnitude >> 32), (int)(uint)(magnitude >> 64), (int)(uint)(magnitude >> 96)]);
    }

    public override void Add(long id, CostKeyEntry key, long sliceId, FocusRow row, ReadOnlySpan<byte> extra)
    {
        var values = new object?[_batch.Columns.Count];
        var at = 0;
        values[at++] = _organizationId;
        values[at++] = id;
        values[at++] = key.Id;
        values[at++] = sliceId;
        values[at++] = row.Time(FocusColumn.ChargePeriodStart);
        values[at++] = row.Time(FocusColumn.ChargePeriodEnd);
        foreach (var column in CostColumns.LineTexts) values[at++] = row.IsNull(column) ? DBNull.Value : Encoding.UTF8.GetString(row.Text(column));
        foreach (var column in CostColumns.LineNumbers) values[at++] = !CostColumns.IsCost(column) && row.IsNull(column) ? DBNull.Value : ToSqlDecimal(row.Number(column));
        values[at] = extra.IsEmpty ? DBNull.Value : Encoding.UTF8.GetString(extra);
        _batch.Rows.Add(values);
        _keys.Add(key);
    }

    public override async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < _keys.Count; i++) _batch.Rows[i][2] = _keys[i].Id;
        using var copy = new SqlBulkCopy(_connection, SqlBulkCopyOptions.Default, _transaction) { DestinationTableName = "cost_lines", BulkCopyTimeout = 0 };
        foreach (DataColumn column in _batch.Columns) copy.ColumnMappings.Add(column.ColumnName, column.ColumnName);
        await copy.WriteToServerAsync(_batch, cancellationToken);
        _batch.Clear();
        _keys.Clear();
    }

    public override async Task CommitAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        await _transaction.CommitAsync(cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        _batch.Dispose();
        await _connection.DisposeAsync();
    }
}
