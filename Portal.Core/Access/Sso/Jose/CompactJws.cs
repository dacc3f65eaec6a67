using System.Text;

namespace Hexabase.Portal.Access.Sso.Jose;

/// <summary>A signed token in compact form (RFC 7515 section 7.1) whose form is in order and whose signature is not yet checked: its payload cannot be had before that.</summary>
public sealed class CompactJws
{
    public const int MaxChars = 64 * 1024;
    public const int MaxHeaderBytes = 4 * 1024;
    public const int MaxKidChars = 512;

    /// <summary>Members that bring or name a key. Keys come from the provider's published set, never from the token.</summary>
    private static readonly string[] KeyBringers = ["jwk", "jku", "x5u"];

    private readonly byte[] _payload;
    private readonly byte[] _signed;
    private readonly byte[] _signature;

    private CompactJws(JwsAlgorithm algorithm, string? keyId, byte[] payload, byte[] signed, byte[] signature) =>
        (Algorithm, KeyId, _payload, _signed, _signature) = (algorithm, keyId, payload, signed, signature);

    public JwsAlgorithm Algorithm { get; }

    /// <summary>The header's <c>kid</c>.</summary>
    public string? KeyId { get; }

    /// <param name="types">Accepted <c>typ</c> values, in lower case; a missing <c>typ</c> is accepted, too.</param>
    public static Checked<CompactJws> Parse(string? token, params ReadOnlySpan<string> types)
    {
        if (string.IsNullOrEmpty(token)) return Malformed("There is no token.", null);
        if (token.Length > MaxChars) return new SsoRefusal("jose.size", "The token is too large.", FormattableString.Invariant($"{token.Length} characters"), FormattableString.Invariant($"Let the provider send fewer claims (such as groups): at most {MaxChars} characters are read."));
        var parts = token.Split('.', 7);
        if (parts.Length == 5) return new SsoRefusal("jose.encrypted", "The token is encrypted, which is not supported.", "five parts", "Switch the encryption of ID tokens off at the provider; signatures and TLS protect them.");
        if (parts.Length != 3) return Malformed("The token does not have three parts.", FormattableString.Invariant($"{parts.Length} parts"));
        if (!StrictBase64Url.TryDecode(parts[0], out var header) || !StrictBase64Url.TryDecode(parts[1], out var payload) || !StrictBase64Url.TryDecode(parts[2], out var signature))
            return Malformed("A part of the token is not base64url without padding.", null);
        if (!JsonMembers.TryParse(header, MaxHeaderBytes, out var members, out var why)) return Malformed($"The token's header cannot be read: it {why}.", null);
        // Before the algorithm is looked at: an extension could change what the signature means.
        if (members.Has("crit")) return new SsoRefusal("jose.crit", "The token demands extensions (crit).", null, "Switch off signature extensions at the provider.");
        if (members.Has("b64")) return new SsoRefusal("jose.b64", "The token's payload is not encoded (b64).", null, "Switch off unencoded payloads at the provider.");
        if (Array.Find(KeyBringers, members.Has) is { } bringer)
            return new SsoRefusal("jose.key.embedded", $"The token brings its own key ({bringer}); only the provider's published keys count.", bringer, "Let the provider publish its keys at its jwks_uri and name them by kid.");
        if (!members.TryText("alg", out var alg)) return Malformed("The token's alg is not a string.", null);
        if (!JwsAlgorithm.Find(alg).TryGet(out var algorithm, out var refusal)) return refusal;
        if (!members.TryText("kid", out var kid) || kid is { Length: 0 or > MaxKidChars }) return Malformed("The token's kid is not a usable string.", null);
        if (!members.TryText("typ", out var typ) || (typ is not null && !IsOneOf(typ, types)))
            return new SsoRefusal("jose.typ", "The token is of another kind than is expected here.", SsoRefusal.Show(typ), "Check that the provider sends its ID token here, not an access token or another kind of token.");
        if (members.Has("cty")) return new SsoRefusal("jose.cty", "The token holds another token (cty).", SsoRefusal.Show(members.Text("cty")), "Switch nested tokens off at the provider.");
        if (signature.Length == 0) return new SsoRefusal("jose.signature.missing", "The token is not signed.", algorithm.Name, "Set the provider to sign its tokens.");
        return new CompactJws(algorithm, kid, payload, Encoding.ASCII.GetBytes(token, 0, parts[0].Length + 1 + parts[1].Length), signature);
    }

    /// <summary>The payload, if the signature is right by this key.</summary>
    public Checked<JsonMembers> Verify(Jwk key)
    {
        if (!key.Verifies(Algorithm, _signed, _signature))
        {
            return new SsoRefusal("jose.signature.wrong", "The token's signature is not right: the token was changed, or another key signed it.", $"alg {Algorithm.Name}, kid {SsoRefusal.Show(KeyId)}",
                "Check that the issuer and its jwks_uri belong to the provider that sends the token.");
        }

        return JsonMembers.TryParse(_payload, MaxChars, out var claims, out var why) ? claims : Malformed($"The token's claims cannot be read: it {why}.", null);
    }

    private static bool IsOneOf(string typ, ReadOnlySpan<string> types)
    {
        // RFC 7515 section 4.1.9: compared without case; "application/" may be left out.
        const string prefix = "application/";
        var bare = typ.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? typ[prefix.Length..] : typ;
        foreach (var type in types)
        {
            if (string.Equals(bare, type, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static SsoRefusal Malformed(string message, string? came) =>
        new("jose.malformed", message, came, "Check that the provider's address is right: this is not a signed token in compact form (RFC 7515).");
}
