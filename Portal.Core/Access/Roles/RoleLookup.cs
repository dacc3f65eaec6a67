using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Roles;

/// <summary>Finds roles of both kinds: built-in ones by name, the organization's own by id or slug.</summary>
internal static class RoleLookup
{
    public static FieldError Unknown { get; } = new("role", "role.unknownAny", "role names no role: give a built-in role's name, or the id or slug of one of the organization's own.");

    /// <summary>Null where there is none that could be given: archived ones and the platform's are not found.</summary>
    public static async Task<Role?> FindAsync(ReadScope scope, string? key, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(key)) return null;
        if (BuiltInRoles.Assignable.FirstOrDefault(r => r.Name == key) is { } builtIn) return builtIn.Name == BuiltInRoles.ServiceAdmin ? null : builtIn;
        return await Own(scope, key).Where(r => !r.IsArchived).SingleOrDefaultAsync(cancellationToken) is { } own ? own.ToRole() : null;
    }

    public static IQueryable<CustomRole> Own(ReadScope scope, string key)
    {
        var isId = Guid.TryParseExact(key, "D", out var id);
        return scope.Db.Set<CustomRole>().Where(r => r.OrganizationId == scope.OrganizationId && (isId ? r.Id == id : r.Slug == key));
    }

    /// <summary>The roles behind the keys of bindings, archived ones included; keys that name none are left out.</summary>
    public static async Task<IReadOnlyDictionary<string, Role>> OfKeysAsync(ReadScope scope, IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        var wanted = keys.Distinct(StringComparer.Ordinal).ToList();
        var found = wanted.Select(BuiltInRoles.Find).OfType<Role>().ToDictionary(r => r.Name, StringComparer.Ordinal);
        foreach (var own in await NamesAsync(scope, wanted, cancellationToken)) found[own.Key] = own.Value.ToRole();
        return found;
    }

    /// <summary>The organization's own roles among the keys.</summary>
    public static async Task<IReadOnlyDictionary<string, CustomRole>> NamesAsync(ReadScope scope, IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        var ids = Ids(keys);
        if (ids.Count == 0) return new Dictionary<string, CustomRole>();
        var rows = await scope.Db.Set<CustomRole>().AsNoTracking().Where(r => r.OrganizationId == scope.OrganizationId && ids.Contains(r.Id)).ToListAsync(cancellationToken);
        return rows.ToDictionary(r => r.Key, StringComparer.Ordinal);
    }

    /// <summary>What people call a role: its slug where it is the organization's own.</summary>
    public static string Shown(string key, IReadOnlyDictionary<string, CustomRole> own) => own.TryGetValue(key, out var role) ? role.Slug : key;

    /// <summary>The same for one role.</summary>
    public static async Task<string> ShownAsync(ReadScope scope, string key, CancellationToken cancellationToken) => Shown(key, await NamesAsync(scope, [key], cancellationToken));

    /// <summary>Puts what the organization's own roles carry into the grants that name them.</summary>
    public static async Task ResolveAsync(PortalDbContext db, List<Grant> grants, CancellationToken cancellationToken)
    {
        var ids = Ids(grants.Select(g => g.Role));
        if (ids.Count == 0) return;
        var roles = (await db.Set<CustomRole>().AsNoTracking().Where(r => ids.Contains(r.Id)).ToListAsync(cancellationToken)).ToDictionary(r => (r.Key, (Guid?)r.OrganizationId));
        for (var i = 0; i < grants.Count; i++)
        {
            var grant = grants[i];
            if (BuiltInRoles.Find(grant.Role) is not null) continue;
            // A role of another organization, and one that is gone, carries nothing.
            grants[i] = grant with { Permissions = roles.TryGetValue((grant.Role, grant.OrganizationId), out var role) && !role.IsArchived ? role.Permissions : [] };
        }
    }

    private static List<Guid> Ids(IEnumerable<string> keys) => [.. keys.Distinct(StringComparer.Ordinal).Select(k => Guid.TryParseExact(k, "D", out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty)];
}
