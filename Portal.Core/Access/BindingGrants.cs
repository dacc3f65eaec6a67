using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>Bindings as the grants that decisions are made of: place, condition and end carried over, the organization's own roles resolved. The one way from a row to a grant.</summary>
internal static class BindingGrants
{
    /// <param name="bindings">Whose; those that are over are left out here, those that end while the answer is kept by the decision.</param>
    public static async Task<List<Grant>> ReadAsync(PortalDbContext db, IQueryable<RoleBinding> bindings, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var grants = await bindings.Where(b => b.ExpiresAtUtc == null || b.ExpiresAtUtc > now).OrderBy(b => b.CreatedAtUtc).ThenBy(b => b.Id)
            .Select(b => new Grant(b.Role, b.Scope, b.Scope == GrantScope.Platform ? null : b.OrganizationId, b.ScopeId, b.Id) { Condition = b.Conditions, ExpiresAtUtc = b.ExpiresAtUtc })
            .ToListAsync(cancellationToken);
        await RoleLookup.ResolveAsync(db, grants, cancellationToken);
        return grants;
    }
}
