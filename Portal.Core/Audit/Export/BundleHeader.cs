using System.Globalization;

namespace Hexabase.Portal.Audit.Export;

/// <summary>What the entries of a bundle are, and so what its proofs can show.</summary>
public enum BundleKind
{
    /// <summary>Every entry of the log up to the head: nothing is left out.</summary>
    Full,

    /// <summary>Every entry from one index to another: nothing in between is left out.</summary>
    Range,

    /// <summary>Some entries, each with its own proof; nothing is said about the others.</summary>
    Selection,
}

/// <summary>The first line of a bundle (docs/audit-bundle.md).</summary>
/// <param name="From">First index, inclusive; 0 for a selection.</param>
/// <param name="To">Last index, exclusive; the head's size for a selection.</param>
/// <param name="TenantId">The organization; all zeros for the platform's own log.</param>
/// <param name="Query">What was asked for, as people typed it.</param>
public sealed record BundleHeader(Guid BundleId, Guid LogId, Guid TenantId, BundleKind Kind, long From, long To, DateTime ExportedAtUtc, string? Query = null, DateTime? AfterUtc = null, DateTime? BeforeUtc = null)
{
    public const string Format = "hexabase-audit-bundle";

    /// <summary>Raised when a reader of the old form would misread the new one.</summary>
    public const int Version = 1;

    /// <summary>What the closing line's signature is made over.</summary>
    public static string Statement(Guid logId, Guid bundleId, long lines, byte[] digest) =>
        string.Create(CultureInfo.InvariantCulture, $"hexabase.portal/audit-export/{logId:D}\n{bundleId:D}\n{lines}\n{Convert.ToBase64String(digest)}\n");

    internal static string NameOf(BundleKind kind) => kind switch
    {
        BundleKind.Full => "full",
        BundleKind.Range => "range",
        BundleKind.Selection => "selection",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    internal static BundleKind? KindOf(string? name) => name switch
    {
        "full" => BundleKind.Full,
        "range" => BundleKind.Range,
        "selection" => BundleKind.Selection,
        _ => null,
    };
}

/// <summary>Opens a commitment: SHA-256(<paramref name="Salt"/> || <paramref name="Value"/>) stands in the leaf.</summary>
/// <param name="Value">Canonical JSON of a personal part, or the bytes of an outside event.</param>
public sealed record BundleOpening(byte[] Salt, byte[] Value);

/// <summary>One entry of a bundle.</summary>
/// <param name="Leaf">The exact bytes that were hashed.</param>
/// <param name="LeafHash">As the log stored it, so that a leaf that was changed later is found by its own line.</param>
public sealed record BundleEntry(long Index, ReadOnlyMemory<byte> Leaf, byte[] LeafHash, BundleOpening? Actor = null, BundleOpening? Subject = null, BundleOpening? Original = null);

/// <summary>What stands before the entries: keys, checkpoints in ascending size (the last one is the head that every proof refers to) and proofs.</summary>
/// <param name="Checkpoints">Signed notes.</param>
/// <param name="Consistency">From the size of an earlier checkpoint to the head.</param>
/// <param name="Left">Roots of the subtrees before the first entry (<see cref="Tree.TreeNode.Cover"/> of [0, from)).</param>
/// <param name="Right">Roots of the subtrees behind the last entry, up to the head.</param>
/// <param name="Receipts">Of the removals that reached into the range.</param>
public sealed record BundleProofs(
    IReadOnlyList<Tree.AuditVerifierKey> Keys, IReadOnlyList<string> Checkpoints, IReadOnlyList<(long From, long To, IReadOnlyList<byte[]> Path)> Consistency, IReadOnlyList<byte[]> Left,
    IReadOnlyList<byte[]> Right, IReadOnlyList<BundleReceipt> Receipts);
