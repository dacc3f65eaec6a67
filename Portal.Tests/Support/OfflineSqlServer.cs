using System.Collections;
using System.Data;
using System.Data.Common;
using Hexabase.Portal.Data.SqlServer;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Hexabase.Portal.Support;

/// <summary>
/// A SQL Server context without a server: every command is translated to the SQL that would be sent, noted, and answered with no rows.
/// What cannot be translated for SQL Server throws here as it would in production.
/// </summary>
internal static class OfflineSqlServer
{
    public static SqlServerPortalDbContext Open(List<string> sent)
    {
        var db = new SqlServerPortalDbContext(new DbContextOptionsBuilder<SqlServerPortalDbContext>()
            .UseSqlServer("Server=none;Database=none;User Id=none;Password=none")
            .AddInterceptors(new NoConnection(), new NoTransaction(), new NoCommand(sent)).Options);
        db.OrganizationId = Guid.Parse("0190a000-0000-7000-8000-000000000001");
        return db;
    }

    private sealed class NoConnection : DbConnectionInterceptor
    {
        public override ValueTask<InterceptionResult> ConnectionOpeningAsync(DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(InterceptionResult.Suppress());

        public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result) => InterceptionResult.Suppress();

        public override ValueTask<InterceptionResult> ConnectionClosingAsync(DbConnection connection, ConnectionEventData eventData, InterceptionResult result) => ValueTask.FromResult(InterceptionResult.Suppress());
    }

    private sealed class NoTransaction : DbTransactionInterceptor
    {
        public override ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(InterceptionResult<DbTransaction>.SuppressWithResult(new Nothing(connection)));

        private sealed class Nothing(DbConnection connection) : DbTransaction
        {
            public override IsolationLevel IsolationLevel => IsolationLevel.ReadCommitted;

            protected override DbConnection DbConnection => connection;

            public override void Commit()
            {
            }

            public override void Rollback()
            {
            }
        }
    }

    private sealed class NoCommand(List<string> sent) : DbCommandInterceptor
    {
        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            sent.Add(command.CommandText);
            // "Is there any", "how many", "the greatest" and "the least" always have one row to answer; the last two say null.
            var greatest = command.CommandText.StartsWith("SELECT MAX", StringComparison.Ordinal) || command.CommandText.StartsWith("SELECT MIN", StringComparison.Ordinal);
            var one = command.CommandText.StartsWith("SELECT CASE", StringComparison.Ordinal) || command.CommandText.StartsWith("SELECT COUNT", StringComparison.Ordinal);
            return ValueTask.FromResult(InterceptionResult<DbDataReader>.SuppressWithResult(new NoRows(one || greatest, greatest)));
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            sent.Add(command.CommandText);
            return ValueTask.FromResult(InterceptionResult<int>.SuppressWithResult(0));
        }

        public override ValueTask<InterceptionResult<object>> ScalarExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
        {
            sent.Add(command.CommandText);
            return ValueTask.FromResult(InterceptionResult<object>.SuppressWithResult(DBNull.Value));
        }
    }

    /// <summary>No row; or one that says no and 0.</summary>
    private sealed class NoRows(bool one, bool isNull) : DbDataReader
    {
        private int _left = one ? 1 : 0;

        public override int Depth => 0;

        public override int FieldCount => one ? 1 : 0;

        public override bool HasRows => _left > 0;

        public override bool IsClosed => false;

        public override int RecordsAffected => 0;

        public override object this[int ordinal] => throw new InvalidOperationException();

        public override object this[string name] => throw new InvalidOperationException();

        public override bool Read() => _left-- > 0;

        public override bool NextResult() => false;

        public override bool GetBoolean(int ordinal) => false;

        public override byte GetByte(int ordinal) => throw new InvalidOperationException();

        public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) => throw new InvalidOperationException();

        public override char GetChar(int ordinal) => throw new InvalidOperationException();

        public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) => throw new InvalidOperationException();

        public override string GetDataTypeName(int ordinal) => "";

        public override DateTime GetDateTime(int ordinal) => throw new InvalidOperationException();

        public override decimal GetDecimal(int ordinal) => throw new InvalidOperationException();

        public override double GetDouble(int ordinal) => throw new InvalidOperationException();

        public override IEnumerator GetEnumerator() => Array.Empty<object>().GetEnumerator();

        public override Type GetFieldType(int ordinal) => typeof(object);

        public override float GetFloat(int ordinal) => throw new InvalidOperationException();

        public override Guid GetGuid(int ordinal) => throw new InvalidOperationException();

        public override short GetInt16(int ordinal) => throw new InvalidOperationException();

        public override int GetInt32(int ordinal) => 0;

        public override long GetInt64(int ordinal) => 0;

        public override string GetName(int ordinal) => "";

        public override int GetOrdinal(string name) => 0;

        public override string GetString(int ordinal) => throw new InvalidOperationException();

        public override object GetValue(int ordinal) => throw new InvalidOperationException();

        public override int GetValues(object[] values) => 0;

        public override bool IsDBNull(int ordinal) => !one || isNull;
    }
}
