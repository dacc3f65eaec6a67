using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Update.Internal;

#pragma warning disable EF1001, CS0618 // The provider has no public way to read a batch that carries a statement of ours; the tests on stale versions hold this against an update of it.

namespace Hexabase.Portal.Data.PostgreSql;

/// <summary>Makes batches that can carry the statement of <see cref="ScopeEntry"/> before the changes.</summary>
internal sealed class ConfiningBatchFactory(ModificationCommandBatchFactoryDependencies dependencies) : IModificationCommandBatchFactory
{
    private const int MaxChanges = 1000;

    public ModificationCommandBatch Create() => new ConfiningBatch(dependencies, MaxChanges);

    private sealed class ConfiningBatch(ModificationCommandBatchFactoryDependencies dependencies, int maxChanges) : NpgsqlModificationCommandBatch(dependencies, maxChanges)
    {
        protected override Task ConsumeAsync(RelationalDataReader reader, CancellationToken cancellationToken = default)
        {
            if (Dependencies.CurrentContext.Context is not PostgreSqlPortalDbContext { Confined: ScopeState.EnteredByBatch } db) return base.ConsumeAsync(reader, cancellationToken);
            db.Confined = ScopeState.Entered;
            return ReadAsync(reader, cancellationToken);
        }

        /// <summary>As the provider does, with every statement one place further back.</summary>
        private async Task ReadAsync(RelationalDataReader reader, CancellationToken cancellationToken)
        {
            var answers = (NpgsqlDataReader)reader.DbDataReader;
            for (var next = 0; next < ModificationCommands.Count;)
            {
                var returning = next;
                while (returning < ModificationCommands.Count && !ResultSetMappings[returning].HasFlag(ResultSetMapping.LastInResultSet)) returning++;
                for (; next < returning; next++)
                {
                    if (answers.Statements[next + 1].Rows == 0) await ThrowAggregateUpdateConcurrencyExceptionAsync(reader, next, 1, 0, cancellationToken);
                }

                if (next >= ModificationCommands.Count) return;
                if (!await reader.ReadAsync(cancellationToken)) await ThrowAggregateUpdateConcurrencyExceptionAsync(reader, next, 1, 0, cancellationToken);
                ModificationCommands[next].PropagateResults(reader);
                await answers.NextResultAsync(cancellationToken);
                next++;
            }
        }
    }
}
