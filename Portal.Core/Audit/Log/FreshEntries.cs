using Hexabase.Portal.Audit.Persons;

namespace Hexabase.Portal.Audit.Log;

/// <summary>An entry as it was committed, what names persons in clear: all that its leaf and its words in the index are made of.</summary>
/// <param name="Actor">Null where the entry has no sealed actor part.</param>
internal sealed record FreshEntry(LeafFacts Facts, int RetentionDays, Guid? ActorKeyId, ActorDetails? Actor, Guid? SubjectKeyId, SubjectDetails? Subject)
{
    /// <summary>Characters of its long texts, for the bound on memory.</summary>
    public int Weight { get; } = (Facts.OldValue?.Length ?? 0) + (Facts.NewValue?.Length ?? 0) + (Facts.Reason?.Length ?? 0) + (Subject?.OldValue?.Length ?? 0) + (Subject?.NewValue?.Length ?? 0);
}

/// <summary>
/// Entries that this process has committed in bulk, kept until its sequencer and its indexer have taken them, so that what was just written is not read back. Whoever finds an entry here or not
/// decides nothing: which entries wait and which place they have, the database says, and what is missing here is read there. Bounded; the oldest go first.
/// </summary>
public sealed class FreshEntries(TimeProvider clock)
{
    private const int MaxEntries = 40_000;
    private const long MaxWeight = 40_000_000;
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, (FreshEntry Entry, Load From)> _entries = [];
    private readonly LinkedList<Load> _loads = [];
    private long _weight;
    private bool _isWanted;

    /// <summary>Set by the sequencer while this process gives places; otherwise nobody would take what is kept.</summary>
    internal bool IsWanted
    {
        get => Volatile.Read(ref _isWanted);
        set
        {
            Volatile.Write(ref _isWanted, value);
            lock (_lock) Shrink(value ? MaxEntries : 0);
        }
    }

    internal bool IsEmpty
    {
        get
        {
            lock (_lock) return _entries.Count == 0;
        }
    }

    /// <summary>Takes committed entries in.</summary>
    internal void Add(IReadOnlyList<FreshEntry> entries)
    {
        if (!IsWanted || entries.Count == 0) return;
        lock (_lock)
        {
            var load = new Load(entries, clock.GetUtcNow()) { Left = entries.Count };
            _loads.AddLast(load);
            foreach (var entry in entries)
            {
                _entries.Add(entry.Facts.Id, (entry, load));
                _weight += entry.Weight;
            }

            Shrink(MaxEntries);
        }
    }

    /// <summary>The facts of those that are here; the others are added to <paramref name="missing"/>.</summary>
    internal List<LeafFacts> Find(IReadOnlyList<Guid> ids, List<Guid> missing)
    {
        var found = new List<LeafFacts>(ids.Count);
        lock (_lock)
        {
            foreach (var id in ids)
            {
                if (_entries.TryGetValue(id, out var known)) found.Add(known.Entry.Facts);
                else missing.Add(id);
            }
        }

        return found;
    }

    /// <summary>Gives them away for good, in the order asked; null for one that is not here.</summary>
    internal FreshEntry?[] Take(IReadOnlyList<Guid> ids)
    {
        var taken = new FreshEntry?[ids.Count];
        lock (_lock)
        {
            for (var i = 0; i < taken.Length; i++)
            {
                if (!_entries.TryGetValue(ids[i], out var known)) continue;
                taken[i] = known.Entry;
                Remove(known.Entry);
                if (--known.From.Left == 0) _loads.Remove(known.From);
            }
        }

        return taken;
    }

    private void Shrink(int maxEntries)
    {
        while (_loads.First?.Value is { } oldest && (_entries.Count > maxEntries || _weight > MaxWeight || clock.GetUtcNow() - oldest.At > MaxAge))
        {
            _loads.RemoveFirst();
            foreach (var entry in oldest.Entries)
            {
                if (_entries.ContainsKey(entry.Facts.Id)) Remove(entry);
            }
        }
    }

    private void Remove(FreshEntry entry)
    {
        _entries.Remove(entry.Facts.Id);
        _weight -= entry.Weight;
    }

    private sealed class Load(IReadOnlyList<FreshEntry> entries, DateTimeOffset at)
    {
        public IReadOnlyList<FreshEntry> Entries => entries;

        public DateTimeOffset At => at;

        public int Left { get; set; }
    }
}
