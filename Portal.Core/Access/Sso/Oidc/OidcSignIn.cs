using Hexabase.Portal.Access.Sso.Jose;

namespace Hexabase.Portal.Access.Sso.Oidc;

/// <summary>What a connection demands of a sign-in.</summary>
/// <param name="ReadUserInfo">Asks the userinfo endpoint, for providers whose ID tokens hold little.</param>
public sealed record OidcPolicy(ClaimsMapping Mapping, bool ReadUserInfo, IReadOnlyList<string>? AcceptedAcr, IReadOnlyList<string>? AcceptedAmr);

/// <summary>A person who signed in, with what the provider said.</summary>
public sealed record OidcPerson(MappedIdentity Identity, IdToken Token);

/// <summary>Takes a provider's answer to its end: code, tokens, signature, claims, person. Also takes the provider's word that a session ended.</summary>
public sealed class OidcSignIn(OidcClient client, JwksCache keys, IReplayStore memory, TimeProvider clock)
{
    /// <param name="parameters">Every parameter of the address that the browser came back with.</param>
    /// <param name="pending">What the browser's cookie holds; the caller deletes the cookie whatever comes out.</param>
    public async Task<Checked<OidcPerson>> CompleteAsync(
        OidcDiscovery provider, OidcCredentials credentials, OidcPolicy policy, IReadOnlyCollection<KeyValuePair<string, string>> parameters, PendingOidcSignIn? pending, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (!OidcAnswer.Check(parameters, pending, provider, now).TryGet(out var answer, out var refusal)) return refusal;
        if (pending is null) return new SsoRefusal("oidc.answer.pending", "This browser has no sign-in under way.", null, "Start the sign-in from the portal.");
        // Before the code leaves the portal: of two browsers or replicas with the same answer, one goes on.
        var until = now + PendingOidcSignIn.Lifetime;
        if (!await memory.TryUseAsync(ReplayKey.State(provider.Issuer, pending.State), until, cancellationToken) || !await memory.TryUseAsync(ReplayKey.Code(provider.Issuer, answer.Code), until, cancellationToken))
            return new SsoRefusal("oidc.answer.replay", "This answer was used before.", SsoRefusal.Hide(answer.Code), "Start the sign-in again from the portal; going back in the browser sends the old answer once more.");

        if (!(await client.RedeemAsync(provider, credentials, pending, answer.Code, cancellationToken)).TryGet(out var tokens, out refusal)) return refusal;
        if (!CompactJws.Parse(tokens.IdToken, "jwt").TryGet(out var signed, out refusal)) return refusal;
        if (!provider.Algorithms.Contains(signed.Algorithm.Name)) return new SsoRefusal("oidc.token.algorithm", "The token is signed with an algorithm that the provider does not announce.", signed.Algorithm.Name, "Check id_token_signing_alg_values_supported in the provider's discovery document.");
        if (!(await keys.VerifyAsync(signed, provider.KeysAddress, cancellationToken)).TryGet(out var claims, out refusal)) return refusal;
        var expected = new IdTokenExpectation(provider.Issuer, credentials.ClientId, pending.Nonce, tokens.AccessToken, answer.Code, pending.MaxAgeSeconds, policy.AcceptedAcr, policy.AcceptedAmr);
        if (!IdToken.Check(claims, signed.Algorithm, expected, clock.GetUtcNow()).TryGet(out var token, out refusal)) return refusal;

        JsonMembers? userInfo = null;
        if (policy.ReadUserInfo && provider.UserInfoEndpoint is { } endpoint && !(await client.UserInfoAsync(endpoint, tokens.AccessToken, cancellationToken)).TryGet(out userInfo, out refusal)) return refusal;
        return policy.Mapping.Map(token, userInfo).TryGet(out var identity, out refusal) ? new OidcPerson(identity, token) : refusal;
    }

    /// <param name="logoutToken">The form field <c>logout_token</c> of a back-channel request.</param>
    public async Task<Checked<LogoutToken>> LogoutAsync(OidcDiscovery provider, string clientId, string? logoutToken, CancellationToken cancellationToken)
    {
        if (!CompactJws.Parse(logoutToken, "logout+jwt", "jwt").TryGet(out var signed, out var refusal)) return refusal;
        return (await keys.VerifyAsync(signed, provider.KeysAddress, cancellationToken)).TryGet(out var claims, out refusal)
            ? await LogoutToken.CheckAsync(claims, provider.Issuer, clientId, memory, clock.GetUtcNow(), cancellationToken)
            : refusal;
    }
}
