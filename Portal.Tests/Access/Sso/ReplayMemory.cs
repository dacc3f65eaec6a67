using System.Collections.Concurrent;

namespace Hexabase.Portal.Access.Sso;

/// <summary>A replay store in memory.</summary>
internal sealed class ReplayMemory : IReplayStore
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _used = new();

    public Task<bool> TryUseAsync(ReplayKey key, DateTimeOffset expiresAt, CancellationToken cancellationToken) => Task.FromResult(_used.TryAdd(Convert.ToHexString(key.Hash), expiresAt));
}
