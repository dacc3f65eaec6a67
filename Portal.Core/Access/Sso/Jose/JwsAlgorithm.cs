using System.Security.Cryptography;

namespace Hexabase.Portal.Access.Sso.Jose;

/// <summary>A signature algorithm of RFC 7518 section 3.1 that is accepted.</summary>
/// <param name="Name">"RS256".</param>
/// <param name="KeyType">"RSA" or "EC" (RFC 7518 section 6.1).</param>
/// <param name="Curve">"P-256" where it is elliptic.</param>
/// <param name="SignatureBytes">Length of an elliptic signature (R and S); 0 for RSA, where it is the length of the modulus.</param>
public sealed record JwsAlgorithm(string Name, string KeyType, HashAlgorithmName Hash, string? Curve, int SignatureBytes)
{
    private static readonly JwsAlgorithm[] Accepted =
    [
        new("RS256", "RSA", HashAlgorithmName.SHA256, null, 0),
        new("RS384", "RSA", HashAlgorithmName.SHA384, null, 0),
        new("RS512", "RSA", HashAlgorithmName.SHA512, null, 0),
        new("PS256", "RSA", HashAlgorithmName.SHA256, null, 0),
        new("PS384", "RSA", HashAlgorithmName.SHA384, null, 0),
        new("PS512", "RSA", HashAlgorithmName.SHA512, null, 0),
        new("ES256", "EC", HashAlgorithmName.SHA256, "P-256", 64),
        new("ES384", "EC", HashAlgorithmName.SHA384, "P-384", 96),
        new("ES512", "EC", HashAlgorithmName.SHA512, "P-521", 132),
    ];

    private const string Change = "Set the provider to sign ID tokens with RS256, PS256 or ES256 (or their 384 and 512 forms).";

    public static IReadOnlyList<string> Names { get; } = [.. Accepted.Select(a => a.Name)];

    public bool IsPss => Name[0] == 'P';

    /// <summary>Exact names only: "None", "rs256" and the like are tricks, not spellings.</summary>
    public static Checked<JwsAlgorithm> Find(string? name)
    {
        if (Array.Find(Accepted, a => a.Name == name) is { } found) return found;
        if (string.Equals(name, "none", StringComparison.OrdinalIgnoreCase))
            return new SsoRefusal("jose.alg.none", "The token is not signed (alg \"none\").", SsoRefusal.Show(name), Change);
        if (name is not null && name.StartsWith("HS", StringComparison.OrdinalIgnoreCase))
            return new SsoRefusal("jose.alg.symmetric", "The token is signed with a shared secret (HMAC), which anybody who knows the client secret or the public key could do.", SsoRefusal.Show(name), Change);
        return new SsoRefusal("jose.alg.unknown", "The token is signed with an algorithm that is not accepted.", SsoRefusal.Show(name), Change);
    }

    /// <summary>The hash of <c>at_hash</c> and <c>c_hash</c> (OpenID Connect Core section 3.1.3.6): the left half, as base64url.</summary>
    public string HalfHash(ReadOnlySpan<byte> ascii)
    {
        var hash = Hash == HashAlgorithmName.SHA256 ? SHA256.HashData(ascii) : Hash == HashAlgorithmName.SHA384 ? SHA384.HashData(ascii) : SHA512.HashData(ascii);
        return StrictBase64Url.Encode(hash.AsSpan(0, hash.Length / 2));
    }
}
