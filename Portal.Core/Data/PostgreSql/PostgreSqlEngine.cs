using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Update;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Hexabase.Portal.Data.PostgreSql;

/// <summary>
/// PostgreSQL with four login roles: the owner (migrations), <c>portal_app</c> (requests; subject to row-level security),
/// <c>portal_platform</c> (work across organizations, opened by the gateway alone) and <c>portal_bulk</c> (COPY only: it may insert and cannot
/// read, and the organization of what it inserts is fixed when its connection opens).
/// </summary>
public sealed class PostgreSqlEngine : DatabaseEngine
{
    public const string AppRole = "portal_app";
    public const string PlatformRole = "portal_platform";
    public const string BulkRole = "portal_bulk";

    private static readonly ScopeEntry Confining = new();
    private readonly NpgsqlDataSource _owner;
    private readonly NpgsqlDataSource _app;
    private readonly NpgsqlDataSource _platform;
    private readonly string _appConnectionString;
    private readonly string _bulkConnectionString;
    private readonly string? _rolePassword;
    private readonly PooledDbContextFactory<PostgreSqlPortalDbContext> _appContexts;
    private readonly PooledDbContextFactory<PostgreSqlPortalDbContext> _platformContexts;
    private readonly PooledDbContextFactory<PostgreSqlPortalDbContext> _ownerContexts;

    /// <param name="ownerConnectionString">A role that owns the schema and may create roles.</param>
    /// <param name="rolePassword">Null where the socket's directory is the guard (embedded).</param>
    public PostgreSqlEngine(string ownerConnectionString, string? rolePassword, int maxPoolSize, ILoggerFactory logs)
    {
        _rolePassword = rolePassword;
        _owner = Source(ownerConnectionString, null, 8, logs);
        _app = Source(ownerConnectionString, AppRole, maxPoolSize, logs);
        _platform = Source(ownerConnectionString, PlatformRole, 20, logs);
        _appConnectionString = With(ownerConnectionString, AppRole, 1);
        _bulkConnectionString = With(ownerConnectionString, BulkRole, 8);
        _appContexts = Contexts(_app, logs);
        _platformContexts = Contexts(_platform, logs);
        _ownerContexts = Contexts(_owner, logs);
    }

    public override bool IsPostgreSql => true;

    /// <summary>For NOTIFY and health checks; sees no tenant row.</summary>
    internal NpgsqlDataSource AppSource => _app;

