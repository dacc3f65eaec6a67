using System.Security.Cryptography;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>A private key for checkpoints: ECDSA on P-256 with SHA-256.</summary>
public sealed class AuditSigningKey : IDisposable
{
    private readonly ECDsa _key;
    private readonly Lock _lock = new();

    private AuditSigningKey(ECDsa key)
    {
        AuditVerifierKey.RequireP256(key);
        (_key, PublicKey) = (key, key.ExportSubjectPublicKeyInfo());
        KeyHash = AuditVerifierKey.KeyHashOf(PublicKey);
    }

    /// <summary>DER of the SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey { get; }

    /// <summary>The first 4 bytes of SHA-256 over <see cref="PublicKey"/>.</summary>
    public byte[] KeyHash { get; }

    public static AuditSigningKey Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <param name="pem">PKCS #8 ("PRIVATE KEY") or SEC 1 ("EC PRIVATE KEY"), not encrypted.</param>
    /// <exception cref="FormatException">Not a private key on P-256.</exception>
    public static AuditSigningKey FromPem(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            // A public key imports as well; it would fail at the first checkpoint only.
            key.ExportParameters(includePrivateParameters: true);
            return new AuditSigningKey(key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new FormatException("The key is not the PEM text of an ECDSA private key.", e);
        }
    }

    public string ExportPem() => _key.ExportPkcs8PrivateKeyPem();

    /// <returns>DER signature.</returns>
    public byte[] Sign(ReadOnlySpan<byte> text)
    {
        lock (_lock) return _key.SignData(text, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    public void Dispose() => _key.Dispose();
}

/// <summary>A key under the name that its signature lines carry.</summary>
public sealed record AuditSigner(string Name, AuditSigningKey Key)
{
    public AuditVerifierKey Verifier => AuditVerifierKey.FromPublicKey(Name, Key.PublicKey);
}
