using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hexabase.Portal.Data;

/// <summary>Brings the schema up to date under one lock; of several replicas that start together one migrates and the others wait.</summary>
public sealed class Migrator(DatabaseEngine engine, ILogger<Migrator> log)
{
    /// <returns>The names of the migrations applied now; empty when the schema was current.</returns>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken)
    {
        await engine.PrepareAsync(cancellationToken);
        await using var held = await engine.LockMigrationAsync(cancellationToken);
        await using var db = engine.CreateOwnerContext();
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(30));
        var applied = await db.Database.GetAppliedMigrationsAsync(cancellationToken);
        var known = db.Database.GetMigrations().ToHashSet(StringComparer.Ordinal);
        var newer = applied.Where(m => !known.Contains(m)).ToList();
        if (newer.Count > 0)
            throw new InvalidOperationException($"The database was migrated by a newer portal ({newer[^1]}). Start that version, or restore a backup of this one.");

        var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
        var script = engine.SecurityScript(db);
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', script))));
        if (pending.Count > 0)
        {
            log.LogInformation("Migrating the database: {Migrations}", string.Join(", ", pending));
            await db.Database.MigrateAsync(cancellationToken);
        }

        var current = await db.Set<SchemaSecurity>().AsNoTracking().Select(s => s.Fingerprint).SingleOrDefaultAsync(cancellationToken);
        if (pending.Count > 0 || current != fingerprint) await ApplySecurityAsync(db, script, fingerprint, cancellationToken);
        return pending;
    }

    private static async Task ApplySecurityAsync(PortalDbContext db, IReadOnlyList<string> script, string fingerprint, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        foreach (var statement in script)
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = statement;
            command.Transaction = Microsoft.EntityFrameworkCore.Storage.DbContextTransactionExtensions.GetDbTransaction(transaction);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await db.Database.ExecuteSqlAsync($"DELETE FROM schema_security", cancellationToken);
        await db.Database.ExecuteSqlAsync($"INSERT INTO schema_security (id, fingerprint) VALUES (1, {fingerprint})", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}

/// <summary>Which security script the tables carry, so that an unchanged start does not touch them.</summary>
public sealed class SchemaSecurity
{
    public int Id { get; init; }

    public required string Fingerprint { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<SchemaSecurity>(e =>
    {
        e.ToTable("schema_security");
        e.HasGuard(TableGuard.PlatformOnly);
        e.Property(x => x.Id).ValueGeneratedNever();
        e.Property(x => x.Fingerprint).HasMaxLength(64);
    });
}
