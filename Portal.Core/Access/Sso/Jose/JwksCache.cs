namespace Hexabase.Portal.Access.Sso.Jose;

/// <summary>Fetches a provider's key set; a failure is a refusal in words.</summary>
public delegate Task<Checked<byte[]>> FetchDocument(Uri address, CancellationToken cancellationToken);

/// <summary>
/// Keys of providers by address, for an hour. A token with an unknown key makes one new fetch, at most once a minute, so that rotation needs nobody and forged tokens cause no storm.
/// When the provider does not answer, the last keys serve for a day. Bounded: the address not used longest gives way.
/// </summary>
public sealed class JwksCache(FetchDocument fetch, TimeProvider clock, int maxAddresses = 1_000)
{
    public static readonly TimeSpan FreshFor = TimeSpan.FromHours(1);
    public static readonly TimeSpan UsableFor = TimeSpan.FromDays(1);
    public static readonly TimeSpan BetweenFetches = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenFailures = TimeSpan.FromSeconds(10);
    private readonly Dictionary<Uri, Entry> _entries = [];
    private readonly Lock _lock = new();

    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>The token's claims, if one published key signed it.</summary>
    public async Task<Checked<JsonMembers>> VerifyAsync(CompactJws token, Uri address, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var entry = EntryOf(address, now);
        if (!(await KeysAsync(entry, address, entry.Keys is not null && now - entry.FetchedAt < FreshFor, cancellationToken)).TryGet(out var keys, out var refusal)) return refusal;
        if (!keys.Choose(token.KeyId, token.Algorithm).TryGet(out var key, out refusal))
        {
            if (refusal.Code is not ("jose.key.unknown" or "jose.key.mismatch")) return refusal;
            if (!(await KeysAsync(entry, address, clock.GetUtcNow() - entry.TriedAt < BetweenFetches, cancellationToken)).TryGet(out keys, out var unreachable)) return unreachable;
            if (!keys.Choose(token.KeyId, token.Algorithm).TryGet(out key, out refusal)) return refusal;
        }

        return token.Verify(key);
    }

    private async Task<Checked<JwkSet>> KeysAsync(Entry entry, Uri address, bool keep, CancellationToken cancellationToken)
    {
        Task<Checked<JwkSet>> pending;
        lock (entry)
        {
            var now = clock.GetUtcNow();
            var usable = entry.Keys is not null && now - entry.FetchedAt < UsableFor ? entry.Keys : null;
            if (entry.Pending is { IsCompleted: false }) pending = entry.Pending;
            else if (usable is not null && (keep || now - entry.TriedAt < BetweenFailures)) return usable;
            else if (entry.LastRefusal is { } refusal && now - entry.TriedAt < BetweenFailures) return refusal;
            else
            {
                entry.TriedAt = now;
                // Not the caller's token: others wait for the same answer. The client's own time-out ends it.
                pending = entry.Pending = FetchAsync(entry, address);
            }
        }

        return await pending.WaitAsync(cancellationToken);
    }

    private async Task<Checked<JwkSet>> FetchAsync(Entry entry, Uri address)
    {
        var answer = await fetch(address, CancellationToken.None);
        if (answer.TryGet(out var bytes, out var refusal) && JwkSet.Parse(bytes).TryGet(out var keys, out refusal))
        {
            lock (entry) (entry.Keys, entry.FetchedAt, entry.LastRefusal) = (keys, clock.GetUtcNow(), null);
            return keys;
        }

        lock (entry)
        {
            entry.LastRefusal = refusal;
            if (entry.Keys is { } last && clock.GetUtcNow() - entry.FetchedAt < UsableFor) return last;
        }

        return refusal;
    }

    private Entry EntryOf(Uri address, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(address, out var entry))
            {
                if (_entries.Count >= maxAddresses) _entries.Remove(_entries.MinBy(e => e.Value.UsedAt).Key);
                _entries.Add(address, entry = new Entry());
            }

            entry.UsedAt = now;
            return entry;
        }
    }

    private sealed class Entry
    {
        public JwkSet? Keys { get; set; }

        public SsoRefusal? LastRefusal { get; set; }

        public DateTimeOffset FetchedAt { get; set; }

        public DateTimeOffset TriedAt { get; set; }

        public DateTimeOffset UsedAt { get; set; }

        public Task<Checked<JwkSet>>? Pending { get; set; }
    }
}
