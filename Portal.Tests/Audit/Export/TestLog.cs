using System.Buffers;
using System.Globalization;
using System.Text;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Tree;

namespace Hexabase.Portal.Audit.Export;

/// <summary>One entry of a made-up log.</summary>
internal sealed record TestLeaf(byte[] Leaf, byte[] Hash, BundleOpening? Actor = null);

/// <summary>A made-up log in memory: leaves of the real form, a tree, checkpoints, and bundles of it.</summary>
internal sealed class TestLog(Guid logId, Guid tenantId, AuditSigningKey key, int seed)
{
    private static readonly string[] Actions = ["workspace.create", "workspace.update", "quota.change", "session.start", "session.end", "budget.update", "costs.import", "audit.search"];
    private readonly Random _random = new(seed);
    private readonly Dictionary<long, string> _checkpoints = [];
    private readonly CompactRange _range = new();
    private DateTime _clock = new(2026, 11, 20, 8, 0, 0, DateTimeKind.Utc);

    public List<TestLeaf> Leaves { get; } = [];

    public AuditSigner Signer => new(Checkpoint.OriginOf(logId), key);

    public IReadOnlyDictionary<long, string> Checkpoints => _checkpoints;

    public long Size => Leaves.Count;

    public static TestLog Make(AuditSigningKey key, int entries, int seed = 1, int checkpointEvery = 100)
    {
        var log = new TestLog(Guid.Parse("0199aaaa-bbbb-7ccc-8ddd-000000000001"), Guid.Parse("0199aaaa-bbbb-7ccc-8ddd-000000000002"), key, seed);
        log.Grow(entries, checkpointEvery);
        return log;
    }

    public void Grow(int entries, int checkpointEvery = 100)
    {
        for (var i = 0; i < entries; i++)
        {
            Add(Entry(Size, Tick()));
            if (Size % checkpointEvery == 0) Sign();
        }

        if (Size > 0) Sign();
    }

    public DateTime Tick(long ticks = 0) => _clock = _clock.AddTicks(ticks == 0 ? _random.Next(0, 3_000_000) * 10L : ticks);

    public void Add(TestLeaf leaf)
    {
        Leaves.Add(leaf);
        _range.Append(leaf.Hash);
    }

    /// <summary>Signs the newest size, and keeps it.</summary>
    public string Sign() => _checkpoints[Size] = new Checkpoint(Signer.Name, Size, _range.Root()).Sign([Signer]);

    public TestLeaf Entry(long index, DateTime at, string? reason = null)
    {
        var name = Encoding.UTF8.GetBytes($$"""{"actor_name":"person{{_random.Next(500)}}@example.org","ip_address":"10.1.{{_random.Next(250)}}.{{_random.Next(250)}}","user_agent":"Mozilla/5.0 (X11; Linux x86_64)"}""");
        var opening = new BundleOpening(Bytes(32), name);
        var facts = new LeafFacts(
            Guid.CreateVersion7(at), tenantId, at, at, "person", new Guid(Bytes(16)), null, Actions[_random.Next(Actions.Length)], "workspace", new Guid(Bytes(16)).ToString(),
            $"workspace-{_random.Next(1000)}", null, _random.Next(10) == 0 ? AuditStatus.Failure : AuditStatus.Success, reason, """{"cpuMillicores":4000}""",
            string.Create(CultureInfo.InvariantCulture, $$"""{"cpuMillicores":{{_random.Next(64_000)}}}"""), new Guid(Bytes(16)), $"req-{_random.Next()}", null, null, "workspace.write", "organization", null, "portal", null,
            Persons.PersonKey.Commit(opening.Salt, opening.Value), null, null);
        var buffer = new ArrayBufferWriter<byte>(1024);
        LeafText.Write(buffer, logId, index, at, facts);
        var leaf = buffer.WrittenSpan.ToArray();
        return new TestLeaf(leaf, MerkleTree.LeafHash(leaf), opening);
    }

