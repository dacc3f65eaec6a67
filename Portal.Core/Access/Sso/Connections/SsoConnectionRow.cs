using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>A key of the portal, its public side.</summary>
/// <param name="Certificate">DER in base64.</param>
/// <param name="Signs">The portal signs with it; another one is published and waits to be activated, or to be removed.</param>
public sealed record SsoKeyRow(string KeyId, string Certificate, DateTime CreatedAtUtc, bool Signs);

/// <summary>A connection as administrators see it; secrets are never among it.</summary>
public sealed record SsoConnectionRow(
    Guid Id, SsoKind Kind, SsoTemplate Template, string Name, string Issuer, bool IsEnabled, SsoEnforcement Enforcement, bool HasClientSecret, SsoSettings Settings, IReadOnlyList<SsoKeyRow> Keys, Guid? TestedByUserId,
    DateTime? TestedAtUtc, DateTime CreatedAtUtc, long Version)
{
    /// <param name="keys">Newest first.</param>
    internal static SsoConnectionRow Of(SsoConnection c, IReadOnlyCollection<SsoKey> keys, long version)
    {
        var signing = SsoKeys.Signing(c.Settings, keys);
        return new SsoConnectionRow(
            c.Id, c.Kind, c.Template, c.Name, c.Issuer, c.IsEnabled, c.Enforcement, c.ClientSecret is not null, c.Settings, [.. keys.Select(k => new SsoKeyRow(k.KeyId, k.Certificate, k.CreatedAtUtc, k == signing))],
            c.TestedByUserId, c.TestedAtUtc, c.CreatedAtUtc, version);
    }
}

/// <summary>The organization's connections, newest first.</summary>
public sealed record ListSsoConnections(string Org, PageRequest Page) : Query<Paged<SsoConnectionRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Read;

    public override async Task<Result<Paged<SsoConnectionRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(Page, out var after, out var problem)) return problem;
        var connections = scope.Db.Set<SsoConnection>().AsQueryable();
        if (after is { } id) connections = connections.Where(c => c.Id.CompareTo(id) < 0);
        var rows = await connections.OrderByDescending(c => c.Id).Take(Page.Limit + 1).ToListAsync(cancellationToken);
        var ids = rows.ConvertAll(c => c.Id);
        var keys = (await SsoKeys.Of(scope.Db, ids).ToListAsync(cancellationToken)).ToLookup(k => k.ConnectionId);
        return PageKey.Cut(rows.ConvertAll(c => SsoConnectionRow.Of(c, [.. keys[c.Id]], c.Version)), Page, c => c.Id);
    }
}

/// <summary>One connection.</summary>
public sealed record GetSsoConnection(string Org, Guid Id) : Query<SsoConnectionRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Read;

    public override async Task<Result<SsoConnectionRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var connection = await scope.Db.Set<SsoConnection>().SingleOrDefaultAsync(c => c.Id == Id, cancellationToken);
        if (connection is null) return Problem.NotFound("ssoConnection");
        return SsoConnectionRow.Of(connection, await SsoKeys.OfAsync(scope.Db, Id, cancellationToken), connection.Version);
    }
}

/// <summary>A certificate that runs out: from then on nobody should wait for a sign-in to fail.</summary>
/// <param name="DaysLeft">Whole days; negative when it is over.</param>
public sealed record SsoExpiryRow(Guid ConnectionId, string ConnectionName, string Thumbprint, string Subject, DateTime ExpiresAtUtc, int DaysLeft, bool HasSuccessor);

/// <summary>Certificates of enabled SAML connections that end within 60 days or have ended, the nearest first.</summary>
public sealed record ListSsoExpiries(string Org) : Query<IReadOnlyList<SsoExpiryRow>>
{
    public const int WarnDays = 60;

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Read;

    public override async Task<Result<IReadOnlyList<SsoExpiryRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) => await RowsAsync(scope, cancellationToken);

    internal static async Task<List<SsoExpiryRow>> RowsAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var connections = await scope.Db.Set<SsoConnection>().Where(c => c.Kind == SsoKind.Saml && c.IsEnabled).OrderBy(c => c.Id).Take(100).ToListAsync(cancellationToken);
        var until = scope.NowUtc.AddDays(WarnDays);
        return [.. connections.SelectMany(c => c.Settings.Certificates.Where(x => x.NotAfterUtc <= until).Select(x => new SsoExpiryRow(
            c.Id, c.Name, x.Thumbprint, x.Subject, x.NotAfterUtc, (int)Math.Floor((x.NotAfterUtc - scope.NowUtc).TotalDays), c.Settings.Certificates.Any(y => y.NotAfterUtc > until)))).OrderBy(r => r.ExpiresAtUtc).ThenBy(r => r.Thumbprint, StringComparer.Ordinal)];
    }
}
