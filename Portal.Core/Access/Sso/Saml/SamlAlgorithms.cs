using System.Security.Cryptography;

namespace Hexabase.Portal.Access.Sso.Saml;

/// <summary>The algorithms that are accepted (RFC 9231): SHA-256 and stronger, RSA and elliptic signatures; no HMAC, no DSA, no SHA-1.</summary>
internal static class SamlAlgorithms
{
    public static HashAlgorithmName? Digest(string? uri) => uri switch
    {
        "http://www.w3.org/2001/04/xmlenc#sha256" => HashAlgorithmName.SHA256,
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => HashAlgorithmName.SHA384,
        "http://www.w3.org/2001/04/xmlenc#sha512" => HashAlgorithmName.SHA512,
        _ => null,
    };

    public static SamlSignatureMethod? Signature(string? uri) => uri switch
    {
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => new(HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => new(HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => new(HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1" => new(HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1" => new(HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
        "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1" => new(HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => new(HashAlgorithmName.SHA256, null),
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" => new(HashAlgorithmName.SHA384, null),
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512" => new(HashAlgorithmName.SHA512, null),
        _ => null,
    };

    public static byte[] Hash(HashAlgorithmName name, ReadOnlySpan<byte> data) => CryptographicOperations.HashData(name, data);

    /// <summary>The last part of an algorithm's identifier, for people: "rsa-sha1".</summary>
    public static string Short(string? uri) => SsoRefusal.Show(uri is null ? null : uri[(uri.LastIndexOf('#') + 1)..]);

    /// <summary>base64 with line breaks, as XML carries it; nothing else that the framework's decoder would take.</summary>
    public static byte[]? Base64(string? text)
    {
        if (text is null) return null;
        var dense = text.Where(c => c is not (' ' or '\t' or '\r' or '\n')).ToArray();
        if (dense.Length is 0 || dense.Length % 4 != 0) return null;
        var buffer = new byte[dense.Length / 4 * 3];
        return Convert.TryFromBase64Chars(dense, buffer, out var written) ? buffer[..written] : null;
    }
}

/// <param name="RsaPadding">null = elliptic.</param>
internal sealed record SamlSignatureMethod(HashAlgorithmName Hash, RSASignaturePadding? RsaPadding);
