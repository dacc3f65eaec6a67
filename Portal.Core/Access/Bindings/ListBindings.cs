using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.ServiceAccounts;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Bindings;

/// <summary>A binding as lists show it.</summary>
/// <param name="PrincipalName">Of a person the user name, of a group or service account its name; null where it is gone.</param>
/// <param name="Role">A built-in role's name or the slug of one of the organization's own.</param>
/// <param name="RoleName">Of the organization's own roles.</param>
/// <param name="PlaceName">Of the business unit, workspace or project.</param>
/// <param name="IsExpired">It is over and grants nothing any more.</param>
public sealed record BindingRow(
    Guid Id, PrincipalKind PrincipalKind, Guid PrincipalId, string? PrincipalName, string Role, string RoleKey, string? RoleName, GrantScope Scope, Guid? PlaceId, string? PlaceName, string? Condition,
    DateTime? ExpiresAtUtc, bool IsExpired, DateTime CreatedAtUtc)
{
    internal static async Task<List<BindingRow>> ListAsync(ReadScope scope, IQueryable<RoleBinding> bindings, CancellationToken cancellationToken)
    {
        var rows = await bindings.AsNoTracking().ToListAsync(cancellationToken);
        return await OfAsync(scope, rows, cancellationToken);
    }

    internal static async Task<List<BindingRow>> OfAsync(ReadScope scope, List<RoleBinding> rows, CancellationToken cancellationToken)
    {
        List<Guid> Ids(PrincipalKind kind) => [.. rows.Where(b => b.PrincipalKind == kind).Select(b => b.PrincipalId).Distinct()];
        var (people, groups) = (Ids(PrincipalKind.Person), Ids(PrincipalKind.Group));
        var names = new Dictionary<Guid, string>();
        foreach (var p in await scope.Db.Set<Member>().Where(m => m.OrganizationId == scope.OrganizationId && people.Contains(m.UserId)).Select(m => new { m.UserId, m.UserName }).ToListAsync(cancellationToken)) names[p.UserId] = p.UserName;
        foreach (var g in await scope.Db.Set<Group>().Where(g => g.OrganizationId == scope.OrganizationId && groups.Contains(g.Id)).Select(g => new { g.Id, g.DisplayName }).ToListAsync(cancellationToken)) names[g.Id] = g.DisplayName;
        var accounts = Ids(PrincipalKind.ServiceAccount);
        if (accounts.Count > 0) foreach (var a in await scope.Db.Set<ServiceAccount>().Where(a => a.OrganizationId == scope.OrganizationId && accounts.Contains(a.Id)).Select(a => new { a.Id, a.Name }).ToListAsync(cancellationToken)) names[a.Id] = a.Name;
        var places = await BindingPlace.NamesAsync(scope, rows, cancellationToken);
        var roles = await RoleLookup.NamesAsync(scope, rows.Select(b => b.Role), cancellationToken);
        return rows.ConvertAll(b => new BindingRow(
            b.Id, b.PrincipalKind, b.PrincipalId, names.GetValueOrDefault(b.PrincipalId), RoleLookup.Shown(b.Role, roles), b.Role, roles.GetValueOrDefault(b.Role)?.Name, b.Scope, b.ScopeId,
            b.ScopeId is { } place ? places.GetValueOrDefault(place) : null, b.Conditions, b.ExpiresAtUtc, b.ExpiresAtUtc <= scope.NowUtc, b.CreatedAtUtc));
    }
}

/// <summary>Who holds which role where, newest first. Filter: text in the name of the person, group or service account.</summary>
/// <param name="Role">A built-in role's name, or id or slug of one of the organization's own.</param>
/// <param name="Scope">organization, businessUnit, workspace or project; with <paramref name="Place"/> only bindings at that very place.</param>
public sealed record ListBindings(string Org, PageRequest Page, string? PrincipalKind = null, Guid? PrincipalId = null, string? Role = null, string? Scope = null, string? Place = null) : Query<Paged<BindingRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => RolesPermissions.Read;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => BindingPlace.TargetAsync(scope, Scope, Place, cancellationToken);

    public override async Task<Result<Paged<BindingRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(Page, out var after, out var problem)) return problem;
        var bindings = scope.Db.Set<RoleBinding>().Where(b => b.OrganizationId == scope.OrganizationId);
        if (PrincipalKind is not null)
        {
            if (!BindingPrincipal.TryReadKind(PrincipalKind, out var kind)) return Problem.Invalid([BindingPrincipal.UnknownKind]);
            bindings = bindings.Where(b => b.PrincipalKind == kind);
        }

        if (PrincipalId is { } principal) bindings = bindings.Where(b => b.PrincipalId == principal);
        if (!string.IsNullOrEmpty(Role))
        {
            var key = BuiltInRoles.Find(Role)?.Name ?? (await RoleLookup.Own(scope, Role).AsNoTracking().SingleOrDefaultAsync(cancellationToken))?.Key;
            if (key is null) return Problem.Invalid([RoleLookup.Unknown]);
            bindings = bindings.Where(b => b.Role == key);
        }

        if (!string.IsNullOrEmpty(Scope))
        {
            if (!BindingPlace.TryReadScope(Scope, out var at)) return Problem.Invalid([BindingPlace.UnknownScope]);
            bindings = bindings.Where(b => b.Scope == at);
            if (!string.IsNullOrEmpty(Place))
            {
                if (at == GrantScope.Organization || await BindingPlace.IdAsync(scope, at, Place, cancellationToken) is not { } id) return Problem.NotFound("place");
                bindings = bindings.Where(b => b.ScopeId == id);
            }
        }

        if (Page.Filter is { Length: > 0 and <= 200 } filter)
        {
            var (db, org) = (scope.Db, scope.OrganizationId);
#pragma warning disable CA1304, CA1309, CA1311, CA1862, MA0011 // Runs in the database, where upper() has no culture argument.
            var upper = filter.ToUpperInvariant();
            bindings = bindings.Where(b => db.Set<Member>().Any(m => m.OrganizationId == org && m.UserId == b.PrincipalId && (m.UserName.ToUpper().Contains(upper) || m.DisplayName.ToUpper().Contains(upper)))
                || db.Set<Group>().Any(g => g.OrganizationId == org && g.Id == b.PrincipalId && g.DisplayNameKey.Contains(upper))
                || db.Set<ServiceAccount>().Any(a => a.OrganizationId == org && a.Id == b.PrincipalId && a.Name.ToUpper().Contains(upper)));
#pragma warning restore CA1304, CA1309, CA1311, CA1862, MA0011
        }

        if (after is { } last) bindings = bindings.Where(b => b.Id.CompareTo(last) < 0);
        return PageKey.Cut(await BindingRow.ListAsync(scope, bindings.OrderByDescending(b => b.Id).Take(Page.Limit + 1), cancellationToken), Page, b => b.Id);
    }
}
