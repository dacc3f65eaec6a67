using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Access.Sso.Oidc;
using Hexabase.Portal.Access.Sso.Saml;
using Hexabase.Portal.Kernel;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access.Sso.Entry;

/// <summary>Where the browser goes, and what it keeps until it comes back.</summary>
/// <param name="CookieKey">Part of the cookie's name.</param>
public sealed record SsoDeparture(Uri To, string CookieKey, SsoPending Pending);

/// <summary>Someone who came back: signed in, or (session null) an administrator whose test succeeded.</summary>
public sealed record SsoEntry(SignedIn? Session, string ReturnPath);

/// <summary>Why somebody stays outside, as they are told: a short code to name to their administrator, and a word for what kind of trouble it is.</summary>
/// <param name="Kind">retry, account, provider.</param>
/// <param name="IsNoted">An organization's log has it; false where there is no such connection.</param>
public sealed record SsoTurnedAway(string Reference, string Kind, bool IsNoted = true);

/// <summary>The sign-in through an organization's provider, from the first request to the open session, without HTTP of our own. Each outcome leaves a trace, each refusal an audit entry.</summary>
public sealed class SsoSignIn(
    IPortal portal, SsoDoors doors, OidcProviders providers, OidcSignIn oidc, IEntraGroups entra, SsoSecrets secrets, IReplayStore memory, SsoTrace trace, IOptions<SsoOptions> options, SessionDirectory sessions, TimeProvider clock)
{
    private static readonly string[] TryAgain = ["sso.pending", "oidc.answer.", "saml.inResponseTo", "saml.unsolicited", "saml.replay", "saml.expired", "oidc.tokens.grant"];

    /// <summary>Begins a sign-in; null where there is no connection for what was typed.</summary>
    public async Task<Result<SsoDeparture>?> StartAsync(Actor visitor, string? who, string? returnPath, SsoAddresses addresses, CancellationToken cancellationToken)
    {
        if (await doors.FindAsync(who, cancellationToken) is not { } connection) return null;
        var hint = who?.Contains('@', StringComparison.Ordinal) == true ? who.Trim() : null;
        return await DepartAsync(visitor, connection, returnPath, hint, null, addresses, cancellationToken);
    }

    /// <summary>Begins an administrator's test of a connection; the caller has been asked for their permission by <see cref="StartSsoTest"/>.</summary>
    public async Task<Result<SsoDeparture>> TestAsync(Actor tester, string org, Guid connectionId, string? returnPath, SsoAddresses addresses, CancellationToken cancellationToken)
    {
        if (!(await portal.SendAsync(tester, new StartSsoTest(org, connectionId), cancellationToken)).TryGet(out _, out var problem)) return problem;
        return await doors.GetAsync(connectionId, cancellationToken) is { } connection
            ? await DepartAsync(tester, connection, returnPath, tester.Name, tester.Id, addresses, cancellationToken)
            : Problem.NotFound("ssoConnection");
    }

    /// <param name="parameters">All of the address that the browser came back with.</param>
    public async Task<(SsoEntry? Entry, SsoTurnedAway? Away)> CompleteOidcAsync(
        Actor visitor, Guid connectionId, SsoPending? pending, IReadOnlyCollection<KeyValuePair<string, string>> parameters, SsoAddresses addresses, CancellationToken cancellationToken)
    {
        if (await doors.GetAsync(connectionId, cancellationToken) is not { Kind: SsoKind.Oidc } connection) return (null, Unknown());
        if (pending is null || pending.ConnectionId != connectionId || pending.Oidc is null || pending.Oidc.RedirectAddress != addresses.Callback(connectionId)) return (null, await AwayAsync(visitor, connection, "answer", false, SsoRefusals.Pending, null, cancellationToken));
        var isTest = pending.TesterId is not null;
        if (!connection.IsEnabled && !isTest) return (null, await AwayAsync(visitor, connection, "answer", isTest, SsoRefusals.Disabled, null, cancellationToken));
        if (!(await IdentifyAsync(connection, pending.Oidc, parameters, cancellationToken)).TryGet(out var identity, out var refusal)) return (null, await AwayAsync(visitor, connection, "answer", isTest, refusal, null, cancellationToken));
        return await EnterAsync(visitor, connection, identity, SignInMethods.Oidc, pending.ReturnPath, pending.TesterId, cancellationToken);
    }

    /// <param name="formValue">The field SAMLResponse.</param>
    /// <param name="relayState">Where a sign-in that began at the provider goes; a path of this portal or nothing.</param>
    public async Task<(SsoEntry? Entry, SsoTurnedAway? Away)> CompleteSamlAsync(Actor visitor, Guid connectionId, SsoPending? pending, string? formValue, string? relayState, SsoAddresses addresses, CancellationToken cancellationToken)
    {
        if (await doors.GetAsync(connectionId, cancellationToken) is not { Kind: SsoKind.Saml } connection) return (null, Unknown());
        if (pending is not null && (pending.ConnectionId != connectionId || pending.Kind != SsoKind.Saml)) pending = null;
        var isTest = pending?.TesterId is not null;
        if (!connection.IsEnabled && !isTest) return (null, await AwayAsync(visitor, connection, "answer", isTest, SsoRefusals.Disabled, null, cancellationToken));
        if (!(await IdentifyAsync(connection, pending?.RequestId, formValue, addresses, cancellationToken)).TryGet(out var identity, out var refusal)) return (null, await AwayAsync(visitor, connection, "answer", isTest, refusal, null, cancellationToken));
        return await EnterAsync(visitor, connection, identity, SignInMethods.Saml, pending?.ReturnPath ?? ReturnPath.Local(relayState), pending?.TesterId, cancellationToken);
    }

    /// <summary>Turns an answer away that came in another way than answers of the kind do.</summary>
    public async Task<SsoTurnedAway> RefuseAsync(Actor visitor, Guid connectionId, SsoKind kind, CancellationToken cancellationToken) =>
        await doors.GetAsync(connectionId, cancellationToken) is { } connection && connection.Kind == kind
            ? await AwayAsync(visitor, connection, "answer", false, kind == SsoKind.Saml ? SsoRefusals.Form : SsoRefusals.Post, null, cancellationToken)
            : Unknown();

    private async Task<Result<SsoDeparture>> DepartAsync(Actor visitor, SsoConnection connection, string? returnPath, string? hint, Guid? tester, SsoAddresses addresses, CancellationToken cancellationToken)
    {
        var (settings, now) = (connection.Settings, clock.GetUtcNow());
        var path = ReturnPath.Local(returnPath);
        if (connection.Kind == SsoKind.Oidc)
        {
            if (!(await providers.FindAsync(connection.Issuer, cancellationToken)).TryGet(out var provider, out var refusal)) return await StoppedAsync(visitor, connection, tester, refusal, cancellationToken);
            // Values that are names of classes everywhere are asked for; a bare word such as "mfa" some providers refuse.
            var wishes = new OidcWishes(hint, AcrValues: settings.RequireMfa ? [.. settings.MfaValues.Where(v => v.Contains(':', StringComparison.Ordinal) || v.Contains('/', StringComparison.Ordinal))] : null, ForceLogin: tester is not null);
            var request = OidcRequest.Create(provider, connection.Id, settings.ClientId ?? "", settings.Scopes, addresses.Callback(connection.Id), path, wishes, now);
            return new SsoDeparture(request.Address, SsoPending.KeyOf(request.Pending.State), new SsoPending(connection.OrganizationId, connection.Id, connection.Kind, request.Pending, null, path, now, tester));
        }

        if (!SsoAddress.TryParse(settings.SignInAddress, options.Value.AllowLoopbackHttp, out var destination)) return await StoppedAsync(visitor, connection, tester, new SsoRefusal("saml.signInAddress", "The connection has no usable sign-in address.", SsoRefusal.Show(settings.SignInAddress), "Import the provider's metadata anew."), cancellationToken);
        var saml = SamlRequest.Create(addresses.Metadata(connection.Id).AbsoluteUri, addresses.Consumer(connection.Id), destination, tester is not null, settings.RequireMfa ? settings.MfaValues : null, now, settings.NameIdFormat);
        RSA? signing = null;
        if (settings.SignRequests && !(await SigningKeyAsync(connection, cancellationToken)).TryGet(out signing, out var unreadable)) return await StoppedAsync(visitor, connection, tester, unreadable, cancellationToken);
        using var key = signing;
        var handle = OidcRequest.Random();
        return new SsoDeparture(saml.ToRedirect(key, handle), SsoPending.KeyOf(handle), new SsoPending(connection.OrganizationId, connection.Id, connection.Kind, null, saml.Id, path, now, tester));
    }

    private async Task<Checked<RSA>> SigningKeyAsync(SsoConnection connection, CancellationToken cancellationToken) =>
        SsoKeys.Signing(connection.Settings, await doors.KeysAsync(connection.Id, cancellationToken)) is { } key ? SsoKeys.Open(key, secrets) : new SsoRefusal("sso.key", "The connection has no key of the portal.", null, "Make a new key for the connection.");

    private async Task<Checked<SsoIdentity>> IdentifyAsync(SsoConnection connection, PendingOidcSignIn pending, IReadOnlyCollection<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        var settings = connection.Settings;
        if (!(await providers.FindAsync(connection.Issuer, cancellationToken)).TryGet(out var provider, out var refusal)) return refusal;
        var key = settings.ClientProof == SsoClientProof.PrivateKey ? SsoKeys.Signing(settings, await doors.KeysAsync(connection.Id, cancellationToken)) : null;
        RSA? rsa = null;
        string? secret = null;
        if (key is not null && !SsoKeys.Open(key, secrets).TryGet(out rsa, out refusal)) return refusal;
        using var owned = rsa;
        if (key is null && !secrets.Open(connection.ClientSecret).TryGet(out secret, out refusal)) return refusal;
        var credentials = rsa is not null && key is not null ? OidcCredentials.OfKey(settings.ClientId ?? "", rsa, key.KeyId) : OidcCredentials.OfSecret(settings.ClientId ?? "", secret ?? "");
        var mapping = new ClaimsMapping(settings.Claims.UserName, settings.Claims.Groups, settings.Claims.Roles, new Dictionary<string, string>());
        if (!(await oidc.CompleteAsync(provider, credentials, new OidcPolicy(mapping, settings.ReadUserInfo, null, null), parameters, pending, cancellationToken)).TryGet(out var person, out refusal)) return refusal;
        var groups = person.Identity.Groups;
        if (person.Identity.GroupsAreElsewhere)
        {
            if (!(await MoreGroupsAsync(connection, settings, person, secret, key, rsa, cancellationToken)).TryGet(out var all, out refusal)) return refusal;
            groups = [.. groups.Concat(all).Distinct(StringComparer.Ordinal)];
        }

        var identity = SsoIdentity.Of(person, settings, groups);
        return settings.RequireMfa && !identity.Mfa
            ? new SsoRefusal("oidc.token.mfa", "The person did not show a second factor (amr, acr).", SsoRefusal.Show($"amr {string.Join(", ", person.Token.Amr)}; acr {person.Token.Acr}"), $"Let the provider ask for a second factor for this application; it must then write one of: {string.Join(", ", settings.MfaValues)}.")
            : identity;
    }

    private async Task<Checked<IReadOnlyList<string>>> MoreGroupsAsync(SsoConnection connection, SsoSettings settings, OidcPerson person, string? secret, SsoKey? key, RSA? rsa, CancellationToken cancellationToken)
    {
        if (connection.Template != SsoTemplate.EntraId || person.Token.Claims.Text("oid") is not { Length: > 0 and <= 100 } objectId)
            return new SsoRefusal("oidc.groups.elsewhere", "The provider left the groups out because there are too many.", null, "Send only the groups that are assigned to the application, or use the template of Entra ID, which asks Microsoft Graph.");
        using var bare = key is null ? null : X509CertificateLoader.LoadCertificate(Convert.FromBase64String(key.Certificate));
        // Kept by the library as long as its application lives.
        var certificate = bare is not null && rsa is not null ? bare.CopyWithPrivateKey(rsa) : null;
        return await entra.OfAsync(connection.Issuer, settings.ClientId ?? "", secret, certificate, objectId, cancellationToken);
    }

    private async Task<Checked<SsoIdentity>> IdentifyAsync(SsoConnection connection, string? requestId, string? formValue, SsoAddresses addresses, CancellationToken cancellationToken)
    {
        var settings = connection.Settings;
        var pinned = settings.Certificates.Select(c => SamlCertificate.Parse(c.Data).TryGet(out var one, out _) ? one : null).OfType<SamlCertificate>().ToList();
        var keys = new List<RSA>();
        try
        {
            foreach (var key in await doors.KeysAsync(connection.Id, cancellationToken))
            {
                if (SsoKeys.Open(key, secrets).TryGet(out var rsa, out _)) keys.Add(rsa);
            }

            var expected = new SamlExpectation
            {
                ProviderId = connection.Issuer, PortalId = addresses.Metadata(connection.Id).AbsoluteUri, ConsumerAddress = addresses.Consumer(connection.Id), Certificates = pinned, RequestId = requestId, AllowUnsolicited = requestId is null && settings.AllowIdpInitiated,
                DecryptionKeys = keys, RequireEncryption = settings.RequireEncryption, AcceptedContexts = settings.RequireMfa ? settings.MfaValues : null,
            };
            if (!SamlResponse.Check(formValue, expected, clock.GetUtcNow()).TryGet(out var signIn, out var refusal)) return refusal;
            if (!(await signIn.UseOnceAsync(memory, cancellationToken)).TryGet(out signIn, out refusal)) return refusal;
            return signIn.NameId.Length > IdToken.MaxSubjectChars
                ? new SsoRefusal("saml.nameId.long", "The person's NameID is too long.", FormattableString.Invariant($"{signIn.NameId.Length} characters"), "Set the provider to send a persistent NameID of at most 255 characters.")
                : SsoIdentity.Of(signIn, settings, SignedBy(formValue, expected));
        }
        finally
        {
            foreach (var key in keys) key.Dispose();
        }
    }

    /// <summary>The thumbprint of the certificate that the accepted answer is right by; null where its signatures are by several.</summary>
    private string? SignedBy(string? formValue, SamlExpectation expected) => expected.Certificates.FirstOrDefault(c => SamlResponse.Check(formValue, expected with { Certificates = [c] }, clock.GetUtcNow()).TryGet(out _, out _))?.Thumbprint;

    private async Task<(SsoEntry? Entry, SsoTurnedAway? Away)> EnterAsync(Actor visitor, SsoConnection connection, SsoIdentity identity, string method, string returnPath, Guid? tester, CancellationToken cancellationToken)
    {
        if (tester is { } who)
        {
            var noted = await portal.SendAsync(visitor, new NoteSsoTest(connection.OrganizationId, connection.Id, who, identity), cancellationToken);
            var why = noted.Problem is { } failed ? SsoProblem.Back(failed) : null;
            var code = await trace.WriteAsync(connection.OrganizationId, connection.Id, "person", true, why, identity.Facts, null, cancellationToken);
            return why is null ? (new SsoEntry(null, returnPath), null) : (null, Told(code, why));
        }

        if (!(await portal.SendAsync(visitor, new ArriveBySso(connection.OrganizationId, connection.Id, identity), cancellationToken)).TryGet(out var arrival, out var problem))
        {
            var why = SsoProblem.Back(problem);
            return (null, Told(await trace.WriteAsync(connection.OrganizationId, connection.Id, "person", false, why, identity.Facts, null, cancellationToken), why));
        }

        var ends = clock.GetUtcNow().UtcDateTime.AddHours(connection.Settings.SessionHours);
        if (identity.EndsAt is { } end && end.UtcDateTime < ends) ends = end.UtcDateTime;
        var facts = new SignInFacts(method, identity.Mfa, ends, connection.Id, identity.ProviderSession is { Length: <= 256 } session ? session : null, identity.Mapped.Subject);
        var person = visitor with { Kind = ActorKind.Person, Id = arrival.UserId, Name = arrival.UserName, Grants = [new Grant(connection.Settings.DefaultRole, GrantScope.Organization, connection.OrganizationId)] };
        var opened = await portal.SendAsync(person, new OpenSession(facts), cancellationToken);
        var refusal = opened.Problem is { } closed ? SsoProblem.Back(closed) : null;
        // Somebody whom every role was taken from has nothing to sign in to.
        if (refusal is null && await sessions.FindAsync(opened.Value.SessionId, cancellationToken) is null)
            refusal = new SsoRefusal("sso.person.noRole", "The member holds no role in the organization.", null, "Give the person a role, or map one of their groups.");
        var reference = await trace.WriteAsync(connection.OrganizationId, connection.Id, refusal is null ? "session" : "person", false, refusal, identity.Facts, arrival.MemberId, cancellationToken);
        return refusal is null ? (new SsoEntry(opened.Value, returnPath), null) : (null, Told(reference, refusal));
    }

    private async Task<Problem> StoppedAsync(Actor visitor, SsoConnection connection, Guid? tester, SsoRefusal refusal, CancellationToken cancellationToken)
    {
        var away = await AwayAsync(visitor, connection, "start", tester is not null, refusal, null, cancellationToken);
        return new Problem(ProblemKind.Refused, $"sso.{away.Kind}", refusal.Message, Args: [away.Reference]);
    }

    private async Task<SsoTurnedAway> AwayAsync(Actor visitor, SsoConnection connection, string step, bool isTest, SsoRefusal refusal, object? facts, CancellationToken cancellationToken)
    {
        var reference = await trace.WriteAsync(connection.OrganizationId, connection.Id, step, isTest, refusal, facts, null, cancellationToken);
        await portal.SendAsync(visitor with { Kind = ActorKind.Anonymous, Id = Guid.Empty, Name = Actor.Anonymous.Name, Grants = [], SessionId = null }, new RefuseSsoSignIn(connection.OrganizationId, connection.Id, connection.Name, refusal, reference), cancellationToken);
        return Told(reference, refusal);
    }

    private static SsoTurnedAway Told(string reference, SsoRefusal refusal) =>
        new(reference, refusal.Code.StartsWith("sso.person.", StringComparison.Ordinal) ? "account" : Array.Exists(TryAgain, c => refusal.Code.StartsWith(c, StringComparison.Ordinal)) ? "retry" : "provider");

    /// <summary>No connection, no organization to note it in: the code is made up like any other, so that the answer tells nothing.</summary>
    private static SsoTurnedAway Unknown() => new(SsoTrace.NewReference(), "retry", IsNoted: false);
}
