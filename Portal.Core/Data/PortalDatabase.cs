using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Hexabase.Portal.Data;

/// <summary>Opens contexts that the database confines to one organization (or, for the gateway and the portal's own services, to the platform).</summary>
public sealed class PortalDatabase(DatabaseEngine engine)
{
    public DatabaseEngine Engine => engine;

    /// <summary>A context inside a transaction confined to <paramref name="scope"/>. Dispose = roll back unless committed.</summary>
    internal Task<OpenContext> OpenAsync(DataScope scope, bool forWriting, CancellationToken cancellationToken) => OpenAsync(scope, forWriting, beginsLate: false, cancellationToken);

    /// <summary>For a command, which ends with <see cref="DatabaseEngine.EndAsync"/>: the same, but the transaction may begin with the first statement only.</summary>
    internal Task<OpenContext> OpenCommandAsync(DataScope scope, CancellationToken cancellationToken) => OpenAsync(scope, forWriting: true, beginsLate: true, cancellationToken);

    private async Task<OpenContext> OpenAsync(DataScope scope, bool forWriting, bool beginsLate, CancellationToken cancellationToken)
    {
        var db = engine.CreateContext(scope);
        try
        {
            db.ChangeTracker.QueryTrackingBehavior = forWriting ? QueryTrackingBehavior.TrackAll : QueryTrackingBehavior.NoTracking;
            // A failed save rolls the whole transaction back and a retry opens another one: a savepoint would be two statements and a sub-transaction for nothing.
            db.Database.AutoSavepointsEnabled = false;
            if (beginsLate && engine.TryBeginLate(db, scope)) return new OpenContext(db, null);
            // A read sees one snapshot, so that the parts of a page agree with each other.
            var isolation = !forWriting && engine.IsPostgreSql ? IsolationLevel.RepeatableRead : IsolationLevel.ReadCommitted;
            var transaction = await db.Database.BeginTransactionAsync(isolation, cancellationToken);
            await engine.EnterAsync(db, scope, cancellationToken);
            return new OpenContext(db, transaction);
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Reads in one transaction. A pooled connection may have died with a server that is back since, so what meets an outage is read once more, over a new connection.
    /// </summary>
    internal async Task<T> ReadAsync<T>(DataScope scope, Func<PortalDbContext, Task<T>> read, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var open = await OpenAsync(scope, forWriting: false, cancellationToken);
                var result = await read(open.Db);
                await open.CommitAsync(cancellationToken);
                return result;
            }
            catch (Exception e) when (attempt == 1 && engine.AsOutage(e) is not null)
            {
                engine.ForgetConnections();
            }
        }
    }
}

internal readonly struct OpenContext(PortalDbContext db, IDbContextTransaction? transaction) : IAsyncDisposable
{
    public PortalDbContext Db { get; } = db;

    public Task CommitAsync(CancellationToken cancellationToken) => Db.Database.CommitTransactionAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if ((transaction ?? Db.Database.CurrentTransaction) is { } open) await open.DisposeAsync();
        await Db.DisposeAsync();
    }
}
