using Hexabase.Portal.Data;
using Hexabase.Portal.Data.Embedded;
using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Data.SqlServer;
using Npgsql;

namespace Hexabase.Portal.Hosting;

/// <summary>
/// What the portal stands on: its data directory and, where it owns the database, the running PostgreSQL. Started before the host is built and stopped
/// after it has ended.
/// </summary>
public sealed class PortalGround : IAsyncDisposable
{
    private const string DatabaseName = "portal";
    private readonly EmbeddedPostgres? _embedded;
    private readonly DatabaseOptions _options;
    private readonly string? _connectionString;

    private PortalGround(DatabaseOptions options, string dataDirectory, EmbeddedPostgres? embedded, string? connectionString) =>
        (_options, DataDirectory, _embedded, _connectionString) = (options, dataDirectory, embedded, connectionString);

    /// <summary>Where the portal keeps files of its own: PORTAL_DATA, or <c>data/</c> below the content root.</summary>
    public string DataDirectory { get; }

    /// <summary>Whose tools <c>pg_dump</c> and <c>pg_restore</c> are; null = those on PATH.</summary>
    public string? ToolDirectory => _embedded?.BinDirectory ?? _options.BinDirectory;

    public DatabaseProvider Provider => _options.Provider;

    /// <summary>The owner's connection string.</summary>
    public string ConnectionString => _connectionString ?? throw new InvalidOperationException("No database is configured.");

    /// <exception cref="PortalStartException">The settings cannot work; the message is for the operator.</exception>
    public static async Task<PortalGround> StartAsync(IConfiguration configuration, string contentRoot, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var options = configuration.GetSection("Database").Get<DatabaseOptions>() ?? new DatabaseOptions();
        var dataDirectory = DataDirectoryOf(configuration, contentRoot);
        if (options.Provider != DatabaseProvider.Embedded)
        {
            if (string.IsNullOrWhiteSpace(options.ConnectionString))
                throw new PortalStartException($"Database:Provider is {options.Provider}, but Database:ConnectionString is empty. Set the environment variable Database__ConnectionString.");
            return new PortalGround(options, dataDirectory, null, options.ConnectionString);
        }

        var embedded = await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions { DataDirectory = Path.Combine(dataDirectory, "postgresql"), BinDirectory = string.IsNullOrWhiteSpace(options.BinDirectory) ? null : options.BinDirectory },
            logs.CreateLogger<EmbeddedPostgres>(), cancellationToken);
        try
        {
            await CreateDatabaseAsync(embedded, cancellationToken);
            return new PortalGround(options, dataDirectory, embedded, embedded.ConnectionString(PostgresOwner, DatabaseName));
        }
        catch
        {
            await embedded.DisposeAsync();
            throw;
        }
    }

    public static string DataDirectoryOf(IConfiguration configuration, string contentRoot) =>
        Path.GetFullPath(configuration["PORTAL_DATA"] is { Length: > 0 } set ? set : Path.Combine(contentRoot, "data"));

    private const string PostgresOwner = "portal_owner";

    public DatabaseEngine CreateEngine(ILoggerFactory logs) => _options.Provider switch
    {
        DatabaseProvider.Embedded => new PostgreSqlEngine(ConnectionString, null, _options.MaxPoolSize, logs),
        DatabaseProvider.PostgreSql => new PostgreSqlEngine(ConnectionString, RolePassword(), _options.MaxPoolSize, logs),
        DatabaseProvider.SqlServer => new SqlServerEngine(ConnectionString, _options.MaxPoolSize, logs),
        _ => throw new PortalStartException($"Database:Provider {_options.Provider} is not known."),
    };

    public async ValueTask DisposeAsync()
    {
        if (_embedded is null) return;
        NpgsqlConnection.ClearAllPools();
        await _embedded.DisposeAsync();
    }

    private string? RolePassword()
    {
        if (!string.IsNullOrEmpty(_options.RolePassword)) return _options.RolePassword;
        return new NpgsqlConnectionStringBuilder(ConnectionString).Password is { Length: > 0 } secret ? PostgreSqlEngine.DeriveRolePassword(secret) : null;
    }

    private static async Task CreateDatabaseAsync(EmbeddedPostgres embedded, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(embedded.ConnectionString(PostgresOwner, "postgres")) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var find = new NpgsqlCommand($"SELECT 1 FROM pg_database WHERE datname = '{DatabaseName}'", connection);
        if (await find.ExecuteScalarAsync(cancellationToken) is not null) return;
        await using var create = new NpgsqlCommand($"CREATE DATABASE {DatabaseName}", connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>The portal cannot start as it is set up; the message says what to change.</summary>
public sealed class PortalStartException(string message) : Exception(message);
