using Hexabase.Portal.Access.Sso.Jose;

namespace Hexabase.Portal.Access.Sso.Oidc;

/// <summary>Checks that ID tokens and logout tokens share.</summary>
internal static class TokenClaims
{
    private const string Clocks = "Set the clocks of the provider and of the portal; one minute of difference is allowed.";

    /// <summary>OpenID Connect Core section 3.1.3.7, steps 3 to 5: for this client, and for nobody else besides.</summary>
    public static SsoRefusal? Audience(JsonMembers claims, string clientId, string prefix)
    {
        if (!claims.TryTexts("aud", allowSingle: true, out var audiences) || audiences is not { Count: > 0 }) return new($"{prefix}.audience.missing", "The token does not say whom it is for (aud).", null, "Check the application's settings at the provider.");
        var shown = SsoRefusal.Show(string.Join(", ", audiences.Take(5)));
        if (!audiences.Contains(clientId, StringComparer.Ordinal)) return new($"{prefix}.audience", "The token is for another application (aud).", shown, $"Enter the client id that the provider shows for this application; tokens name {shown}.");
        if (!claims.TryText("azp", out var party)) return new($"{prefix}.malformed", "The token's azp is not a string.", null, "Check the application's settings at the provider.");
        if (party is not null && party != clientId) return new($"{prefix}.party", "The token was given to another application (azp).", SsoRefusal.Show(party), "Use one application of the provider for this portal alone.");
        return audiences.All(a => a == clientId) ? null : new($"{prefix}.audience.others", "The token is for other applications, too, which could pass it on (aud).", shown, "Set the provider to put only this application into aud of its tokens.");
    }

    /// <summary>A name of a person or a session: no database keeps a zero character, and no log a line break.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= IdToken.MaxSubjectChars && !text.Any(char.IsControl);

    public static SsoRefusal? Times(JsonMembers claims, DateTimeOffset now, string prefix, out DateTimeOffset issuedAt, out DateTimeOffset expiresAt)
    {
        (issuedAt, expiresAt) = (default, default);
        if (!claims.TryTime("exp", out var exp) || !claims.TryTime("iat", out var iat) || !claims.TryTime("nbf", out var nbf)) return new($"{prefix}.time.malformed", "A time of the token is not a number of seconds.", null, "Check the claims that the provider puts into tokens.");
        if (exp is null || iat is null) return new($"{prefix}.time.missing", "The token does not say from when and until when it counts (iat, exp).", null, "Check the claims that the provider puts into tokens.");
        if (SsoClock.IsOver(exp.Value, now)) return new($"{prefix}.expired", "The token is expired.", SsoRefusal.Show(exp.Value), Clocks);
        if (SsoClock.IsAhead(iat, now)) return new($"{prefix}.future", "The token was issued in the future.", SsoRefusal.Show(iat.Value), Clocks);
        if (SsoClock.IsAhead(nbf, now)) return new($"{prefix}.early", "The token does not count yet.", SsoRefusal.Show(nbf ?? now), Clocks);
        if (exp <= iat) return new($"{prefix}.time.order", "The token ends before it begins.", SsoRefusal.Show(exp.Value), "Check the lifetime of tokens at the provider.");
        if (SsoClock.IsOld(iat.Value, now)) return new($"{prefix}.old", "The token was issued long ago.", SsoRefusal.Show(iat.Value), Clocks);
        (issuedAt, expiresAt) = (iat.Value, exp.Value);
        return null;
    }
}
