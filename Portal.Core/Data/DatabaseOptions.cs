using System.ComponentModel.DataAnnotations;

namespace Hexabase.Portal.Data;

public enum DatabaseProvider
{
    /// <summary>PostgreSQL that the portal itself starts below its data directory.</summary>
    Embedded,
    PostgreSql,
    SqlServer,
}

/// <summary>Section <c>Database</c>.</summary>
public sealed record DatabaseOptions
{
    public DatabaseProvider Provider { get; init; } = DatabaseProvider.Embedded;

    /// <summary>
    /// For outside servers: the owner's connection string (it creates and migrates the schema and the roles). PostgreSQL: requests, platform work and bulk
    /// loads then run as the login roles <c>portal_app</c>, <c>portal_platform</c> and <c>portal_bulk</c>, see deploy/postgresql.
    /// </summary>
    public string? ConnectionString { get; init; }

    /// <summary>Password of the three login roles on an outside PostgreSQL server; from the environment or a file, never from appsettings.</summary>
    public string? RolePassword { get; init; }

    /// <summary>Connections of the request role that one replica may open.</summary>
    [Range(4, 1000)]
    public int MaxPoolSize { get; init; } = 60;

    /// <summary>Where <c>initdb</c> and <c>postgres</c> are; empty = PATH, then /usr/lib/postgresql.</summary>
    public string? BinDirectory { get; init; }
}
