using System.Text;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Access.Sso.Jose;
using Hexabase.Portal.Access.Sso.Oidc;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Sso.Entry;

/// <summary>The end of a session at both sides: the portal's sign-out goes on to the provider's, and the provider's word ends the portal's sessions.</summary>
public sealed class SsoLeaving(IPortal portal, SsoDoors doors, OidcProviders providers, OidcSignIn oidc, SsoTrace trace)
{
    /// <summary>Where the browser goes to sign out at the provider (OpenID Connect RP-Initiated Logout 1.0); null where there is nothing to end. ID tokens are not kept, so the client id names the portal.</summary>
    public async Task<Uri?> SignOutAddressAsync(Guid? connectionId, SsoAddresses addresses, CancellationToken cancellationToken)
    {
        if (connectionId is not { } id || await doors.GetAsync(id, cancellationToken) is not { Kind: SsoKind.Oidc } connection) return null;
        if (!(await providers.FindAsync(connection.Issuer, cancellationToken)).TryGet(out var provider, out _) || provider.EndSessionEndpoint is not { } end) return null;
        var query = $"client_id={Uri.EscapeDataString(connection.Settings.ClientId ?? "")}&post_logout_redirect_uri={Uri.EscapeDataString(addresses.SignedOut.AbsoluteUri)}";
        return new Uri(end.AbsoluteUri + (end.Query.Length > 0 ? "&" : "?") + query);
    }

    /// <summary>A back-channel logout. Null where it was taken; otherwise what was wrong with it.</summary>
    /// <param name="source">The actor of the request: nobody, with an address.</param>
    public async Task<SsoRefusal?> BackChannelAsync(Actor source, string? logoutToken, CancellationToken cancellationToken)
    {
        var malformed = new SsoRefusal("oidc.logout.malformed", "The logout token cannot be read.", null, "Check the back-channel logout settings of the application at the provider.");
        if (Names(logoutToken) is not { } named) return malformed;
        var candidates = (await doors.OfIssuerAsync(named.Issuer, cancellationToken)).Where(c => named.Audiences.Contains(c.Settings.ClientId ?? "", StringComparer.Ordinal)).ToList();
        // Unknown providers get the same answer as a broken token.
        if (candidates is not [var first, ..]) return malformed;
        if (!(await providers.FindAsync(first.Issuer, cancellationToken)).TryGet(out var provider, out var refusal)
            || !(await oidc.LogoutAsync(provider, first.Settings.ClientId ?? "", logoutToken, cancellationToken)).TryGet(out var token, out refusal))
        {
            var reference = await trace.WriteAsync(first.OrganizationId, first.Id, "logout", false, refusal, null, null, cancellationToken);
            await portal.SendAsync(source, new RefuseSsoSignIn(first.OrganizationId, first.Id, first.Name, refusal, reference), cancellationToken);
            return refusal;
        }

        foreach (var connection in candidates.Where(c => c.Settings.ClientId == first.Settings.ClientId))
        {
            var ended = await portal.SendAsync(source, new EndProviderSessions(connection.OrganizationId, connection.Id, token.Subject, token.SessionId), cancellationToken);
            if (ended.Problem is { } problem) return SsoProblem.Back(problem);
            await trace.WriteAsync(connection.OrganizationId, connection.Id, "logout", false, null, new { sessions = ended.Value, byName = token.SessionId is null }, null, cancellationToken);
        }

        return null;
    }

    /// <summary>Whose token it says it is: only to find the keys that it is then checked with.</summary>
    private static (string Issuer, IReadOnlyList<string> Audiences)? Names(string? token)
    {
        if (token is not { Length: > 0 and <= CompactJws.MaxChars } || token.Split('.') is not [_, var payload, _] || !StrictBase64Url.TryDecode(payload, out var bytes)) return null;
        if (!JsonMembers.TryParse(bytes, CompactJws.MaxChars, out var claims, out _)) return null;
        return claims.Text("iss") is { Length: > 0 and <= 400 } issuer && !issuer.Any(char.IsControl) && claims.TryTexts("aud", allowSingle: true, out var audiences) && audiences is { Count: > 0 } ? (issuer, audiences) : null;
    }
}
