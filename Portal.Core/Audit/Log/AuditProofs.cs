using System.Buffers;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Log;

/// <summary>The newest signed checkpoint of a log, as published.</summary>
/// <param name="Note">C2SP tlog-checkpoint.</param>
public sealed record CheckpointRow(long TreeSize, byte[] RootHash, string Note, DateTime CreatedAtUtc);

/// <summary>The newest checkpoint of the log.</summary>
/// <param name="Org">Null = the platform's own log.</param>
public sealed record GetAuditCheckpoint(string? Org) : Query<CheckpointRow>
{
    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override async Task<Result<CheckpointRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        await scope.Db.Set<AuditCheckpoint>().Where(c => c.OrganizationId == scope.OrganizationId).OrderByDescending(c => c.TreeSize)
            .Select(c => new CheckpointRow(c.TreeSize, c.RootHash, c.Note, c.CreatedAtUtc)).FirstOrDefaultAsync(cancellationToken) is { } newest
            ? newest
            : Problem.NotFound("auditCheckpoint");
}

/// <summary>A public key that signs or has signed checkpoints.</summary>
/// <param name="Name">The key's name in signature lines.</param>
/// <param name="KeyHash">The 4 bytes before each signature, base64.</param>
/// <param name="IsSigning">False for a retired key.</param>
public sealed record AuditKeyRow(string Name, string KeyHash, string Algorithm, string PublicKeyPem, bool IsSigning);

/// <summary>All public keys that checkpoints of the log may carry.</summary>
public sealed record ListAuditKeys(string? Org) : Query<IReadOnlyList<AuditKeyRow>>
{
    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override async Task<Result<IReadOnlyList<AuditKeyRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var log = await scope.Db.Set<AuditLog>().Where(l => l.OrganizationId == scope.OrganizationId).Select(l => (Guid?)l.LogId).SingleOrDefaultAsync(cancellationToken);
        if (log is not { } logId) return Array.Empty<AuditKeyRow>();
        var keys = scope.Service<AuditSigningKeys>();
        var signing = keys.SignersOf(logId).Select(s => s.Verifier.PublicKeyPem).ToHashSet(StringComparer.Ordinal);
        var known = await AuditKeys.OfAsync(scope.Db, keys, logId, cancellationToken);
        return known.ConvertAll(k => new AuditKeyRow(k.Name, Convert.ToBase64String(k.KeyHash), AuditVerifierKey.Algorithm, k.PublicKeyPem, signing.Contains(k.PublicKeyPem)));
    }
}

/// <summary>RFC 9162 section 2.1.3: that the leaf at the index is in the tree of this size.</summary>
/// <param name="Leaf">The leaf's bytes; null once the entry expired, the hash and the proof stay.</param>
public sealed record InclusionProof(long LeafIndex, long TreeSize, byte[] LeafHash, byte[] RootHash, IReadOnlyList<byte[]> Path, byte[]? Leaf);

/// <summary>The inclusion proof of one entry.</summary>
/// <param name="TreeSize">Null = the newest checkpoint's size.</param>
public sealed record GetInclusionProof(string? Org, long Index, long? TreeSize = null) : Query<InclusionProof>
{
    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override async Task<Result<InclusionProof>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var db = scope.Db;
        var newest = TreeSize is null
            ? await db.Set<AuditCheckpoint>().Where(c => c.OrganizationId == scope.OrganizationId).OrderByDescending(c => c.TreeSize).Select(c => new { c.TreeSize, c.RootHash }).FirstOrDefaultAsync(cancellationToken)
            : null;
        // An entry below the checkpoint is in the log: nothing else is to be asked then.
        var size = newest?.TreeSize > Index ? newest.TreeSize : await AuditLogReader.SizeAsync(db, scope.OrganizationId, cancellationToken);
        var treeSize = TreeSize ?? newest?.TreeSize ?? size;
        if (Index < 0 || Index >= size) return Problem.NotFound("auditEntry");
        if (treeSize <= Index || treeSize > size)
            return AuditProofProblem.Of("treeSize", "audit.treeSize", $"treeSize is from {Index + 1} (the entry must be in the tree) to {size} (the log has no more entries).");
        var proofs = new TreeProofs(new AuditTreeStore(db, scope.OrganizationId, scope.Service<TreeEdges>()), size);
        var placed = await db.Set<AuditLeaf>().Where(l => l.OrganizationId == scope.OrganizationId && l.Index == Index)
            .Join(db.Set<AuditLog>(), l => l.OrganizationId, g => g.OrganizationId, (l, g) => new { Leaf = l, g.LogId }).SingleAsync(cancellationToken);
        var root = newest?.TreeSize == treeSize ? newest.RootHash : await proofs.RootAsync(treeSize, cancellationToken);
        return new InclusionProof(Index, treeSize, placed.Leaf.LeafHash, root, await proofs.InclusionAsync(Index, treeSize, cancellationToken), await LeafAsync(db, placed.LogId, placed.Leaf, cancellationToken));
    }

    /// <summary>The leaf as it follows from the stored entry: where somebody changed the entry, it does not have the leaf's hash.</summary>
    private static async Task<byte[]?> LeafAsync(PortalDbContext db, Guid logId, AuditLeaf leaf, CancellationToken cancellationToken)
    {
        var facts = await db.Set<AuditEntry>().AsNoTracking().Where(e => e.Id == leaf.EntryId && e.RetentionDays == leaf.RetentionDays).Select(LeafFacts.Of).SingleOrDefaultAsync(cancellationToken);
        if (facts is null) return null;
        var buffer = new ArrayBufferWriter<byte>(2048);
        LeafText.Write(buffer, logId, leaf.Index, leaf.SequencedAtUtc, facts);
        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>RFC 9162 section 2.1.4: that the tree of the greater size begins with that of the smaller.</summary>
public sealed record ConsistencyProof(long From, long To, byte[] FromRoot, byte[] ToRoot, IReadOnlyList<byte[]> Path);

/// <summary>The consistency proof between two sizes of the log.</summary>
/// <param name="To">Null = the newest size.</param>
public sealed record GetConsistencyProof(string? Org, long From, long? To = null) : Query<ConsistencyProof>
{
    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override async Task<Result<ConsistencyProof>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var size = await AuditLogReader.SizeAsync(scope.Db, scope.OrganizationId, cancellationToken);
        var to = To ?? size;
        if (From < 1) return AuditProofProblem.Of("from", "audit.treeSize", "from is at least 1: nothing follows from an empty tree.");
        if (to > size || to < From) return AuditProofProblem.Of("to", "audit.treeSize", $"to is from {From} to {size}, the log's size.");
        var proofs = new TreeProofs(new AuditTreeStore(scope.Db, scope.OrganizationId, scope.Service<TreeEdges>()), size);
        return new ConsistencyProof(From, to, await proofs.RootAsync(From, cancellationToken), await proofs.RootAsync(to, cancellationToken), await proofs.ConsistencyAsync(From, to, cancellationToken));
    }
}

internal static class AuditProofProblem
{
    public static Problem Of(string field, string code, string message) => new(ProblemKind.Malformed, code, message, [new FieldError(field, code, message)]);
}
