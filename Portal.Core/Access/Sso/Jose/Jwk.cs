using System.Numerics;
using System.Security.Cryptography;

namespace Hexabase.Portal.Access.Sso.Jose;

/// <summary>A public key for signatures (RFC 7517): RSA of 2048 to 8192 bits, or a point on P-256, P-384 or P-521.</summary>
public sealed class Jwk
{
    public const int MinRsaBits = 2048;
    public const int MaxRsaBits = 8192;

    /// <summary>Members of private and symmetric keys (RFC 7518 section 6).</summary>
    private static readonly string[] Private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    private readonly RSAParameters? _rsa;
    private readonly ECParameters? _ec;

    private Jwk(string? keyId, string keyType, string? curve, string? algorithm, RSAParameters? rsa, ECParameters? ec) =>
        (KeyId, KeyType, Curve, Algorithm, _rsa, _ec) = (keyId, keyType, curve, algorithm, rsa, ec);

    public string? KeyId { get; }

    /// <summary>"RSA" or "EC".</summary>
    public string KeyType { get; }

    /// <summary>"P-256" where the key is elliptic.</summary>
    public string? Curve { get; }

    /// <summary>The only algorithm that the key is for; null = every one of its type.</summary>
    public string? Algorithm { get; }

    public static Checked<Jwk> Parse(JsonMembers key)
    {
        if (Array.Find(Private, key.Has) is { } secret)
            return Refuse("private", $"The key shows its private part ({secret}): whoever reads it can sign tokens.", "Replace this key at the provider at once and publish only public parts.");
        if (!key.TryText("kid", out var kid) || kid is { Length: 0 or > CompactJws.MaxKidChars }) return Refuse("malformed", "The key's kid is not a usable string.");
        if (!key.TryText("use", out var use) || use is not (null or "sig")) return Refuse("use", "The key is not for signatures (use).");
        if (!key.TryTexts("key_ops", allowSingle: false, out var operations)) return Refuse("malformed", "The key's key_ops is not a list.");
        if (operations is not null && (!operations.Contains("verify") || operations.Distinct(StringComparer.Ordinal).Count() != operations.Count || operations.Any(o => o is not ("verify" or "sign"))))
            return Refuse("use", "The key is not for checking signatures (key_ops).");
        if (!key.TryText("alg", out var alg)) return Refuse("malformed", "The key's alg is not a string.");
        if (!key.TryText("kty", out var type)) return Refuse("malformed", "The key's kty is not a string.");
        if (alg is not null)
        {
            if (!JwsAlgorithm.Find(alg).TryGet(out var algorithm, out _)) return Refuse("alg", $"The key is for an algorithm that is not accepted ({SsoRefusal.Show(alg)}).");
            if (algorithm.KeyType != type) return Refuse("alg", "The key's alg and kty contradict each other.");
        }

        return type switch
        {
            "RSA" => ParseRsa(key, kid, alg),
            "EC" => ParseEc(key, kid, alg),
            _ => Refuse("kty", $"Keys of the type {SsoRefusal.Show(type)} are not used."),
        };
    }

    public bool Fits(JwsAlgorithm algorithm) => KeyType == algorithm.KeyType && Curve == algorithm.Curve && (Algorithm is null || Algorithm == algorithm.Name);

    /// <summary>True only for a signature of exactly the right length that is right by this key and algorithm.</summary>
    internal bool Verifies(JwsAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (!Fits(algorithm)) return false;
        try
        {
            if (_rsa is { Modulus: { } modulus } rsaKey)
            {
                if (signature.Length != modulus.Length) return false;
                using var rsa = RSA.Create(rsaKey);
                return rsa.VerifyData(data, signature, algorithm.Hash, algorithm.IsPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
            }

            if (_ec is not { } ecKey || signature.Length != algorithm.SignatureBytes) return false;
            using var ec = ECDsa.Create(ecKey);
            return ec.VerifyData(data, signature, algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            // What the library cannot even compute is no signature.
            return false;
        }
    }

    private static Checked<Jwk> ParseRsa(JsonMembers key, string? kid, string? alg)
    {
        if (Bytes(key, "n") is not { } modulus || Bytes(key, "e") is not { } exponent) return Refuse("malformed", "The RSA key lacks its modulus or exponent, or they are not base64url.");
        // Some libraries write one zero byte in front, which RFC 7518 section 6.3.1.1 forbids and readers take.
        if (modulus is [0, .. var rest]) modulus = rest;
        var bits = modulus.Length == 0 ? 0 : (modulus.Length * 8) - BitOperations.LeadingZeroCount(modulus[0]) + 24;
        if (bits is < MinRsaBits or > MaxRsaBits) return Refuse("size", FormattableString.Invariant($"The RSA key has {bits} bits; {MinRsaBits} to {MaxRsaBits} are accepted."), "Set the provider to sign with an RSA key of 2048 bits or more.");
        if (modulus[0] == 0 || (modulus[^1] & 1) == 0) return Refuse("malformed", "The RSA key's modulus is even or has zero bytes in front.");
        var e = exponent.Length is > 0 and <= 5 ? new BigInteger(exponent, isUnsigned: true, isBigEndian: true) : BigInteger.Zero;
        if (e < 65537 || e.IsEven) return Refuse("exponent", "The RSA key's exponent is not an odd number from 65537 on, of at most five bytes.");
        var parameters = new RSAParameters { Modulus = modulus, Exponent = exponent };
        try
        {
            using var rsa = RSA.Create(parameters);
        }
        catch (CryptographicException)
        {
            return Refuse("malformed", "The RSA key cannot be read.");
        }

        return new Jwk(kid, "RSA", null, alg, parameters, null);
    }

    private static Checked<Jwk> ParseEc(JsonMembers key, string? kid, string? alg)
    {
        if (!key.TryText("crv", out var curve)) return Refuse("malformed", "The key's crv is not a string.");
        var (named, length) = curve switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, 32),
            "P-384" => (ECCurve.NamedCurves.nistP384, 48),
            "P-521" => (ECCurve.NamedCurves.nistP521, 66),
            _ => (default, 0),
        };
        if (length == 0) return Refuse("curve", $"The curve {SsoRefusal.Show(curve)} is not used.");
        if (alg is not null && (!JwsAlgorithm.Find(alg).TryGet(out var algorithm, out _) || algorithm.Curve != curve)) return Refuse("alg", "The key's alg and curve contradict each other.");
        if (Bytes(key, "x") is not { } x || Bytes(key, "y") is not { } y || x.Length != length || y.Length != length)
            return Refuse("malformed", "The coordinates of the elliptic key do not have the length of its curve.");
        var parameters = new ECParameters { Curve = named, Q = new ECPoint { X = x, Y = y } };
        try
        {
            // Importing checks that the point lies on the curve.
            using var ec = ECDsa.Create(parameters);
        }
        catch (CryptographicException)
        {
            return Refuse("point", "The elliptic key is not a point on its curve.");
        }

        return new Jwk(kid, "EC", curve, alg, null, parameters);
    }

    private static byte[]? Bytes(JsonMembers key, string name) => key.Text(name) is { Length: > 0 and <= 2048 } text && StrictBase64Url.TryDecode(text, out var bytes) ? bytes : null;

    private static SsoRefusal Refuse(string code, string message, string change = "Publish a signing key of RSA (2048 bits or more) or P-256, P-384, P-521 at the provider.") => new($"jwk.{code}", message, null, change);
}
