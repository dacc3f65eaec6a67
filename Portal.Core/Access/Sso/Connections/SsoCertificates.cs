using System.Text;
using Hexabase.Portal.Access.Sso.Oidc;
using Hexabase.Portal.Access.Sso.Saml;
using Hexabase.Portal.Kernel;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>Pins one more certificate of the provider, so that its change does not interrupt anybody; both count until the old one is removed.</summary>
public sealed record AddSsoCertificate(string Org, Guid Id, string? Certificate, long? ExpectedVersion = null) : Command<SsoConnectionRow>
{
    public override string Action => "ssoConnection.addCertificate";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override async Task<Result<SsoConnectionRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SsoChange.FindAsync(scope, Id, ExpectedVersion, cancellationToken)).TryGet(out var connection, out var problem)) return problem;
        if (connection.Kind != SsoKind.Saml) return SsoCertificates.NotSaml;
        var errors = new List<FieldError>();
        var added = CheckedSsoConnection.Pinned([Certificate ?? ""], errors);
        if (errors.Count > 0) return Problem.Invalid([.. errors.Select(e => e with { Field = "certificate" })]);
        var settings = connection.Settings;
        if (settings.Certificates.Any(c => c.Thumbprint == added[0].Thumbprint)) return Problem.Conflict("sso.certificate.exists", "This certificate counts already.");
        if (settings.Certificates.Count >= SamlCertificate.MaxActive) return Problem.Refused("sso.certificates.tooMany", $"At most {SamlCertificate.MaxActive} certificates count at a time. Remove the old one first.", SamlCertificate.MaxActive);
        var before = SsoChange.View(connection);
        // The tested settings go on to hold: one more key takes nothing away.
        connection.SettingsJson = SsoConnection.Write(settings with { Certificates = [.. settings.Certificates, .. CheckedSsoConnection.Counting(added, [], scope.NowUtc)] });
        return await SsoChange.DoneAsync(scope, connection, before, cancellationToken);
    }
}

/// <summary>Stops trusting a certificate; the last one stays. While the connection is enforced, one goes when a sign-in by another one that holds has shown with which the provider signs.</summary>
public sealed record RemoveSsoCertificate(string Org, Guid Id, string Thumbprint, long? ExpectedVersion = null) : Command<SsoConnectionRow>
{
    public override string Action => "ssoConnection.removeCertificate";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override async Task<Result<SsoConnectionRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SsoChange.FindAsync(scope, Id, ExpectedVersion, cancellationToken)).TryGet(out var connection, out var problem)) return problem;
        var settings = connection.Settings;
        if (!settings.Certificates.Any(c => c.Thumbprint.Equals(Thumbprint, StringComparison.OrdinalIgnoreCase))) return Problem.NotFound("certificate");
        if (settings.Certificates.Count == 1) return Problem.Conflict("sso.certificate.last", "This is the only certificate: nobody could sign in without it. Add its successor first.");
        var left = settings with { Certificates = [.. settings.Certificates.Where(c => !c.Thumbprint.Equals(Thumbprint, StringComparison.OrdinalIgnoreCase))] };
        var before = SsoChange.View(connection);
        if (connection.Enforcement == SsoEnforcement.Off)
        {
            connection.Change(left);
        }
        else
        {
            if (await EnforcedSettings.RefusesWithoutAsync(scope, connection, left.Certificates, cancellationToken) is { } kept) return kept;
            // What stays has brought people in: the test goes on to hold.
            connection.SettingsJson = SsoConnection.Write(left);
        }

        return await SsoChange.DoneAsync(scope, connection, before, cancellationToken);
    }
}

/// <summary>Takes entity id, address and certificates from the provider's metadata; a certificate that is not among them goes on to count as long as there is room.</summary>
/// <param name="Xml">SAML 2.0 metadata of one provider.</param>
public sealed record ImportSsoMetadata(string Org, Guid Id, string? Xml, long? ExpectedVersion = null) : Command<SsoConnectionRow>
{
    public override string Action => "ssoConnection.importMetadata";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override async Task<Result<SsoConnectionRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SsoChange.FindAsync(scope, Id, ExpectedVersion, cancellationToken)).TryGet(out var connection, out var problem)) return problem;
        if (connection.Kind != SsoKind.Saml) return SsoCertificates.NotSaml;
        if (!SamlMetadata.Parse(Encoding.UTF8.GetBytes(Xml ?? ""), scope.Service<IOptions<SsoOptions>>().Value.AllowLoopbackHttp, scope.NowUtc).TryGet(out var metadata, out var refusal)) return SsoCertificates.Refuse("xml", refusal);
        if (metadata.RedirectAddress is not { } address) return Problem.Invalid("xml", "sso.saml.metadata.redirect", "The provider offers no HTTP-Redirect address. Switch it on at the provider.");
        var before = SsoChange.View(connection);
        var settings = connection.Settings;
        var found = CheckedSsoConnection.Counting(metadata.Certificates.Take(SamlCertificate.MaxActive).Select(CheckedSsoConnection.Of), settings.Certificates, scope.NowUtc).ToList();
        found.AddRange(settings.Certificates.Where(c => found.TrueForAll(f => f.Thumbprint != c.Thumbprint) && connection.Issuer == metadata.ProviderId && c.NotAfterUtc > scope.NowUtc).Take(SamlCertificate.MaxActive - found.Count));
        var imported = settings with { SignInAddress = address.AbsoluteUri, Certificates = found, SignRequests = settings.SignRequests || metadata.WantsSignedRequests };
        if (EnforcedSettings.Refuses(connection, metadata.ProviderId, imported) is { } kept) return kept;
        connection.Issuer = metadata.ProviderId;
        connection.Change(imported);
        return await SsoChange.DoneAsync(scope, connection, before, cancellationToken);
    }
}

/// <summary>Fetches a provider's metadata by its https address, then imports it; the network is not waited for inside a transaction.</summary>
public sealed class SsoMetadataImport(IPortal portal, OidcClient client, IOptions<SsoOptions> options)
{
    public async Task<Result<SsoConnectionRow>> RunAsync(Actor actor, string org, Guid id, string? address, long? expectedVersion, CancellationToken cancellationToken)
    {
        // Whoever may not import does not make the portal call anybody.
        if ((await portal.AskAsync(actor, new AllowSsoImport(org, id), cancellationToken)).Problem is { } denied) return denied;
        if (!SsoAddress.TryParse(address?.Trim(), options.Value.AllowLoopbackHttp, out var from)) return Problem.Invalid("address", "sso.metadata.address", "address is not an https address.");
        if (!(await client.FetchAsync(from, cancellationToken)).TryGet(out var bytes, out var refusal)) return SsoCertificates.Refuse("address", refusal);
        return await portal.SendAsync(actor, new ImportSsoMetadata(org, id, Encoding.UTF8.GetString(bytes), expectedVersion), cancellationToken);
    }
}

/// <summary>Whether the caller may import into this connection.</summary>
internal sealed record AllowSsoImport(string Org, Guid Id) : Query<SsoConnectionRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override Task<Result<SsoConnectionRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) => new GetSsoConnection(Org, Id).HandleAsync(scope, cancellationToken);
}

internal static class SsoCertificates
{
    public static Problem NotSaml { get; } = Problem.Conflict("sso.notSaml", "This connection speaks OpenID Connect, which publishes its keys itself.");

    public static Problem Refuse(string field, SsoRefusal refusal) => Problem.Invalid(field, $"sso.{refusal.Code}", $"{refusal.Message} {refusal.Change}");
}
