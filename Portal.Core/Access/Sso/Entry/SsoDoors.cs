using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Access.Sso.Saml;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso.Entry;

/// <summary>Finds connections before anybody is known: by mail domain or organization, and by what a provider names.</summary>
public sealed class SsoDoors(PortalDatabase database, OrganizationDirectory organizations)
{
    /// <param name="who">An e-mail address or the name in the organization's address (its slug). Whether such an account exists plays no part.</param>
    internal async Task<SsoConnection?> FindAsync(string? who, CancellationToken cancellationToken)
    {
        var typed = who?.Trim() ?? "";
        if (typed.Length is 0 or > UserNames.MaxLength) return null;
        if (!typed.Contains('@', StringComparison.Ordinal))
            return await organizations.FindAsync(typed, cancellationToken) is { } tenant ? await database.ReadAsync(DataScope.Platform, db => Enabled(db, tenant.Id).FirstOrDefaultAsync(cancellationToken), cancellationToken) : null;
        if (SsoDomainName.OfAddress(typed) is not { } name) return null;
        return await database.ReadAsync(
            DataScope.Platform,
            async db =>
            {
                var domain = await db.Set<SsoDomain>().SingleOrDefaultAsync(d => d.VerifiedName == name, cancellationToken);
                if (domain is null) return null;
                var own = domain.ConnectionId is { } chosen ? await Enabled(db, domain.OrganizationId).FirstOrDefaultAsync(c => c.Id == chosen, cancellationToken) : null;
                return own ?? await Enabled(db, domain.OrganizationId).FirstOrDefaultAsync(cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Also one that is switched off: an administrator tests it before it is switched on.</summary>
    internal Task<SsoConnection?> GetAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync(DataScope.Platform, db => db.Set<SsoConnection>().SingleOrDefaultAsync(c => c.Id == id, cancellationToken), cancellationToken);

    internal Task<List<SsoKey>> KeysAsync(Guid connection, CancellationToken cancellationToken) =>
        database.ReadAsync(DataScope.Platform, db => SsoKeys.OfAsync(db, connection, cancellationToken), cancellationToken);

    /// <summary>The public halves of the portal's keys for a connection (RFC 7517); null where there is no such connection.</summary>
    public async Task<byte[]?> KeySetAsync(Guid connection, CancellationToken cancellationToken) => await KeysAsync(connection, cancellationToken) is { Count: > 0 } keys ? SsoKeys.PublicSet(keys) : null;

    /// <summary>The portal's SAML metadata for a connection; null where there is no such one.</summary>
    public async Task<string?> MetadataAsync(Guid connection, SsoAddresses addresses, CancellationToken cancellationToken)
    {
        if (await GetAsync(connection, cancellationToken) is not { Kind: SsoKind.Saml } found) return null;
        var keys = await KeysAsync(connection, cancellationToken);
        // What is encrypted is encrypted for the key that is in use: one that only waits may be taken away again.
        var signing = SsoKeys.Signing(found.Settings, keys);
        return SamlMetadata.OfPortal(addresses.Metadata(connection).AbsoluteUri, addresses.Consumer(connection), keys.ConvertAll(k => Convert.FromBase64String(k.Certificate)), signing is null ? null : Convert.FromBase64String(signing.Certificate));
    }

    /// <summary>Those that a logout token may be for.</summary>
    internal async Task<List<SsoConnection>> OfIssuerAsync(string issuer, CancellationToken cancellationToken) =>
        [.. (await database.ReadAsync(DataScope.Platform, db => db.Set<SsoConnection>().Where(c => c.Kind == SsoKind.Oidc && c.IsEnabled && c.Issuer == issuer).OrderBy(c => c.Id).Take(50).ToListAsync(cancellationToken), cancellationToken)).Where(c => c.Issuer == issuer)];

    private static IQueryable<SsoConnection> Enabled(PortalDbContext db, Guid organization) => db.Set<SsoConnection>().Where(c => c.OrganizationId == organization && c.IsEnabled).OrderBy(c => c.CreatedAtUtc).ThenBy(c => c.Id);
}
