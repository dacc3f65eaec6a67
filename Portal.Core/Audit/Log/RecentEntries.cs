using System.Collections.Concurrent;

namespace Hexabase.Portal.Audit.Log;

/// <summary>
/// Entries that this process has just committed or read, as they stand in the database, what names persons sealed: a search reads those that no segment holds yet, each search has left one
/// itself, and need not ask for them again. Which entries there are, the database says to the reader's own context; an entry never changes. Bounded; the oldest go first.
/// </summary>
public sealed class RecentEntries
{
    private const int MaxEntries = 1024;
    private const int MaxLength = 16 * 1024;

    private readonly ConcurrentDictionary<Guid, AuditEntry> _entries = new();
    private readonly ConcurrentQueue<Guid> _order = new();

    /// <summary>Takes a committed entry in; a very long one is left to the database.</summary>
    internal void Add(AuditEntry entry)
    {
        if (LengthOf(entry) > MaxLength || !_entries.TryAdd(entry.Id, entry)) return;
        _order.Enqueue(entry.Id);
        while (_order.Count > MaxEntries && _order.TryDequeue(out var oldest)) _entries.TryRemove(oldest, out _);
    }

    internal AuditEntry? Find(Guid organizationId, Guid id) => _entries.TryGetValue(id, out var entry) && entry.OrganizationId == organizationId ? entry : null;

    private static int LengthOf(AuditEntry entry) =>
        (entry.OldValue?.Length ?? 0) + (entry.NewValue?.Length ?? 0) + (entry.Reason?.Length ?? 0) + (entry.ActorSealed?.Length ?? 0) + (entry.SubjectSealed?.Length ?? 0) + (entry.OriginalSealed?.Length ?? 0);
}
