using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Access.Sso.Entry;
using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Sso;

/// <summary>Single sign-on as administrators set it up.</summary>
internal static class SsoApi
{
    public static void MapSingleSignOn(this RouteGroupBuilder api)
    {
        var sso = api.MapGroup("/organizations/{org}/sso").WithTags("Single sign-on");
        MapConnections(sso.MapGroup("/connections"));

        sso.MapGet("/domains", (string org, ApiCall call) => call.ListAsync(page => new ListSsoDomains(org, page), d => d))
            .WithName("listSsoDomains").WithSummary("Mail domains of the organization, with what proves each");
        sso.MapPost("/domains", (string org, DomainBody body, ApiCall call) => call.CreateAsync(new AddSsoDomain(org, body.Name, body.ConnectionId), d => d, d => $"/api/v1/organizations/{org}/sso/domains/{d.Id}", d => d.Version))
            .WithName("addSsoDomain").WithSummary("Names a domain as the organization's own");
        sso.MapPost("/domains/{id:guid}/verify", async (string org, Guid id, SsoDomainCheck check, ApiCall call) => call.Answer(await check.RunAsync(call.Actor, org, id, call.Aborted), d => d, StatusCodes.Status200OK, d => d.Version))
            .WithName("verifySsoDomain").WithSummary("Looks for the proof at the domain");
        sso.MapDelete("/domains/{id:guid}", (string org, Guid id, ApiCall call) => call.RemoveAsync(new RemoveSsoDomain(org, id))).WithName("removeSsoDomain").WithSummary("Takes a domain out of the list");

        sso.MapGet("/attempts", (string org, bool? failures, ApiCall call) => call.ListAsync(page => new ListSsoAttempts(org, page, failures == true), a => a))
            .WithName("listSsoAttempts").WithSummary("Attempts of the last 30 days, newest first: what came (redacted), which check failed, what to change; filter is the short code that a person was shown");
        sso.MapGet("/expiries", (string org, ApiCall call) => call.AskAsync(new ListSsoExpiries(org), e => new { items = e, nextCursor = (string?)null }))
            .WithName("listSsoExpiries").WithSummary("Certificates of providers that end within 60 days");
        sso.MapGet("/break-glass", (string org, ApiCall call) => call.AskAsync(new GetBreakGlass(org), b => b)).WithName("getBreakGlass").WithSummary("Whether a break-glass code is sealed");
        sso.MapPost("/break-glass", (string org, ApiCall call) => call.SendAsync(new SealBreakGlass(org), b => new { b.Code, b.Row.IsSealed, b.Row.SealedAtUtc }))
            .WithName("sealBreakGlass").WithSummary("Makes a break-glass code; it is in this answer only, and an older one stops working");
    }