    /// <summary>A connection to LISTEN on, which no pool hands to anyone else.</summary>
    internal async Task<NpgsqlConnection> OpenListenerAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_appConnectionString) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    internal override PortalDbContext CreateContext(DataScope scope)
    {
        var db = scope.IsPlatform ? _platformContexts.CreateDbContext() : _appContexts.CreateDbContext();
        db.OrganizationId = scope.OrganizationId;
        db.IsPlatform = scope.IsPlatform;
        db.Confined = ScopeState.Entered;
        return db;
    }

    internal override PortalDbContext CreateOwnerContext()
    {
        var db = _ownerContexts.CreateDbContext();
        db.IsPlatform = true;
        db.OrganizationId = Guid.Empty;
        return db;
    }

    /// <summary>Left to the first statement of the transaction: see <see cref="ScopeEntry"/>.</summary>
    internal override Task EnterAsync(PortalDbContext db, DataScope scope, CancellationToken cancellationToken)
    {
        if (!scope.IsPlatform) ((PostgreSqlPortalDbContext)db).Confined = ScopeState.Awaited;
        return Task.CompletedTask;
    }

    /// <summary>A connection that can only COPY into the bulk tables, all of it into the one organization.</summary>
    internal async Task<NpgsqlConnection> OpenBulkAsync(Guid organizationId, CancellationToken cancellationToken)
    {
        var builder = new NpgsqlConnectionStringBuilder(_bulkConnectionString)
        {
            Options = $"-c portal.organization={organizationId}",
            Pooling = false,
        };
        var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    internal override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _owner.OpenConnectionAsync(cancellationToken);
        foreach (var (role, attributes) in new[] { (AppRole, "NOBYPASSRLS"), (PlatformRole, "NOBYPASSRLS"), (BulkRole, "BYPASSRLS") })
        {
            await using var find = new NpgsqlCommand("SELECT 1 FROM pg_roles WHERE rolname = $1", connection) { Parameters = { new() { Value = role } } };
            if (await find.ExecuteScalarAsync(cancellationToken) is not null) continue;
            var password = _rolePassword is null ? "" : $" PASSWORD '{_rolePassword.Replace("'", "''", StringComparison.Ordinal)}'";
            await using var create = new NpgsqlCommand($"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT {attributes}{password}", connection);
            try
            {
                await create.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation)
            {
                // Another replica was faster.
            }
        }
    }

    public override IReadOnlyList<string> SecurityScript(PortalDbContext model) => PostgreSqlSecurity.Script(model);

    internal override async Task<IAsyncDisposable> LockMigrationAsync(CancellationToken cancellationToken)
    {
        var connection = await _owner.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT pg_advisory_lock(7302194861123)", connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new AdvisoryLock(connection);
    }

    public override Problem? AsOutage(Exception exception)
    {
        foreach (var e in Chain(exception))
        {
            switch (e)
            {
                case PostgresException { SqlState: PostgresErrorCodes.DiskFull }:
                    return Problem.Unavailable("storage.full", "The database's disk is full. Nothing was changed; free space and repeat the request.");
                case PostgresException pg when pg.SqlState.StartsWith("57P", StringComparison.Ordinal) || pg.SqlState.StartsWith("08", StringComparison.Ordinal)
                    || pg.SqlState is PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.OutOfMemory or PostgresErrorCodes.IoError or PostgresErrorCodes.ReadOnlySqlTransaction:
                    return Problem.Unavailable("database.unavailable", "The database does not answer at the moment. Nothing was changed; repeat the request shortly.");
                case PostgresException:
                    return null;
                // The driver trips over itself where the server dies between the preparing of a statement and its answer; the connection is broken then.
                case NullReferenceException { Source: "Npgsql" }:
                case NpgsqlException or SocketException or IOException:
                    return Problem.Unavailable("database.unavailable", "The database does not answer at the moment. Nothing was changed; repeat the request shortly.");
            }
        }

        return null;
    }

    internal override string HeldRow(string table, bool alone) => $"SELECT * FROM {table} WHERE id = {{0}} FOR {(alone ? "UPDATE" : "SHARE")}";

    public override bool IsRetryable(Exception exception) =>
        Chain(exception).OfType<PostgresException>().Any(e => e.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected);

    public override bool IsUniqueViolation(Exception exception) =>
        Chain(exception).OfType<PostgresException>().Any(e => e.SqlState is PostgresErrorCodes.UniqueViolation);

    public override bool IsOvertaken(Exception exception) =>
        Chain(exception).OfType<PostgresException>().Any(e => e.SqlState is PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.RestrictViolation);

    internal override void ForgetConnections()
    {
        _app.Clear();
        _platform.Clear();
    }

    public override bool IsBadValue(Exception exception) =>
        Chain(exception).OfType<PostgresException>().Any(e => e.SqlState.StartsWith("22", StringComparison.Ordinal));

    public override async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _platform.DisposeAsync();
        await _owner.DisposeAsync();
    }

    /// <summary>A password for the login roles from the owner's secret, so that an operator keeps one secret only.</summary>
    public static string DeriveRolePassword(string ownerSecret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(ownerSecret), "portal login roles"u8));

    private string With(string connectionString, string? role, int maxPoolSize)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxPoolSize = maxPoolSize,
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            ApplicationName = string.Create(CultureInfo.InvariantCulture, $"hexabase-portal{(role is null ? "" : " " + role)}"),
            IncludeErrorDetail = false,
            // Nothing is set beyond the end of a transaction, so that there is nothing to reset between two of them; who listens has a connection of its own.
            NoResetOnClose = true,
        };
        if (role is not null)
        {
            builder.Username = role;
            builder.Password = _rolePassword;
        }

        return builder.ConnectionString;
    }

    private NpgsqlDataSource Source(string connectionString, string? role, int maxPoolSize, ILoggerFactory logs) =>
        new NpgsqlDataSourceBuilder(With(connectionString, role, maxPoolSize)).UseLoggerFactory(logs).Build();

    private static PooledDbContextFactory<PostgreSqlPortalDbContext> Contexts(NpgsqlDataSource source, ILoggerFactory logs) =>
        new(new DbContextOptionsBuilder<PostgreSqlPortalDbContext>().UseNpgsql(source).UseLoggerFactory(logs)
            .AddInterceptors(Confining).ReplaceService<IModificationCommandBatchFactory, ConfiningBatchFactory>()
            .EnableThreadSafetyChecks(false) // One operation owns a context; the check costs on every statement.
            .Options, 128);

    private sealed class AdvisoryLock(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await using (connection)
            {
                await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock(7302194861123)", connection);
                await command.ExecuteNonQueryAsync(CancellationToken.None);
            }
        }
    }
}
