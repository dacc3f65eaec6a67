using System.Text.Json;

namespace Hexabase.Portal.Access.Sso.Jose;

/// <summary>The keys that a provider publishes (RFC 7517 section 5). Keys that are not for us (other types, encryption, too weak) are left aside with their reason.</summary>
public sealed class JwkSet
{
    public const int MaxBytes = 256 * 1024;
    public const int MaxKeys = 100;

    private JwkSet(IReadOnlyList<Jwk> keys, IReadOnlyList<SsoRefusal> leftAside) => (Keys, LeftAside) = (keys, leftAside);

    public IReadOnlyList<Jwk> Keys { get; }

    public IReadOnlyList<SsoRefusal> LeftAside { get; }

    public static Checked<JwkSet> Parse(ReadOnlySpan<byte> utf8)
    {
        if (!JsonMembers.TryParse(utf8, MaxBytes, out var members, out var why)) return Malformed($"The provider's key set cannot be read: it {why}.");
        if (!members.TryGet("keys", out var list) || list.ValueKind != JsonValueKind.Array) return Malformed("The provider's key set has no list of keys.");
        if (list.GetArrayLength() > MaxKeys) return Malformed(FormattableString.Invariant($"The provider publishes more than {MaxKeys} keys."));
        var keys = new List<Jwk>();
        var leftAside = new List<SsoRefusal>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object) return Malformed("An entry of the provider's key set is not an object.");
            if (Jwk.Parse(JsonMembers.Of(item)).TryGet(out var key, out var refusal)) keys.Add(key);
            else leftAside.Add(refusal);
        }

        return new JwkSet(keys, leftAside);
    }

    /// <summary>
    /// The one key for a token. With a <c>kid</c>: the only fitting key of that name; without: the only fitting key at all. Never one of several.
    /// "jose.key.unknown" is worth a fresh look at the provider's keys.
    /// </summary>
    public Checked<Jwk> Choose(string? keyId, JwsAlgorithm algorithm)
    {
        var came = $"alg {algorithm.Name}, kid {SsoRefusal.Show(keyId)}";
        var named = keyId is null ? Keys : [.. Keys.Where(k => k.KeyId == keyId)];
        var fitting = named.Where(k => k.Fits(algorithm)).Take(2).ToList();
        if (fitting.Count == 1) return fitting[0];
        if (fitting.Count > 1)
        {
            return keyId is null
                ? new SsoRefusal("jose.kid.missing", "The token does not name its key (kid), and the provider publishes several that fit.", came, "Set the provider to put kid into its tokens.")
                : new SsoRefusal("jose.kid.duplicate", "The provider publishes several keys under the same kid.", came, "Give each published key its own kid at the provider.");
        }

        if (named.Count > 0)
            return new SsoRefusal("jose.key.mismatch", "The key that the token names is not for the token's algorithm.", came, "Check the signing settings of the provider: key and algorithm do not go together.");
        return new SsoRefusal("jose.key.unknown", "The provider does not publish the key that the token names.", came,
            LeftAside.Count == 0 ? "Check that the issuer and its jwks_uri belong to the provider that sends the token." : $"A published key was left aside: {LeftAside[0].Message} {LeftAside[0].Change}");
    }

    private static SsoRefusal Malformed(string message) => new("jwks.malformed", message, null, "Open the provider's jwks_uri in a browser: it must answer a JSON Web Key Set (RFC 7517).");
}
