using Hexabase.Portal.Audit.Tree;

namespace Hexabase.Portal.Audit.Export;

/// <param name="Source">For messages: where it was read.</param>
/// <param name="IsOutside">Not from the bundle that is being checked: published, or from another bundle.</param>
internal sealed record KnownRoot(long Size, byte[] Root, string Source, bool IsOutside);

/// <summary>Roots of one log that were signed: whatever is checked must agree with all of them.</summary>
internal sealed class KnownCheckpoints
{
    private readonly SortedDictionary<long, KnownRoot> _bySize = [];

    public IEnumerable<KnownRoot> All => _bySize.Values;

    /// <summary>Sizes that were held against entries or another checkpoint.</summary>
    public HashSet<long> Compared { get; } = [];

    public long NewestSize => _bySize.Count == 0 ? 0 : _bySize.Keys.Max();

    public KnownRoot? Of(long size) => _bySize.GetValueOrDefault(size);

    /// <summary>Null, or why it cannot be true beside what is known.</summary>
    public Finding? Add(KnownRoot root)
    {
        if (!_bySize.TryGetValue(root.Size, out var known))
        {
            _bySize[root.Size] = root;
            return null;
        }

        Compared.Add(root.Size);
        if (known.Root.AsSpan().SequenceEqual(root.Root)) return null;
        return new Finding("tree.fork", $"Two checkpoints of {root.Size} entries have different roots ({known.Source}, {root.Source}): the log was shown with two histories.", root.Source);
    }
}

/// <summary>The keys that count for one log.</summary>
/// <param name="ArePinned">They were given to the verifier; what the bundle says about keys is then of no account.</param>
internal sealed record TrustedKeys(IReadOnlyList<AuditVerifierKey> Keys, bool ArePinned)
{
    /// <summary>Reads a note that must be signed by one of these keys.</summary>
    public (SignedNote? Note, Finding? Finding) Read(string text, string source)
    {
        try
        {
            var note = SignedNote.Parse(text);
            if (note.SignedBy(Keys).Count > 0) return (note, null);
            var signers = string.Join(", ", note.Signatures.Select(s => $"{s.Name} {Convert.ToHexStringLower(s.KeyHash)}"));
            return (note, new Finding("checkpoint.signature", $"Not signed by {(ArePinned ? "a key that was given with --key" : "a key of the bundle")}: {signers}.", source));
        }
        catch (FormatException e)
        {
            return (null, new Finding(e.Message.Contains("is wrong", StringComparison.Ordinal) ? "checkpoint.signature" : "checkpoint.malformed", e.Message, source));
        }
    }
}
