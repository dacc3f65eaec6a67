using System.Security.Cryptography;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>The keys of this portal: those that sign (newest first; all of them sign), and retired ones that only verify.</summary>
public sealed class AuditSigningKeys : IDisposable
{
    private readonly IReadOnlyList<AuditSigningKey> _signing;
    private readonly IReadOnlyList<byte[]> _retired;

    public AuditSigningKeys(IReadOnlyList<AuditSigningKey> signing, IReadOnlyList<byte[]> retiredPublicKeys)
    {
        if (signing.Count == 0) throw new ArgumentException("At least one key signs.", nameof(signing));
        _signing = signing;
        _retired = [.. retiredPublicKeys.Where(r => !signing.Any(s => s.PublicKey.AsSpan().SequenceEqual(r)))];
    }

    /// <summary>Those who sign the checkpoints of a log, newest first.</summary>
    public IReadOnlyList<AuditSigner> SignersOf(Guid logId) => [.. _signing.Select(k => new AuditSigner(Checkpoint.OriginOf(logId), k))];

    /// <summary>Every key that a checkpoint of the log may carry: signing ones first, then retired ones.</summary>
    public IReadOnlyList<AuditVerifierKey> VerifiersOf(Guid logId) =>
        [.. _signing.Select(k => k.PublicKey).Concat(_retired).Select(k => AuditVerifierKey.FromPublicKey(Checkpoint.OriginOf(logId), k))];

    /// <summary>Reads the keys that the options name, or makes one.</summary>
    /// <exception cref="FormatException">A key that cannot be used; the message names its place.</exception>
    /// <exception cref="IOException">A file that cannot be read or written.</exception>
    public static AuditSigningKeys Load(AuditSigningOptions options)
    {
        var signing = new List<AuditSigningKey>();
        if (!string.IsNullOrWhiteSpace(options.KeyPem)) signing.AddRange(Read(options.KeyPem, "Audit:Signing:KeyPem", AuditSigningKey.FromPem));
        foreach (var file in options.KeyFiles) signing.AddRange(Read(File.ReadAllText(file), file, AuditSigningKey.FromPem));
        if (signing.Count == 0)
        {
            if (string.IsNullOrEmpty(options.DataDirectory)) throw new FormatException("No key signs audit checkpoints: set Audit:Signing:KeyFiles or a data directory.");
            var own = Path.Combine(options.DataDirectory, "keys", "audit-signing.pem");
            signing.AddRange(Read(OwnKey(own), own, AuditSigningKey.FromPem));
        }

        var retired = options.RetiredKeyFiles.SelectMany(file => Read(File.ReadAllText(file), file, pem => AuditVerifierKey.FromPem("retired", pem).PublicKey));
        return new AuditSigningKeys([.. signing.DistinctBy(k => Convert.ToHexString(k.PublicKey))], [.. retired]);
    }

    public void Dispose()
    {
        foreach (var key in _signing) key.Dispose();
    }

    /// <summary>The PEM blocks of a text, one at a time; what stands between them (parameters, remarks) is passed over.</summary>
    internal static IReadOnlyList<T> Read<T>(string text, string place, Func<string, T> parse)
    {
        var found = new List<T>();
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var block))
        {
            if (!rest[block.Label].SequenceEqual("EC PARAMETERS"))
            {
                try
                {
                    found.Add(parse(rest[block.Location].ToString()));
                }
                catch (FormatException e)
                {
                    throw new FormatException($"{place}: {e.Message}", e);
                }
            }

            rest = rest[block.Location.End..];
        }

        return found.Count > 0 ? found : throw new FormatException($"{place}: there is no PEM block in it.");
    }

    private static string OwnKey(string path) => OwnFile.ReadOrCreate(path, () =>
    {
        using var key = AuditSigningKey.Generate();
        return key.ExportPem() + "\n";
    });
}
