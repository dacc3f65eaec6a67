using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.ServiceAccounts;

/// <summary>The service accounts of an organization, newest first. The cursor is the last row's id.</summary>
public sealed record ListServiceAccounts(string Org, PageRequest Page) : Query<Paged<ServiceAccountRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.ReadTokens;

    public override async Task<Result<Paged<ServiceAccountRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(Page, out var after, out var problem)) return problem;
        var accounts = scope.Db.Set<ServiceAccount>().AsQueryable();
        if (after is { } id) accounts = accounts.Where(a => a.Id.CompareTo(id) < 0);
        // Ids are UUID v7: their order is that of creation.
        var rows = await accounts.OrderByDescending(a => a.Id).Take(Page.Limit + 1).ToListAsync(cancellationToken);
        return PageKey.Cut(await ServiceAccountList.RowsAsync(scope, rows, cancellationToken), Page, a => a.Id);
    }
}

/// <summary>One service account.</summary>
public sealed record GetServiceAccount(string Org, Guid Id) : Query<ServiceAccountRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.ReadTokens;

    public override async Task<Result<ServiceAccountRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var account = await scope.Db.Set<ServiceAccount>().SingleOrDefaultAsync(a => a.Id == Id, cancellationToken);
        return account is null ? Problem.NotFound("serviceAccount") : await ServiceAccountList.RowAsync(scope, account, cancellationToken);
    }
}

internal static class ServiceAccountList
{
    public static async Task<ServiceAccountRow> RowAsync(ReadScope scope, ServiceAccount account, CancellationToken cancellationToken) => (await RowsAsync(scope, [account], cancellationToken))[0];

    public static async Task<List<ServiceAccountRow>> RowsAsync(ReadScope scope, List<ServiceAccount> accounts, CancellationToken cancellationToken)
    {
        var db = scope.Db;
        var ids = accounts.ConvertAll(a => a.Id);
        var owners = accounts.ConvertAll(a => a.OwnerUserId);
        var names = await db.Set<Member>().Where(m => owners.Contains(m.UserId) && m.IsActive).Select(m => new { m.UserId, m.DisplayName }).ToDictionaryAsync(m => m.UserId, m => m.DisplayName, cancellationToken);
        var roles = (await db.Set<RoleBinding>().Where(b => b.PrincipalKind == PrincipalKind.ServiceAccount && b.Scope == GrantScope.Organization && ids.Contains(b.PrincipalId))
            .OrderBy(b => b.CreatedAtUtc).Select(b => new { b.PrincipalId, b.Role }).ToListAsync(cancellationToken)).ToLookup(b => b.PrincipalId, b => b.Role);
        var own = await RoleLookup.NamesAsync(scope, roles.SelectMany(r => r), cancellationToken);
        var tokens = await db.Set<ApiToken>().Where(t => t.ServiceAccountId != null && t.RevokedAtUtc == null && t.ExpiresAtUtc > scope.NowUtc && ids.Contains(t.ServiceAccountId ?? Guid.Empty))
            .Select(t => new { t.Id, t.ServiceAccountId }).ToListAsync(cancellationToken);
        var tokenIds = tokens.ConvertAll(t => t.Id);
        var uses = await db.Set<ApiTokenUse>().Where(u => tokenIds.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.LastUsedAtUtc, cancellationToken);
        return accounts.ConvertAll(a =>
        {
            var its = tokens.Where(t => t.ServiceAccountId == a.Id).ToList();
            var used = its.Where(t => uses.ContainsKey(t.Id)).Select(t => (DateTime?)uses[t.Id]).Max();
            return new ServiceAccountRow(a.Id, a.Name, a.Description, roles[a.Id].FirstOrDefault() is { } role ? RoleLookup.Shown(role, own) : "", a.OwnerUserId, names.GetValueOrDefault(a.OwnerUserId) ?? "", a.IsActive, its.Count, used, a.CreatedAtUtc, Math.Max(1, a.Version));
        });
    }
}
