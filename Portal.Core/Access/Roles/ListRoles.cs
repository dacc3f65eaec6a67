using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Roles;

/// <summary>A role as lists show it.</summary>
/// <param name="Key">What bindings call it: a built-in role's name, the id of one of the organization's own.</param>
/// <param name="Name">Null for built-in roles, whose name is a word of the language.</param>
/// <param name="Bindings">How often it is bound; of built-in roles those in this organization.</param>
public sealed record RoleRow(
    string Key, string? Slug, string? Name, string? Description, bool IsBuiltIn, GrantScope WidestScope, GrantScope NarrowestScope, IReadOnlyList<string> Permissions, bool IsArchived, int Bindings, long Version)
{
    internal static RoleRow Of(Role role, int bindings) => new(role.Name, null, null, null, true, role.WidestScope, role.NarrowestScope, role.Permissions, false, bindings, 1);

    internal static RoleRow Of(CustomRole role, int bindings, long version) =>
        new(role.Key, role.Slug, role.Name, role.Description, false, GrantScope.Organization, GrantScope.Project, role.Permissions, role.IsArchived, bindings, version);
}

/// <summary>All roles that can be held in the organization: what they carry is no secret to its people, who holds them is.</summary>
public sealed record ListRoles(string Org, bool IncludeArchived = false) : Query<IReadOnlyList<RoleRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<IReadOnlyList<RoleRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var counts = AccessPolicy.May(scope.Actor, RolesPermissions.Read, scope.OrganizationId)
            ? await scope.Db.Set<RoleBinding>().GroupBy(b => b.Role).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken)
            : [];
        var own = await scope.Db.Set<CustomRole>().AsNoTracking().Where(r => IncludeArchived || !r.IsArchived).OrderBy(r => r.Name).ThenBy(r => r.Id).ToListAsync(cancellationToken);
        return (List<RoleRow>)[.. BuiltInRoles.Assignable.Select(r => RoleRow.Of(r, counts.GetValueOrDefault(r.Name))), .. own.Select(r => RoleRow.Of(r, counts.GetValueOrDefault(r.Key), r.Version))];
    }
}

/// <summary>One role by built-in name, id or slug.</summary>
public sealed record GetRole(string Org, string Role) : Query<RoleRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<RoleRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var builtIn = BuiltInRoles.Assignable.FirstOrDefault(r => r.Name == Role);
        var own = builtIn is null ? await RoleLookup.Own(scope, Role).AsNoTracking().SingleOrDefaultAsync(cancellationToken) : null;
        if ((builtIn?.Name ?? own?.Key) is not { } key) return Problem.NotFound("role");
        var bindings = AccessPolicy.May(scope.Actor, RolesPermissions.Read, scope.OrganizationId) ? await scope.Db.Set<RoleBinding>().CountAsync(b => b.Role == key, cancellationToken) : 0;
        return own is null ? RoleRow.Of(builtIn ?? throw new InvalidOperationException("Neither role was found."), bindings) : RoleRow.Of(own, bindings, own.Version);
    }
}
