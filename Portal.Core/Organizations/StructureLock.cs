using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Organizations;

/// <summary>
/// A row that changes with every change of a structure whose rule spans many rows (no cycle in the tree of units), so that of two simultaneous
/// changes the later one is stale and decides again on fresh rows.
/// </summary>
[NotAudited]
internal sealed class StructureLock : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Name { get; init; }

    public long Changes { get; private set; }

    public long Version { get; private set; }

    /// <summary>How often the structure has changed; 0 = never.</summary>
    public static async Task<long> VersionAsync(ReadScope scope, string name, CancellationToken cancellationToken) =>
        await scope.Db.Set<StructureLock>().Where(l => l.Name == name).Select(l => l.Version).SingleOrDefaultAsync(cancellationToken);

    /// <summary>Call before reading what the rule spans.</summary>
    /// <returns>The structure's version before this change.</returns>
    public static async Task<long> TakeAsync(WriteScope scope, string name, CancellationToken cancellationToken)
    {
        var row = await scope.Db.Set<StructureLock>().SingleOrDefaultAsync(l => l.Name == name, cancellationToken);
        if (row is null) scope.Db.Add(row = new StructureLock { Id = Ids.New(), OrganizationId = scope.OrganizationId, Name = name });
        row.Changes++;
        return row.Version;
    }

    internal static void Configure(ModelBuilder model) => model.Entity<StructureLock>(e =>
    {
        e.ToTable("structure_locks");
        e.HasIndex(x => new { x.OrganizationId, x.Name }).IsUnique();
        e.Property(x => x.Name).HasMaxLength(40);
    });
}
