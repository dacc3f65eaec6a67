using Hexabase.Portal.Costs.Focus;
using Hexabase.Portal.Data;
using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Data.SqlServer;

namespace Hexabase.Portal.Costs.Imports;

/// <summary>Loads lines in bulk in one transaction of its own. Disposed without <see cref="CommitAsync"/> it leaves nothing.</summary>
internal abstract class CostLineWriter : IAsyncDisposable
{
    /// <summary>How many bytes or rows may wait before <see cref="FlushAsync"/> is due.</summary>
    public abstract bool IsFull { get; }

    /// <summary>Takes one line; its key may still be without an id, which it must have at the next flush.</summary>
    public abstract void Add(long id, CostKeyEntry key, long sliceId, FocusRow row, ReadOnlySpan<byte> extra);

    /// <summary>Sends what waits.</summary>
    public abstract ValueTask FlushAsync(CancellationToken cancellationToken);

    public abstract Task CommitAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();

    public static async Task<CostLineWriter> OpenAsync(DatabaseEngine engine, Guid organizationId, CancellationToken cancellationToken) => engine switch
    {
        PostgreSqlEngine postgreSql => await PostgreSqlLineWriter.OpenAsync(postgreSql, organizationId, cancellationToken),
        SqlServerEngine sqlServer => await SqlServerLineWriter.OpenAsync(sqlServer, organizationId, cancellationToken),
        _ => throw new NotSupportedException($"No bulk writer for {engine.GetType().Name}."),
    };
}
