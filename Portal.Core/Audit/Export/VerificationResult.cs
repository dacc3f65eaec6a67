namespace Hexabase.Portal.Audit.Export;

/// <summary>One thing that is wrong.</summary>
/// <param name="Code">Stable: "entry.changed", "entry.missing", "entry.order", "entry.foreign", "entry.malformed", "entry.opening", "entry.proof", "clock.backwards", "tree.tile", "tree.root", "tree.fork",
/// "log.truncated", "removal.receipt", "checkpoint.malformed", "checkpoint.signature", "bundle.truncated", "bundle.digest", "bundle.count", "bundle.statement", "bundle.malformed", "bundle.order".</param>
/// <param name="Index">The entry, where it is known.</param>
/// <param name="Line">The line of the file, from 1.</param>
public sealed record Finding(string Code, string Message, string? File = null, long? Line = null, long? Index = null);

/// <summary>A key that a bundle's signatures were checked with.</summary>
/// <param name="KeyHash">4 bytes in hex.</param>
/// <param name="Fingerprint">SHA-256 of the SubjectPublicKeyInfo in hex: compare it with what the operator published.</param>
/// <param name="Pinned">The verifier was told this key; otherwise the bundle itself brought it.</param>
public sealed record VerifiedKey(string KeyHash, string Fingerprint, bool Pinned);

/// <summary>What a verification found.</summary>
/// <param name="Findings">At most <see cref="FindingList.MaxOfKind"/> of each code, in the order they were met.</param>
/// <param name="FindingCount">All of them.</param>
/// <param name="Notes">What a reader should know although nothing is wrong.</param>
/// <param name="Removed">Entries that retention removed; the tree still holds their hashes.</param>
/// <param name="HeadSize">Leaves under the newest checkpoint that was verified.</param>
/// <param name="CheckpointsCompared">Signed checkpoints whose root was compared with the entries.</param>
public sealed record VerificationResult(
    bool IsValid, IReadOnlyList<Finding> Findings, long FindingCount, IReadOnlyList<string> Notes, IReadOnlyList<Guid> Logs, long Entries, long Removed, long Bytes, long HeadSize, string? HeadRoot,
    long CheckpointsCompared, IReadOnlyList<VerifiedKey> Keys);

/// <summary>The input is no bundle at all, or cannot be read.</summary>
public sealed class UnusableInputException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Findings, bounded: the first ones of each kind are kept, so that many of one do not hide another; all are counted.</summary>
internal sealed class FindingList
{
    public const int MaxOfKind = 25;
    private readonly List<Finding> _kept = [];
    private readonly Dictionary<string, int> _kinds = new(StringComparer.Ordinal);

    public IReadOnlyList<Finding> Kept => _kept;

    public long Count { get; private set; }

    public void Add(Finding finding)
    {
        Count++;
        var ofKind = _kinds[finding.Code] = _kinds.GetValueOrDefault(finding.Code) + 1;
        if (ofKind <= MaxOfKind) _kept.Add(finding);
    }
}