    private static void MapConnections(RouteGroupBuilder connections)
    {
        connections.MapGet("", (string org, ApiCall call) => call.ListAsync(page => new ListSsoConnections(org, page), c => SsoConnectionView.Of(c, call.Http))).WithName("listSsoConnections").WithSummary("Connections to identity providers, newest first");
        connections.MapPost("", (string org, SsoConnectionInput body, ApiCall call) => call.CreateAsync(new CreateSsoConnection(org, body), c => SsoConnectionView.Of(c, call.Http), c => $"/api/v1/organizations/{org}/sso/connections/{c.Id}", c => c.Version))
            .WithName("createSsoConnection").WithSummary("Makes a connection, switched off");
        connections.MapGet("/{id:guid}", (string org, Guid id, ApiCall call) => call.AskAsync(new GetSsoConnection(org, id), c => SsoConnectionView.Of(c, call.Http), c => c.Version)).WithName("getSsoConnection").WithSummary("One connection, with the addresses to enter at the provider");
        connections.MapPatch("/{id:guid}", (string org, Guid id, SsoConnectionInput body, ApiCall call) => Change(call, new ChangeSsoConnection(org, id, body, call.IfMatch))).WithName("changeSsoConnection").WithSummary("Changes a connection; what is absent stays");
        connections.MapDelete("/{id:guid}", (string org, Guid id, ApiCall call) => call.RemoveAsync(new RemoveSsoConnection(org, id, call.IfMatch))).WithName("removeSsoConnection").WithSummary("Removes a connection, what it gave people, and its sessions; refused while it is enforced");
        connections.MapPost("/{id:guid}/enable", (string org, Guid id, ApiCall call) => Change(call, new EnableSsoConnection(org, id, true, call.IfMatch))).WithName("enableSsoConnection").WithSummary("Switches a connection on");
        connections.MapPost("/{id:guid}/disable", (string org, Guid id, ApiCall call) => Change(call, new EnableSsoConnection(org, id, false, call.IfMatch))).WithName("disableSsoConnection").WithSummary("Switches a connection off; its sessions end");
        connections.MapPost("/{id:guid}/certificates", (string org, Guid id, CertificateBody body, ApiCall call) => Change(call, new AddSsoCertificate(org, id, body.Certificate, call.IfMatch))).WithName("addSsoCertificate").WithSummary("Pins one more certificate of a SAML provider (two count at a time)");
        connections.MapDelete("/{id:guid}/certificates/{thumbprint}", (string org, Guid id, string thumbprint, ApiCall call) => Change(call, new RemoveSsoCertificate(org, id, thumbprint, call.IfMatch))).WithName("removeSsoCertificate").WithSummary("Stops trusting a certificate");
        connections.MapPost("/{id:guid}/key", (string org, Guid id, ApiCall call) => Change(call, new RotateSsoKey(org, id, call.IfMatch))).WithName("rotateSsoKey").WithSummary("Makes the portal a new key for this connection and publishes it; it signs once it is activated");
        connections.MapPost("/{id:guid}/keys/{key}/activate", (string org, Guid id, string key, ApiCall call) => Change(call, new ActivateSsoKey(org, id, key, call.IfMatch))).WithName("activateSsoKey").WithSummary("Lets a published key sign from now on; the one before stays until it is removed");
        connections.MapDelete("/{id:guid}/keys/{key}", (string org, Guid id, string key, ApiCall call) => Change(call, new RemoveSsoKey(org, id, key, call.IfMatch))).WithName("removeSsoKey").WithSummary("Takes away a key that does not sign");
        connections.MapPost("/{id:guid}/metadata", async (string org, Guid id, MetadataBody body, SsoMetadataImport import, ApiCall call) => body.Xml is { Length: > 0 }
                ? await Change(call, new ImportSsoMetadata(org, id, body.Xml, call.IfMatch))
                : call.Answer(await import.RunAsync(call.Actor, org, id, body.Address, call.IfMatch, call.Aborted), c => SsoConnectionView.Of(c, call.Http), StatusCodes.Status200OK, c => c.Version))
            .WithName("importSsoMetadata").WithSummary("Takes entity id, address and certificates from SAML metadata, given as xml or by an https address");
        connections.MapGet("/{id:guid}/mappings", (string org, Guid id, ApiCall call) => call.AskAsync(new ListSsoMappings(org, id), m => new { items = m, nextCursor = (string?)null })).WithName("listSsoMappings").WithSummary("Groups of the provider and what their people get");
        connections.MapPut("/{id:guid}/mappings", (string org, Guid id, MappingsBody body, ApiCall call) => call.SendAsync(new SetSsoMappings(org, id, body.Mappings, call.IfMatch), m => new { items = m, nextCursor = (string?)null })).WithName("setSsoMappings").WithSummary("Replaces the mappings; they count from each person's next sign-in");
        connections.MapDelete("/{id:guid}/links/{member:guid}", (string org, Guid id, Guid member, ApiCall call) => call.RemoveAsync(new RemoveSsoLink(org, id, member))).WithName("removeSsoLink").WithSummary("Forgets who a member is at the provider");
        connections.MapPost("/{id:guid}/test", (string org, Guid id, ApiCall call) => call.SendAsync(new StartSsoTest(org, id), _ => new { address = $"/sso/test/{id}{QueryString.Create("org", org)}" })).WithName("startSsoTest").WithSummary("Where a test sign-in begins; the caller opens it in the browser that they are signed in with");
        connections.MapGet("/{id:guid}/enforcement-preview", (string org, Guid id, string? state, ApiCall call) => call.AskAsync(new PreviewSsoEnforcement(org, id, state ?? "enforced"), p => p)).WithName("previewSsoEnforcement").WithSummary("Who would be locked out if single sign-on were phased or enforced; nothing is changed");
        connections.MapPut("/{id:guid}/enforcement", (string org, Guid id, EnforcementBody body, ApiCall call) => Change(call, new EnforceSso(org, id, body.State, call.IfMatch))).WithName("enforceSso").WithSummary("off, phased (members of verified domains must) or enforced (all members must)");
    }

    private static Task<IResult> Change(ApiCall call, Kernel.Command<SsoConnectionRow> command) => call.SendAsync(command, c => SsoConnectionView.Of(c, call.Http), c => c.Version);

    internal sealed record DomainBody(string? Name, Guid? ConnectionId);

    internal sealed record CertificateBody(string? Certificate);

    internal sealed record MetadataBody(string? Xml, string? Address);

    internal sealed record MappingsBody(IReadOnlyList<SsoMappingInput>? Mappings);

    internal sealed record EnforcementBody(string? State);
}

/// <summary>What an administrator enters at the provider.</summary>
/// <param name="RedirectAddress">OpenID Connect: the redirect URI.</param>
/// <param name="KeysAddress">OpenID Connect with the portal's own key: its public half (JWK set).</param>
/// <param name="EntityId">SAML: the portal's entity id, and where its metadata is.</param>
/// <param name="ConsumerAddress">SAML: the assertion consumer service.</param>
internal sealed record SsoProviderSide(Uri? RedirectAddress, Uri? BackChannelLogoutAddress, Uri? SignedOutAddress, Uri? KeysAddress, Uri? EntityId, Uri? ConsumerAddress);

/// <summary>A connection with the addresses that the provider needs.</summary>
internal sealed record SsoConnectionView(
    Guid Id, SsoKind Kind, SsoTemplate Template, string Name, string Issuer, bool IsEnabled, SsoEnforcement Enforcement, bool HasClientSecret, SsoSettings Settings, IReadOnlyList<SsoKeyRow> Keys, SsoProviderSide AtProvider,
    Guid? TestedByUserId, DateTime? TestedAtUtc, DateTime CreatedAtUtc, long Version)
{
    public static SsoConnectionView Of(SsoConnectionRow c, HttpContext http)
    {
        var at = SsoForms.Addresses(http);
        var side = c.Kind == SsoKind.Oidc
            ? new SsoProviderSide(at.Callback(c.Id), at.BackChannelLogout, at.SignedOut, at.Keys(c.Id), null, null)
            : new SsoProviderSide(null, null, null, null, at.Metadata(c.Id), at.Consumer(c.Id));
        return new SsoConnectionView(c.Id, c.Kind, c.Template, c.Name, c.Issuer, c.IsEnabled, c.Enforcement, c.HasClientSecret, c.Settings, c.Keys, side, c.TestedByUserId, c.TestedAtUtc, c.CreatedAtUtc, c.Version);
    }
}
