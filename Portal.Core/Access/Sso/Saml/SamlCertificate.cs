using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Hexabase.Portal.Access.Sso.Saml;

/// <summary>
/// A signing certificate of a provider, pinned by the organization: its key counts, not its issuer. Its dates are for warnings: an expired certificate that the organization still pins goes on
/// counting (SAML V2.0 Metadata Interoperability Profile section 2.6.1), because refusing it would lock everyone out while making nothing safer.
/// </summary>
/// <param name="Der">The certificate's bytes.</param>
/// <param name="Thumbprint">SHA-256 in upper-case hex.</param>
public sealed record SamlCertificate(byte[] Der, string Thumbprint, string Subject, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    /// <summary>How many count at a time: the present one and its successor.</summary>
    public const int MaxActive = 2;

    private const int MaxBytes = 16 * 1024;
    private const string Change = "Upload the provider's signing certificate: X.509, RSA of 2048 bits or more, or P-256, P-384, P-521.";

    /// <param name="text">PEM, or base64 alone as metadata has it.</param>
    public static Checked<SamlCertificate> Parse(string? text)
    {
        if (text is null || text.Length > MaxBytes) return Refuse("malformed", "The certificate cannot be read.");
        var der = PemEncoding.TryFind(text, out var fields) && text[fields.Label] == "CERTIFICATE" ? SamlAlgorithms.Base64(text[fields.Base64Data]) : SamlAlgorithms.Base64(text);
        return der is null ? Refuse("malformed", "The certificate cannot be read.") : Parse(der);
    }

    public static Checked<SamlCertificate> Parse(byte[] der)
    {
        try
        {
            if (X509Certificate2.GetCertContentType(der) != X509ContentType.Cert) return Refuse("malformed", "The file is not a certificate.");
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            using var rsa = certificate.GetRSAPublicKey();
            using var ec = certificate.GetECDsaPublicKey();
            if (rsa is null && ec is null) return Refuse("key", "The certificate's key is neither RSA nor elliptic.");
            if (rsa is { KeySize: < 2048 or > 8192 } || ec is { KeySize: < 256 }) return Refuse("size", "The certificate's key is too weak or too large.");
            return new SamlCertificate(certificate.RawData, Convert.ToHexString(SHA256.HashData(certificate.RawData)), SsoRefusal.Show(certificate.Subject), certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        }
        catch (CryptographicException)
        {
            return Refuse("malformed", "The certificate cannot be read.");
        }
    }

    internal bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, SamlSignatureMethod method)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(Der);
            if (method.RsaPadding is { } padding)
            {
                using var rsa = certificate.GetRSAPublicKey();
                return rsa is not null && signature.Length == (rsa.KeySize + 7) / 8 && rsa.VerifyData(data, signature, method.Hash, padding);
            }

            using var ec = certificate.GetECDsaPublicKey();
            return ec is not null && signature.Length == (ec.KeySize + 7) / 8 * 2 && ec.VerifyData(data, signature, method.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            // What the library cannot even compute is no signature.
            return false;
        }
    }

    private static SsoRefusal Refuse(string code, string message) => new($"saml.certificate.{code}", message, null, Change);
}
