using System.Security.Cryptography;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>A public key that checks signatures of notes: ECDSA on P-256 with SHA-256, signature in DER.</summary>
public sealed class AuditVerifierKey
{
    /// <summary>What the API calls the algorithm.</summary>
    public const string Algorithm = "ecdsa-p256-sha256";

    private readonly ECDsa _key;
    private readonly Lock _lock = new();

    private AuditVerifierKey(string name, ECDsa key)
    {
        if (!SignedNote.IsKeyName(name)) throw new FormatException("A key's name has no white space and no plus sign.");
        RequireP256(key);
        (Name, _key, PublicKey) = (name, key, key.ExportSubjectPublicKeyInfo());
        KeyHash = KeyHashOf(PublicKey);
    }

    /// <summary>The name that signature lines carry; for an audit log its origin.</summary>
    public string Name { get; }

    /// <summary>DER of the SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey { get; }

    /// <summary>The first 4 bytes of SHA-256 over <see cref="PublicKey"/>.</summary>
    public byte[] KeyHash { get; }

    public string PublicKeyPem => PemEncoding.WriteString("PUBLIC KEY", PublicKey);

    /// <exception cref="FormatException">Not a P-256 public key.</exception>
    public static AuditVerifierKey FromPem(string name, string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return new AuditVerifierKey(name, key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new FormatException("The key is not the PEM text of an ECDSA public key.", e);
        }
    }

    /// <exception cref="FormatException">Not a P-256 public key.</exception>
    public static AuditVerifierKey FromPublicKey(string name, byte[] subjectPublicKeyInfo)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out var read);
            if (read != subjectPublicKeyInfo.Length) throw new FormatException("Bytes stand behind the public key.");
            return new AuditVerifierKey(name, key);
        }
        catch (CryptographicException e)
        {
            throw new FormatException("The key is not a SubjectPublicKeyInfo of an ECDSA key.", e);
        }
    }

    /// <summary>The same key under another log's name.</summary>
    public AuditVerifierKey Named(string name) => FromPublicKey(name, PublicKey);

    /// <param name="signature">DER (SEQUENCE of two integers).</param>
    public bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        lock (_lock) return _key.VerifyData(text, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    internal static byte[] KeyHashOf(byte[] publicKey) => SHA256.HashData(publicKey)[..4];

    internal static void RequireP256(ECDsa key)
    {
        // The curve decides the algorithm's name; another curve would sign what no verifier of this format can check.
        if (key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value != "1.2.840.10045.3.1.7") throw new FormatException("The key is not on the curve P-256.");
    }
}
