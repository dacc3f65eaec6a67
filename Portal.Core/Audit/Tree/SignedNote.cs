using System.Text;
using System.Text.Unicode;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>One signature line of a note.</summary>
/// <param name="Name">The key's name.</param>
/// <param name="KeyHash">4 bytes that tell keys of one name apart.</param>
/// <param name="Signature">What follows the key hash.</param>
public sealed record NoteSignature(string Name, byte[] KeyHash, byte[] Signature);

/// <summary>A C2SP signed note: text that ends in a line break, an empty line, and signature lines <c>— NAME BASE64(key hash || signature)</c>.</summary>
/// <param name="Text">What is signed, with its last line break.</param>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    /// <summary>Longer notes are refused, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>More signature lines are refused.</summary>
    public const int MaxSignatures = 100;

    private const string Dash = "\u2014 ";
    private static readonly UTF8Encoding Utf8Text = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The bytes that signatures are made over.</summary>
    public byte[] TextBytes => Utf8Text.GetBytes(Text);

    /// <summary>Signs the text with every signer, in their order.</summary>
    public static SignedNote Sign(string text, IEnumerable<AuditSigner> signers)
    {
        CheckText(text);
        var bytes = Utf8Text.GetBytes(text);
        return new SignedNote(text, [.. signers.Select(s => new NoteSignature(s.Name, s.Key.KeyHash, s.Key.Sign(bytes)))]);
    }

    /// <exception cref="FormatException">Not a signed note, for the reason in the message.</exception>
    public static SignedNote Parse(ReadOnlySpan<byte> note)
    {
        if (note.Length > MaxBytes) throw new FormatException($"A note of more than {MaxBytes} bytes.");
        if (!Utf8.IsValid(note)) throw new FormatException("The note is not valid UTF-8.");
        return Parse(Utf8Text.GetString(note));
    }

    /// <exception cref="FormatException">Not a signed note, for the reason in the message.</exception>
    public static SignedNote Parse(string note)
    {
        if (note.Length > MaxBytes) throw new FormatException($"A note of more than {MaxBytes} bytes.");
        var split = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0) throw new FormatException("The note has no empty line before its signatures.");
        var text = note[..(split + 1)];
        CheckText(text);
        var tail = note[(split + 2)..];
        if (tail.Length == 0 || tail[^1] != '\n') throw new FormatException("The note does not end in a signature line.");
        var lines = tail[..^1].Split('\n');
        if (lines.Length > MaxSignatures) throw new FormatException($"The note has more than {MaxSignatures} signatures.");
        return new SignedNote(text, [.. lines.Select(Signature)]);
    }

    /// <summary>
    /// The keys among <paramref name="known"/> that signed this note. Lines of unknown signers (and witnesses) count for nothing.
    /// </summary>
    /// <exception cref="FormatException">A line names a known key and its signature is wrong: such a note is refused whole.</exception>
    public IReadOnlyList<AuditVerifierKey> SignedBy(IReadOnlyCollection<AuditVerifierKey> known)
    {
        var bytes = TextBytes;
        var found = new List<AuditVerifierKey>();
        foreach (var line in Signatures)
        {
            // Two keys may share name and hash by accident or intent; then one of them must have signed.
            var named = known.Where(k => k.Name == line.Name && k.KeyHash.AsSpan().SequenceEqual(line.KeyHash)).ToList();
            if (named.Count == 0) continue;
            var by = named.Find(k => k.Verify(bytes, line.Signature)) ?? throw new FormatException($"The signature of \"{line.Name}\" (key {Convert.ToHexStringLower(line.KeyHash)}) is wrong.");
            if (!found.Contains(by)) found.Add(by);
        }

        return found;
    }

    public override string ToString()
    {
        var note = new StringBuilder(Text).Append('\n');
        foreach (var s in Signatures) note.Append(Dash).Append(s.Name).Append(' ').Append(Convert.ToBase64String([.. s.KeyHash, .. s.Signature])).Append('\n');
        return note.ToString();
    }

    /// <summary>Key names have no white space and no plus sign.</summary>
    internal static bool IsKeyName(string name) => name.Length > 0 && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '+');

    private static NoteSignature Signature(string line)
    {
        if (!line.StartsWith(Dash, StringComparison.Ordinal)) throw new FormatException("A signature line does not begin with an em dash and a space.");
        var parts = line[Dash.Length..].Split(' ');
        if (parts.Length != 2 || !IsKeyName(parts[0])) throw new FormatException("A signature line is a name and base64, with one space between.");
        if (!StrictBase64.TryDecode(parts[1], out var bytes) || bytes.Length < 5) throw new FormatException($"The signature of \"{parts[0]}\" is not base64 of at least 5 bytes.");
        return new NoteSignature(parts[0], bytes[..4], bytes[4..]);
    }

    private static void CheckText(string text)
    {
        if (text.Length < 2 || text[^1] != '\n') throw new FormatException("A note's text ends in a line break.");
        if (text.Any(c => c < ' ' && c != '\n') || text.Contains('\u007f', StringComparison.Ordinal)) throw new FormatException("A note's text holds no control characters.");
    }
}
