using System.Globalization;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>The text of a C2SP tlog-checkpoint: origin, size and root of a tree, one line each, then extension lines.</summary>
/// <param name="Origin">Names the log: <see cref="OriginOf"/>.</param>
/// <param name="Size">Leaves.</param>
/// <param name="Root">32 bytes.</param>
/// <param name="Extensions">Lines without meaning here; signed, and never empty.</param>
public sealed record Checkpoint(string Origin, long Size, byte[] Root, IReadOnlyList<string> Extensions)
{
    private const string OriginPrefix = "hexabase.portal/audit/";

    public Checkpoint(string origin, long size, byte[] root)
        : this(origin, size, root, [])
    {
    }

    /// <summary>The origin line and key name of a log: <c>hexabase.portal/audit/LOG-ID</c>.</summary>
    public static string OriginOf(Guid logId) => OriginPrefix + logId.ToString("D", CultureInfo.InvariantCulture);

    /// <summary>The log that an origin names, or null.</summary>
    public static Guid? LogOf(string origin) =>
        origin.StartsWith(OriginPrefix, StringComparison.Ordinal) && Guid.TryParseExact(origin.AsSpan(OriginPrefix.Length), "D", out var id) && OriginOf(id) == origin ? id : null;

    /// <summary>The note's text, with its last line break.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root)}\n{string.Concat(Extensions.Select(e => e + "\n"))}");

    /// <summary>The signed note of this checkpoint, as it is stored and published.</summary>
    public string Sign(IEnumerable<AuditSigner> signers) => SignedNote.Sign(ToText(), signers).ToString();

    /// <exception cref="FormatException">Not a checkpoint, for the reason in the message.</exception>
    public static Checkpoint Parse(SignedNote note)
    {
        var lines = note.Text[..^1].Split('\n');
        if (lines.Length < 3) throw new FormatException("A checkpoint has at least three lines: origin, size, root.");
        if (lines[0].Length == 0) throw new FormatException("The checkpoint's origin is empty.");
        if (lines[1].Length > 1 && lines[1][0] == '0' || !long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size)) throw new FormatException("The checkpoint's size is no decimal number.");
        var root = StrictBase64.Hash(lines[2], "The checkpoint's root");
        if (size == 0 && !root.AsSpan().SequenceEqual(MerkleTree.EmptyRoot)) throw new FormatException("The checkpoint of an empty tree has another root than an empty tree.");
        if (lines.Skip(3).Any(l => l.Length == 0)) throw new FormatException("The checkpoint has an empty extension line.");
        return new Checkpoint(lines[0], size, root, lines[3..]);
    }
}
