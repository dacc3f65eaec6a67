using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Update.Internal;

#pragma warning disable EF1001, CS0618 // The provider has no public way to read a batch that carries a statement of ours; the tests on stale versions hold this against an update of it.

namespace Hexabase.Portal.Data.PostgreSql;

/// <summary>Makes batches that can carry the statement of <see cref="ScopeEntry"/> before the changes and a <see cref="TransactionEnd"/> behind them.</summary>
internal sealed class ConfiningBatchFactory(ModificationCommandBatchFactoryDependencies dependencies) : IModificationCommandBatchFactory
{
    private const int MaxChanges = 1000;

    public ModificationCommandBatch Create() => new ConfiningBatch(dependencies, MaxChanges);

    private sealed class ConfiningBatch(ModificationCommandBatchFactoryDependencies dependencies, int maxChanges) : NpgsqlModificationCommandBatch(dependencies, maxChanges)
    {
        public override Task ExecuteAsync(IRelationalConnection connection, CancellationToken cancellationToken = default)
        {
            if (AreMoreBatchesExpected || Dependencies.CurrentContext.Context is not PostgreSqlPortalDbContext { End: { } end }) return base.ExecuteAsync(connection, cancellationToken);
            // Whether a changed or removed row was still as it had been read shows in the number of rows, which comes before the commit.
            end.Take(commits: ModificationCommands.All(c => c.EntityState == EntityState.Added));
            // The caller's impatience must not leave the outcome of a commit unknown.
            return base.ExecuteAsync(connection, end.Commits ? CancellationToken.None : cancellationToken);
        }

        protected override Task ConsumeAsync(RelationalDataReader reader, CancellationToken cancellationToken = default)
        {
            if (Dependencies.CurrentContext.Context is not PostgreSqlPortalDbContext db) return base.ConsumeAsync(reader, cancellationToken);
            var ahead = db.Confined == ScopeState.EnteredByBatch ? 1 : 0;
            var end = db.End is { IsTaken: true } taken ? taken : null;
            if (ahead == 0 && end is null) return base.ConsumeAsync(reader, cancellationToken);
            db.Confined = ScopeState.Entered;
            return ReadAsync(reader, ahead, end, cancellationToken);
        }

        /// <summary>As the provider does, with every statement so many places further back, and then the end.</summary>
        private async Task ReadAsync(RelationalDataReader reader, int ahead, TransactionEnd? end, CancellationToken cancellationToken)
        {
            var answers = (NpgsqlDataReader)reader.DbDataReader;
            for (var next = 0; next < ModificationCommands.Count; next++)
            {
                if (!ResultSetMappings[next].HasFlag(ResultSetMapping.HasResultRow))
                {
                    if (answers.Statements[next + ahead].Rows == 0) await ThrowAggregateUpdateConcurrencyExceptionAsync(reader, next, 1, 0, cancellationToken);
                    continue;
                }

                if (!await reader.ReadAsync(cancellationToken)) await ThrowAggregateUpdateConcurrencyExceptionAsync(reader, next, 1, 0, cancellationToken);
                ModificationCommands[next].PropagateResults(reader);
                await answers.NextResultAsync(cancellationToken);
            }

            if (end is not null) await end.ReadAsync(answers, cancellationToken);
        }
    }
}