    /// <summary>A bundle of [from, to) under the checkpoint of <paramref name="headSize"/> entries.</summary>
    public async Task WriteAsync(Stream output, long from = 0, long? to = null, long? headSize = null, BundleKind? kind = null, IReadOnlyList<long>? selection = null, AuditSigningKey? signer = null, IReadOnlyList<(long From, long To)>? removed = null, IReadOnlyList<BundleReceipt>? receipts = null)
    {
        var head = headSize ?? Size;
        var end = to ?? head;
        var what = kind ?? (selection is not null ? BundleKind.Selection : from == 0 && end == head ? BundleKind.Full : BundleKind.Range);
        var proofs = new TreeProofs(new Hashes(Leaves), head);
        var signers = new[] { signer is null ? Signer : new AuditSigner(Signer.Name, signer) };
        using var writer = new BundleWriter(output, new BundleHeader(Guid.CreateVersion7(_clock), logId, tenantId, what, from, end, _clock), signers);
        var earlier = what == BundleKind.Range ? _checkpoints.Keys.Where(s => s <= from && s > 0).DefaultIfEmpty().Max() : 0;
        var notes = what == BundleKind.Full ? _checkpoints.Where(c => c.Key <= head).OrderBy(c => c.Key).Select(c => c.Value).ToList() : earlier > 0 && earlier < head ? [_checkpoints[earlier], _checkpoints[head]] : [_checkpoints[head]];
        IReadOnlyList<(long, long, IReadOnlyList<byte[]>)> consistency = earlier > 0 && earlier < head ? [(earlier, head, await proofs.ConsistencyAsync(earlier, head, default))] : [];
        var (left, right) = what == BundleKind.Selection ? ([], []) : (await proofs.NodesAsync(0, from, default), await proofs.NodesAsync(end, head, default));
        await writer.BeginAsync(new BundleProofs([.. signers.Select(s => s.Verifier)], notes, consistency, left, right, receipts ?? (removed is { Count: > 0 } ? [Receipt(removed[0].From, removed[^1].To, removed.Sum(r => r.To - r.From), head)] : [])), default);
        if (selection is not null)
        {
            foreach (var i in selection) await writer.EntryAsync(Of(i), await proofs.InclusionAsync(i, head, default), default);
        }
        else
        {
            for (var i = from; i < end; i++)
            {
                if (removed?.FirstOrDefault(r => r.From == i) is { To: > 0 } gone)
                {
                    await writer.RemovedAsync(gone.From, [.. Leaves.Skip((int)gone.From).Take((int)(gone.To - gone.From)).Select(l => l.Hash)], default);
                    i = gone.To - 1;
                }
                else await writer.EntryAsync(Of(i), null, default);
            }
        }

        await writer.EndAsync(default);
    }

    /// <summary>The receipt of a removal that was made when the log had a checkpoint of that size.</summary>
    public BundleReceipt Receipt(long from, long to, long entries, long size) => new(Guid.CreateVersion7(_clock), 90, new DateTime(2026, 8, 1, 0, 0, 0, DateTimeKind.Utc), from, to, entries, new byte[32], _checkpoints[size], _clock);

    private BundleEntry Of(long i) => new(i, Leaves[(int)i].Leaf, Leaves[(int)i].Hash, Leaves[(int)i].Actor);

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Tiles of the leaves in the list, level by level.</summary>
    private sealed class Hashes(List<TestLeaf> leaves) : ITreeHashes
    {
        private readonly Dictionary<TileId, byte[]> _roots = [];

        public ValueTask<ReadOnlyMemory<byte>> HashesAsync(int level, long from, int count, CancellationToken cancellationToken) => new(Of(level, from, count));

        private byte[] Of(int level, long from, int count)
        {
            var hashes = new byte[count * 32];
            for (var i = 0; i < count; i++) (level == 0 ? leaves[(int)(from + i)].Hash : Root(new TileId(level - 1, from + i))).CopyTo(hashes, i * 32);
            return hashes;
        }

        private byte[] Root(TileId tile) => _roots.TryGetValue(tile, out var root) ? root : _roots[tile] = MerkleTree.PerfectRoot(Of(tile.Level, tile.Index * Tiles.Width, Tiles.Width));
    }
}
