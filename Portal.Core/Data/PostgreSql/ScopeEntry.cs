using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Hexabase.Portal.Data.PostgreSql;

/// <summary>
/// Begins a command's transaction, and confines any to its organization, with the first statement that runs in it, in the same round trip. Until then the database shows the
/// request role no tenant row at all, so a way around this class finds nothing rather than too much.
/// </summary>
internal sealed class ScopeEntry : DbCommandInterceptor
{
    private const string Statement = "SELECT set_config('portal.organization', @portal_organization, true)";

    /// <summary>Begins and confines the transaction now, for statements that do not go through this interceptor.</summary>
    public static async Task EnterAsync(PostgreSqlPortalDbContext db, CancellationToken cancellationToken)
    {
        await BeginAsync(db, cancellationToken);
        if (db.Confined != ScopeState.Awaited) return;
        await using var command = new NpgsqlCommand(Statement, (NpgsqlConnection)db.Database.GetDbConnection());
        command.Parameters.Add(Organization(db));
        await command.ExecuteNonQueryAsync(cancellationToken);
        db.Confined = ScopeState.Entered;
    }

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is not PostgreSqlPortalDbContext db) return result;
        await BeginAsync(db, cancellationToken);
        if (db.Confined == ScopeState.Awaited)
        {
            command.CommandText = $"{Statement};\n{command.CommandText}";
            command.Parameters.Add(Organization(db));
            db.Confined = ScopeState.Prefixed;
        }

        if (eventData.CommandSource == CommandSource.SaveChanges && db.End is { IsTaken: true } end) end.AppendTo((NpgsqlCommand)command);
        return result;
    }

    public override async ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is PostgreSqlPortalDbContext { Confined: ScopeState.Prefixed } db)
        {
            // The answer of set_config stands before the answer of the statement.
            await result.NextResultAsync(cancellationToken);
            db.Confined = eventData.CommandSource == CommandSource.SaveChanges ? ScopeState.EnteredByBatch : ScopeState.Entered;
        }

        return result;
    }

    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is PostgreSqlPortalDbContext db) await EnterAsync(db, cancellationToken);
        return result;
    }

    public override async ValueTask<InterceptionResult<object>> ScalarExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is PostgreSqlPortalDbContext db) await EnterAsync(db, cancellationToken);
        return result;
    }

    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result) => Begun(eventData, result);

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result) => Begun(eventData, result);

    public override InterceptionResult<object> ScalarExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<object> result) => Begun(eventData, result);

    private static T Begun<T>(CommandEventData eventData, T result) =>
        eventData.Context is PostgreSqlPortalDbContext { BeginsLate: true } ? throw new InvalidOperationException("The first statement of a command is asynchronous: it begins the transaction.") : result;

    private static async ValueTask BeginAsync(PostgreSqlPortalDbContext db, CancellationToken cancellationToken)
    {
        if (!db.BeginsLate) return;
        await db.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        db.BeginsLate = false;
    }

    /// <summary>For a batch of statements that does not go through this interceptor.</summary>
    public static NpgsqlBatchCommand ToBatchCommand(PostgreSqlPortalDbContext db) =>
        new("SELECT set_config('portal.organization', $1, true)") { Parameters = { new NpgsqlParameter<string> { TypedValue = db.OrganizationId.ToString() } } };

    private static NpgsqlParameter<string> Organization(PostgreSqlPortalDbContext db) => new("portal_organization", db.OrganizationId.ToString());
}

/// <summary>How far a context's transaction is confined.</summary>
internal enum ScopeState
{
    /// <summary>Confined, or of the platform and in need of none.</summary>
    Entered,

    /// <summary>The first statement is to confine it.</summary>
    Awaited,

    /// <summary>The first statement is on its way.</summary>
    Prefixed,

    /// <summary>Confined by the batch of changes whose answers are being read: they stand one further back than the batch believes.</summary>
    EnteredByBatch,
}
