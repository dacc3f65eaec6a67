using Microsoft.EntityFrameworkCore.Storage;
using System.Net.Sockets;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Kernel;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Logging;

#pragma warning disable RS0030 // Ends the gateway's transactions.

namespace Hexabase.Portal.Data.SqlServer;

/// <summary>
/// SQL Server: one login; each transaction sets its scope in the read-only session context, and one security policy filters and blocks
/// every tenant table by it. A connection that returns to the pool loses its session context.
/// </summary>
public sealed class SqlServerEngine : DatabaseEngine
{
    private readonly string _connectionString;
    private readonly PooledDbContextFactory<SqlServerPortalDbContext> _contexts;

    public SqlServerEngine(string connectionString, int maxPoolSize, ILoggerFactory logs)
    {
        _connectionString = new SqlConnectionStringBuilder(connectionString) { MaxPoolSize = maxPoolSize, ApplicationName = "hexabase-portal" }.ConnectionString;
        _contexts = new(new DbContextOptionsBuilder<SqlServerPortalDbContext>().UseSqlServer(_connectionString).UseLoggerFactory(logs).Options, 128);
    }

    public override bool IsPostgreSql => false;

    internal string ConnectionString => _connectionString;

    internal override PortalDbContext CreateContext(DataScope scope)
    {
        var db = _contexts.CreateDbContext();
        db.OrganizationId = scope.OrganizationId;
        db.IsPlatform = scope.IsPlatform;
        return db;
    }

    internal override PortalDbContext CreateOwnerContext() => CreateContext(DataScope.Platform);

    internal override async Task EnterAsync(PortalDbContext db, DataScope scope, CancellationToken cancellationToken)
    {
        await using var command = (SqlCommand)Connection(db).CreateCommand();
        command.Transaction = (SqlTransaction?)db.Database.CurrentTransaction?.GetDbTransaction();
        command.CommandText = "EXEC sp_set_session_context N'portal.scope', @scope, 1";
        command.Parameters.AddWithValue("@scope", scope.IsPlatform ? "platform" : scope.OrganizationId.ToString());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    internal override async Task EndAsync(PortalDbContext db, AuditEntry entry, CancellationToken cancellationToken)
    {
        db.Add(entry);
        await db.SaveChangesAsync(cancellationToken);
        await db.Database.CommitTransactionAsync(CancellationToken.None);
    }

    internal override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await using var db = CreateOwnerContext();
        var creator = db.GetService<Microsoft.EntityFrameworkCore.Storage.IRelationalDatabaseCreator>();
        if (!await creator.ExistsAsync(cancellationToken)) await creator.CreateAsync(cancellationToken);
    }

    public override IReadOnlyList<string> SecurityScript(PortalDbContext model) => SqlServerSecurity.Script(model);

    internal override async Task<IAsyncDisposable> LockMigrationAsync(CancellationToken cancellationToken)
    {
        var connection = new SqlConnection(_connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "DECLARE @r int; EXEC @r = sp_getapplock N'portal-migration', N'Exclusive', N'Session', 600000; IF @r < 0 THROW 50001, N'The migration lock was not granted in 10 minutes.', 1;";
        command.CommandTimeout = 660;
        await command.ExecuteNonQueryAsync(cancellationToken);
        return connection;
    }

    public override Problem? AsOutage(Exception exception)
    {
        foreach (var e in Chain(exception))
        {
            if (e is SqlException { Number: 1105 or 9002 or 1101 })
                return Problem.Unavailable("storage.full", "The database's disk is full. Nothing was changed; free space and repeat the request.");
            // Class 20 and above ends the connection; the numbers are network, start-up and fail-over states.
            if (e is SqlException { Class: >= 20 } or SqlException { Number: -2 or -1 or 2 or 53 or 121 or 233 or 4060 or 10053 or 10054 or 10060 or 40197 or 40501 or 40613 or 49918 } or SocketException)
                return Problem.Unavailable("database.unavailable", "The database does not answer at the moment. Nothing was changed; repeat the request shortly.");
        }

        return null;
    }

    internal override string HeldRow(string table, bool alone) => $"SELECT * FROM {table} WITH (ROWLOCK, {(alone ? "XLOCK" : "REPEATABLEREAD")}) WHERE id = {{0}}";

    public override bool IsRetryable(Exception exception) => Chain(exception).OfType<SqlException>().Any(e => e.Number is 1205 or 3960);

    public override bool IsUniqueViolation(Exception exception) => Chain(exception).OfType<SqlException>().Any(e => e.Number is 2601 or 2627);

    public override bool IsOvertaken(Exception exception) => Chain(exception).OfType<SqlException>().Any(e => e.Number is 547);

    internal override void ForgetConnections() => SqlConnection.ClearAllPools();

    public override bool IsBadValue(Exception exception) => Chain(exception).OfType<SqlException>().Any(e => e.Number is 8115 or 2628 or 8152);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
