using Hexabase.Portal.Access;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Organizations;

/// <summary>The place of a business unit for access decisions.</summary>
public static class BusinessUnitPlace
{
    /// <summary>The target of a message about a unit (id or slug); the units above are read only where the actor holds a grant on a unit.</summary>
    public static async Task<Result<AccessTarget>> FindAsync(ReadScope scope, string? key, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(key)) return new AccessTarget(scope.OrganizationId);
        var isId = Guid.TryParseExact(key, "D", out var id);
        var unit = await scope.Db.Set<BusinessUnit>().Where(u => isId ? u.Id == id : u.Slug == key).Select(u => (Guid?)u.Id).SingleOrDefaultAsync(cancellationToken);
        if (unit is not { } found) return Problem.NotFound("businessUnit");
        return new AccessTarget(scope.OrganizationId, await ChainAsync(scope, found, cancellationToken));
    }

    /// <summary>Null where the actor holds the permission at the unit that something is moved to (null = the top), too.</summary>
    internal static async Task<Problem?> CheckMoveAsync(ReadScope scope, Permission permission, Guid? unit, CancellationToken cancellationToken)
    {
        var place = new AccessTarget(scope.OrganizationId, unit is { } id ? await ChainAsync(scope, id, cancellationToken) : null);
        return AccessPolicy.Decide(scope.Actor, permission, place).Allowed
            ? null
            : new Problem(ProblemKind.Forbidden, "access.denied", $"This needs the permission {permission} at the place it is moved to, which you do not have there.", Args: [permission.ToString()]);
    }

    /// <summary>The unit and the units above it today; null where no grant of the actor asks for it.</summary>
    public static async Task<IReadOnlyList<Guid>?> ChainAsync(ReadScope scope, Guid unit, CancellationToken cancellationToken)
    {
        if (!scope.Actor.Grants.Any(g => g.Scope == GrantScope.BusinessUnit && g.OrganizationId == scope.OrganizationId)) return null;
        return (await BusinessUnitTree.LoadAsync(scope, cancellationToken)).ChainOn(unit, scope.TodayUtc);
    }
}
