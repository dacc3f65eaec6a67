using System.IO.Enumeration;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Audit.Tree;

namespace Hexabase.Portal.Audit.Export;

/// <summary>Finds bundles, checkpoints and keys among the files that a person named.</summary>
public static class VerificationInput
{
    private const long MaxCheckpointFileBytes = 256L * 1024 * 1024;

    /// <param name="path">A bundle, or a directory with bundles of one log and checkpoints.</param>
    /// <param name="checkpoints">Files or directories of signed checkpoints.</param>
    /// <param name="keys">Files with public keys: PEM, or the JSON of <c>audit/keys</c>.</param>
    /// <exception cref="UnusableInputException">A file is missing, cannot be read, or is not what it should be.</exception>
    public static VerificationRequest Collect(string path, IReadOnlyList<string> checkpoints, IReadOnlyList<string> keys)
    {
        try
        {
            var bundles = new List<string>();
            var notes = new List<(string Source, string Text)>();
            if (Directory.Exists(path))
            {
                foreach (var file in Files(path))
                {
                    if (IsBundle(file)) bundles.Add(file);
                    else if (IsCheckpoint(file)) notes.AddRange(Notes(file));
                }

                if (bundles.Count == 0) throw new UnusableInputException($"{path}: there is no audit bundle in it.");
            }
            else if (File.Exists(path)) bundles.Add(path);
            else throw new UnusableInputException($"{path} does not exist.");

            foreach (var place in checkpoints)
            {
                if (Directory.Exists(place)) notes.AddRange(Files(place).Where(IsCheckpoint).SelectMany(Notes));
                else if (File.Exists(place)) notes.AddRange(Notes(place));
                else throw new UnusableInputException($"{place} does not exist.");
            }

            return new VerificationRequest(bundles, notes, [.. keys.SelectMany(Keys)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException(e.Message, e);
        }
    }

    /// <summary>The notes of a file: one, or several with an empty line between, as the portal publishes them.</summary>
    internal static IEnumerable<(string Source, string Text)> Notes(string file)
    {
        if (new FileInfo(file).Length > MaxCheckpointFileBytes) throw new UnusableInputException($"{file} is too big for a file of checkpoints.");
        var note = new StringBuilder();
        var (inSignatures, first, line) = (false, 1, 0);
        foreach (var text in File.ReadLines(file))
        {
            line++;
            if (text.Length == 0 && inSignatures && note.Length > 1 && note[^2] != '\n')
            {
                yield return (Name(first), note.ToString());
                note.Clear();
                (inSignatures, first) = (false, line + 1);
                continue;
            }

            if (text.Length == 0) inSignatures = true;
            note.Append(text).Append('\n');
        }

        if (note.Length > 0) yield return (Name(first), note.ToString());

        string Name(int at) => at == 1 ? file : $"{file}:{at}";
    }

    private static IEnumerable<string> Files(string directory) =>
        new FileSystemEnumerable<string>(directory, (ref FileSystemEntry entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.None })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
            // Links to directories may lead around in a circle.
            ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        }.Order(StringComparer.Ordinal);

    private static bool IsBundle(string file)
    {
        if (file.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".jsonl.gz", StringComparison.OrdinalIgnoreCase)) return true;
        return Start(file) is [0x1F, 0x8B, ..] or [(byte)'{', (byte)'"', (byte)'t', (byte)'y', (byte)'p', (byte)'e', ..];
    }

    private static bool IsCheckpoint(string file) =>
        Path.GetFileName(file) == "checkpoint" || Path.GetExtension(file) is ".checkpoint" or ".checkpoints" or ".note" || Encoding.UTF8.GetString(Start(file)).StartsWith("hexabase.portal/audit/", StringComparison.Ordinal);

    private static byte[] Start(string file)
    {
        using var stream = File.OpenRead(file);
        var start = new byte[32];
        return start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
    }

    private static IEnumerable<string> Keys(string file)
    {
        var text = File.ReadAllText(file);
        try
        {
            if (text.TrimStart().StartsWith('{'))
            {
                using var json = JsonDocument.Parse(text);
                // A list of no keys would mean to believe the bundle's own.
                return json.RootElement.GetProperty("keys").GetArrayLength() == 0 ? throw new FormatException("It lists no keys.") : [.. json.RootElement.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("publicKeyPem").GetString() ?? throw new FormatException("publicKeyPem is null."))];
            }

            return AuditSigningKeys.Read(text, file, pem => AuditVerifierKey.FromPem("pinned", pem).PublicKeyPem);
        }
        catch (Exception e) when (e is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new UnusableInputException($"{file}: no public key can be read from it. {e.Message}", e);
        }
    }
}
