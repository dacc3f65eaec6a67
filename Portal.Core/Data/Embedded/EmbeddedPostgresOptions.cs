namespace Hexabase.Portal.Data.Embedded;

/// <summary>How the portal owns its PostgreSQL server (settings below <c>Database:Embedded</c>).</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>Directory owned by the server alone; made (0700) when it is missing. Holds <c>cluster/</c>, <c>lock</c> and <c>startup.log</c>.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Directory with <c>initdb</c> and <c>postgres</c>. Null looks on PATH, then in /usr/lib/postgresql/*/bin, newest first.</summary>
    public string? BinDirectory { get; init; }

    /// <summary>PostgreSQL <c>shared_buffers</c>, in MB.</summary>
    public int SharedBuffersMegabytes { get; init; } = 512;

    /// <summary>PostgreSQL <c>max_connections</c>.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>Further server settings by name; they win over the portal's own, except for where the server listens.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Switches fsync, synchronous_commit and full_page_writes off: a power failure then destroys the cluster. For throw-away test clusters only.</summary>
    public bool UnsafeWithoutDurability { get; init; }
}
