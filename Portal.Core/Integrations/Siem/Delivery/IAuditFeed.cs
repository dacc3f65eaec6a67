using Hexabase.Portal.Audit;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>The sequenced log as sinks read it; a benchmark and tests put logs of their own in its place.</summary>
public interface IAuditFeed
{
    /// <summary>Entries from an index on, in order, opened; expired ones are left out.</summary>
    Task<IReadOnlyList<AuditEntryRow>> ReadAsync(Guid organizationId, long fromIndex, int limit, CancellationToken cancellationToken);

    /// <summary>The number of entries that have a place: the index of the next one.</summary>
    Task<long> SizeAsync(Guid organizationId, CancellationToken cancellationToken);

    /// <summary>The first index that was given at or after a moment; the log's size where there is none.</summary>
    Task<long> IndexAtAsync(Guid organizationId, DateTime utc, CancellationToken cancellationToken);

    /// <summary>The newest signed checkpoint over at least <paramref name="size"/> entries, as a signed note; null = not published yet.</summary>
    Task<string?> CheckpointAsync(Guid organizationId, long size, CancellationToken cancellationToken);
}
