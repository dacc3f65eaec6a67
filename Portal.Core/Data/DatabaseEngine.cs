using System.Data.Common;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Data;

/// <summary>What differs between PostgreSQL and SQL Server, and nothing else.</summary>
public abstract class DatabaseEngine : IAsyncDisposable
{
    public abstract bool IsPostgreSql { get; }

    /// <summary>A context of the request role (or, for the platform, of the platform role), not yet in a transaction.</summary>
    internal abstract PortalDbContext CreateContext(DataScope scope);

    /// <summary>A context of the schema's owner, for migrations.</summary>
    internal abstract PortalDbContext CreateOwnerContext();

    /// <summary>Confines the transaction to the scope, at the latest with its first statement through the context.</summary>
    internal abstract Task EnterAsync(PortalDbContext db, DataScope scope, CancellationToken cancellationToken);

    /// <summary>Leaves the begin of a command's transaction to its first statement, where the engine can.</summary>
    internal virtual bool TryBeginLate(PortalDbContext db, DataScope scope) => false;

    /// <summary>
    /// Saves what the context tracks and the audit entry, and commits. What fails leaves nothing behind; once the commit is on its way the caller's impatience does not leave the outcome unknown.
    /// </summary>
    internal abstract Task EndAsync(PortalDbContext db, AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>Creates what must exist before the first migration: database, roles.</summary>
    internal abstract Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Statements that put grants, row-level security and insert-only guards on the model's tables; safe to run again.</summary>
    public abstract IReadOnlyList<string> SecurityScript(PortalDbContext model);

    /// <summary>Holds the one lock that keeps two replicas from migrating at the same time; disposed = released.</summary>
    internal abstract Task<IAsyncDisposable> LockMigrationAsync(CancellationToken cancellationToken);

    /// <summary>The row of a table with the id {0}, held until the transaction ends: by several readers at once, or by one alone.</summary>
    internal abstract string HeldRow(string table, bool alone);

    /// <summary>The ground is gone: connection lost, server starting or stopping, disk full. Null for anything else.</summary>
    public abstract Problem? AsOutage(Exception exception);

    public abstract bool IsRetryable(Exception exception);

    public abstract bool IsUniqueViolation(Exception exception);

    /// <summary>A row that is referred to was removed at the same moment, or one that is removed was referred to: a fresh read finds it so.</summary>
    public abstract bool IsOvertaken(Exception exception);

    /// <summary>Closes the connections that wait in the pools: after an outage each of them is dead, and the next one asked for is new.</summary>
    internal abstract void ForgetConnections();

    /// <summary>A value that the engine cannot store (NUL in text, numeric overflow).</summary>
    public abstract bool IsBadValue(Exception exception);

    public abstract ValueTask DisposeAsync();

    protected static IEnumerable<Exception> Chain(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException) yield return exception;
    }

    private protected static DbConnection Connection(PortalDbContext db) => db.Database.GetDbConnection();
}
