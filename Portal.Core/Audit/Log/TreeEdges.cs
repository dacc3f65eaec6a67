using System.Collections.Concurrent;
using Hexabase.Portal.Audit.Tree;

namespace Hexabase.Portal.Audit.Log;

/// <summary>
/// The hashes of tiles that are not full yet. Above the leaves each of them is the root of a full tile below, so that making them anew reads up to 255 tiles and hashes 65,000 times. They never change, more are
/// added behind them; only what is committed may be kept here.
/// </summary>
public sealed class TreeEdges
{
    private const int MaxKept = 10_000;
    private readonly ConcurrentDictionary<(Guid OrganizationId, int Level), (long Tile, ReadOnlyMemory<byte> Hashes)> _edges = new();

    /// <summary>The tile's first hashes, as many as are known; empty = none.</summary>
    internal ReadOnlyMemory<byte> Find(Guid organizationId, TileId id) => _edges.TryGetValue((organizationId, id.Level), out var edge) && edge.Tile == id.Index ? edge.Hashes : default;

    internal void Keep(Guid organizationId, TileId id, ReadOnlyMemory<byte> hashes)
    {
        if (_edges.Count > MaxKept) _edges.Clear();
        _edges[(organizationId, id.Level)] = (id.Index, hashes);
    }
}
