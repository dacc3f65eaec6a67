using System.Security.Cryptography;
using System.Xml;

namespace Hexabase.Portal.Access.Sso.Saml;

/// <summary>
/// Opens an EncryptedAssertion (XML Encryption 1.1): AES-GCM or AES-CBC, the key by RSA-OAEP. All failures of a key or a text look the same.
/// Without a signature around it CBC lets a stranger try texts until one fits: <see cref="SamlResponse"/> tells nobody then how far such a text got.
/// </summary>
internal static class SamlDecryption
{
    private const int MaxCipherBytes = SamlXml.MaxBytes;

    public static Checked<XmlElement> Open(XmlElement encryptedAssertion, IReadOnlyList<RSA> keys)
    {
        if (keys.Count == 0) return Refuse("key.missing", "The assertion is encrypted, and the portal has no key for this provider.", "Give the provider the portal's metadata anew, or switch encryption off there.");
        if (!SamlXml.TryChild(encryptedAssertion, "EncryptedData", SamlNames.Encryption, out var data) || data is null) return Malformed();
        var wrapped = encryptedAssertion.GetElementsByTagName("EncryptedKey", SamlNames.Encryption).OfType<XmlElement>().Take(2).ToList();
        if (wrapped is not [var key]) return Refuse("keys", "The encrypted assertion does not have exactly one key.", "Set the provider to encrypt for the portal's certificate alone.");
        if (Method(data) is not { } contentMethod || Method(key) is not { } keyMethod) return Malformed();

        var contentName = SamlXml.Attribute(contentMethod, "Algorithm");
        var (keyBytes, isGcm) = contentName switch
        {
            "http://www.w3.org/2009/xmlenc11#aes128-gcm" => (16, true),
            "http://www.w3.org/2009/xmlenc11#aes192-gcm" => (24, true),
            "http://www.w3.org/2009/xmlenc11#aes256-gcm" => (32, true),
            "http://www.w3.org/2001/04/xmlenc#aes128-cbc" => (16, false),
            "http://www.w3.org/2001/04/xmlenc#aes256-cbc" => (32, false),
            _ => (0, false),
        };
        if (keyBytes == 0) return Refuse("algorithm", "The assertion is encrypted in a way that is not accepted.", "Set the provider to AES-256-GCM.", SamlAlgorithms.Short(contentName));
        if (Padding(keyMethod) is not { } padding) return Refuse("keyAlgorithm", "The assertion's key is encrypted in a way that is not accepted.", "Set the provider to RSA-OAEP.", SamlAlgorithms.Short(SamlXml.Attribute(keyMethod, "Algorithm")));
        if (Cipher(key) is not { } cipherKey || Cipher(data) is not { } cipher) return Malformed();

        foreach (var rsa in keys)
        {
            if (Unwrap(rsa, cipherKey, padding, keyBytes) is not { } secret || Decrypt(secret, cipher, isGcm) is not { } plain) continue;
            if (!SamlXml.Load(plain).TryGet(out var document, out var refusal)) return refusal;
            return document.DocumentElement is { } root ? root : Malformed();
        }

        return Refuse("failed", "The assertion cannot be decrypted.", "Give the provider the portal's metadata anew: it may encrypt for an old certificate.");
    }

    /// <summary>Whether the content is encrypted so that a change to it is not noticed by the decryption itself.</summary>
    public static bool IsUnguarded(XmlElement encryptedAssertion) =>
        SamlXml.TryChild(encryptedAssertion, "EncryptedData", SamlNames.Encryption, out var data) && data is not null && Method(data) is { } method && (SamlXml.Attribute(method, "Algorithm") ?? "").EndsWith("-cbc", StringComparison.Ordinal);

    private static XmlElement? Method(XmlElement encrypted) => SamlXml.TryChild(encrypted, "EncryptionMethod", SamlNames.Encryption, out var method) ? method : null;

    private static byte[]? Cipher(XmlElement encrypted)
    {
        if (!SamlXml.TryChild(encrypted, "CipherData", SamlNames.Encryption, out var data) || data is null) return null;
        // CipherReference would fetch an address: only the value itself.
        if (!SamlXml.TryChild(data, "CipherValue", SamlNames.Encryption, out var value) || data.ChildNodes.OfType<XmlElement>().Count() != 1) return null;
        return SamlAlgorithms.Base64(SamlXml.Leaf(value)) is { Length: <= MaxCipherBytes } bytes ? bytes : null;
    }

    /// <summary>RSA-OAEP with one hash for label and mask, as the framework has it. SHA-1 is harmless here: OAEP needs no collision resistance.</summary>
    private static RSAEncryptionPadding? Padding(XmlElement method)
    {
        if (method.ChildNodes.OfType<XmlElement>().Any(e => e.LocalName is not ("DigestMethod" or "MGF"))) return null;
        if (!SamlXml.TryChild(method, "DigestMethod", SamlNames.Signature, out var digest) || !SamlXml.TryChild(method, "MGF", SamlNames.Encryption11, out var mask)) return null;
        var hash = digest is null ? "sha1" : SamlAlgorithms.Short(SamlXml.Attribute(digest, "Algorithm"));
        var maskHash = mask is null ? "sha1" : SamlAlgorithms.Short(SamlXml.Attribute(mask, "Algorithm")).Replace("mgf1", "", StringComparison.Ordinal);
        if (hash != maskHash) return null;
        return SamlXml.Attribute(method, "Algorithm") switch
        {
            "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p" when mask is null => RSAEncryptionPadding.OaepSHA1,
            "http://www.w3.org/2009/xmlenc11#rsa-oaep" => hash switch
            {
                "sha1" => RSAEncryptionPadding.OaepSHA1,
                "sha256" => RSAEncryptionPadding.OaepSHA256,
                "sha384" => RSAEncryptionPadding.OaepSHA384,
                "sha512" => RSAEncryptionPadding.OaepSHA512,
                _ => null,
            },
            _ => null,
        };
    }

    private static byte[]? Unwrap(RSA rsa, byte[] wrapped, RSAEncryptionPadding padding, int keyBytes)
    {
        try
        {
            return rsa.Decrypt(wrapped, padding) is { } key && key.Length == keyBytes ? key : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static byte[]? Decrypt(byte[] key, byte[] cipher, bool isGcm)
    {
        try
        {
            if (!isGcm)
            {
                using var aes = Aes.Create();
                aes.Key = key;
                if (cipher.Length < 32 || cipher.Length % 16 != 0) return null;
                // XML Encryption pads as ISO 10126 does: only the last byte says how much.
                var padded = aes.DecryptCbc(cipher.AsSpan(16), cipher.AsSpan(0, 16), PaddingMode.None);
                var padding = padded[^1];
                return padding is > 0 and <= 16 ? padded[..^padding] : null;
            }

            const int nonce = 12;
            const int tag = 16;
            if (cipher.Length < nonce + tag) return null;
            var plain = new byte[cipher.Length - nonce - tag];
            using var gcm = new AesGcm(key, tag);
            gcm.Decrypt(cipher.AsSpan(0, nonce), cipher.AsSpan(nonce, plain.Length), cipher.AsSpan(cipher.Length - tag), plain);
            return plain;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static SsoRefusal Malformed() => Refuse("malformed", "The encrypted assertion is not built as XML Encryption's are.", "Check the encryption settings of the provider.");

    private static SsoRefusal Refuse(string code, string message, string change, string? came = null) => new($"saml.encryption.{code}", message, came, change);
}
