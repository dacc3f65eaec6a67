using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access.Scim;

/// <summary>How an organization's provisioning stands.</summary>
/// <param name="People">Managed by the identity provider, inactive ones included.</param>
/// <param name="LastRequestAtUtc">Of the identity provider; null before the first.</param>
/// <param name="Requests24Hours">In the last 24 hours, and how many of them were refused.</param>
/// <param name="Tokens">That hold at the moment and carry the scope <c>scim</c>; the soonest end of them.</param>
/// <param name="Hold">When departures wait for approval.</param>
public sealed record ProvisioningView(
    int People, int ActivePeople, int Groups, DateTime? LastRequestAtUtc, int Requests24Hours, int Refused24Hours, int Tokens, DateTime? TokensEndAtUtc, int Held, ProvisioningHold Hold, int LogDays);

/// <summary>More than <paramref name="Floor"/> people within an hour wait where they are more than <paramref name="People"/> or <paramref name="Percent"/> per cent.</summary>
public sealed record ProvisioningHold(int People, int Percent, int Floor);

/// <summary>Whether the identity provider reaches the organization, with what, and what waits.</summary>
public sealed record GetProvisioning(string Org) : Query<ProvisioningView>
{
    private const string Scope = "scim";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Read;

    public override async Task<Result<ProvisioningView>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var db = scope.Db;
        var options = scope.Service<IOptions<ScimOptions>>().Value;
        var since = scope.NowUtc.AddDays(-1);
        var people = await db.Set<ScimUser>().CountAsync(cancellationToken);
        var active = await db.Set<ScimUser>().CountAsync(u => u.IsActive, cancellationToken);
        var groups = await db.Set<Groups.Group>().CountAsync(cancellationToken);
        var last = await db.Set<ScimRequestEntry>().OrderByDescending(r => r.Id).Select(r => (DateTime?)r.AtUtc).FirstOrDefaultAsync(cancellationToken);
        var requests = await db.Set<ScimRequestEntry>().Where(r => r.AtUtc > since).GroupBy(r => r.Status >= 400).Select(g => new { Refused = g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        // The scopes are one column of text on both engines; the few tokens that hold are read.
        var tokens = (await db.Set<ApiToken>().Where(t => t.RevokedAtUtc == null && t.ExpiresAtUtc > scope.NowUtc).Select(t => new { t.Scopes, t.ExpiresAtUtc }).ToListAsync(cancellationToken))
            .Where(t => t.Scopes.Contains(Scope, StringComparer.Ordinal)).ToList();
        var held = await db.Set<HeldChange>().CountAsync(h => h.State == HeldChangeState.Pending, cancellationToken);
        return new ProvisioningView(
            people, active, groups, last, requests.Sum(r => r.Count), requests.Where(r => r.Refused).Sum(r => r.Count), tokens.Count,
            tokens.Count == 0 ? null : tokens.Min(t => t.ExpiresAtUtc), held, new ProvisioningHold(options.HoldAfterPeople, options.HoldAfterPercent, options.HoldFloor), options.LogDays);
    }
}
