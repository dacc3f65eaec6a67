using Hexabase.Portal.Access;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Organizations;

/// <summary>The place of a business unit for access decisions.</summary>
public static class BusinessUnitPlace
{
    /// <summary>The target of a message about a unit (id or slug; none = the organization). To whom no grant reaches it, it looks like one that does not exist.</summary>
    public static async Task<Result<AccessTarget>> FindAsync(ReadScope scope, string? key, CancellationToken cancellationToken) =>
        string.IsNullOrEmpty(key) ? new AccessTarget(scope.OrganizationId) : (await LocateAsync(scope, key, cancellationToken)).OrMissing(scope, "businessUnit");

    /// <summary>The place, whoever asks; the units above are read only where the actor holds a grant on a unit.</summary>
    internal static async Task<Result<AccessTarget>> LocateAsync(ReadScope scope, string key, CancellationToken cancellationToken)
    {
        var isId = Guid.TryParseExact(key, "D", out var id);
        var unit = await scope.Db.Set<BusinessUnit>().Where(u => isId ? u.Id == id : u.Slug == key).Select(u => (Guid?)u.Id).SingleOrDefaultAsync(cancellationToken);
        if (unit is not { } found) return Problem.NotFound("businessUnit");
        return new AccessTarget(scope.OrganizationId, await ChainAsync(scope, found, cancellationToken));
    }

    /// <summary>The tree and a unit of it for a change: the tree's lock taken, the version checked, the audit subject set.</summary>
    internal static async Task<Result<(BusinessUnitTree Tree, BusinessUnit Unit)>> ForChangeAsync(WriteScope scope, string key, long? expected, CancellationToken cancellationToken)
    {
        await StructureLock.TakeAsync(scope, BusinessUnitRules.Lock, cancellationToken);
        var tree = await BusinessUnitTree.LoadAsync(scope, cancellationToken);
        if (tree.Find(key) is not { } unit) return Problem.NotFound("businessUnit");
        scope.Audit("businessUnit", unit.Id, unit.Name);
        return expected is { } version && version != unit.Version ? Problem.Stale("businessUnit", unit.Version) : (tree, unit);
    }

    /// <summary>True where something may be said to be moved to the unit: a grant reaches it, or it stands there already.</summary>
    internal static async Task<bool> IsKnownAsync(ReadScope scope, Guid unit, Guid? now, CancellationToken cancellationToken) =>
        unit == now || AccessReach.Includes(scope, new AccessTarget(scope.OrganizationId, await ChainAsync(scope, unit, cancellationToken)));

    /// <summary>Null where the actor holds the permission at the unit that something is moved to (null = the top), too.</summary>
    internal static async Task<Problem?> CheckMoveAsync(ReadScope scope, Permission permission, Guid? unit, CancellationToken cancellationToken)
    {
        var place = new AccessTarget(scope.OrganizationId, unit is { } id ? await ChainAsync(scope, id, cancellationToken) : null);
        return AccessPolicy.Decide(scope.Actor, permission, place).Allowed
            ? null
            : new Problem(ProblemKind.Forbidden, "access.denied", $"This needs the permission {permission} at the place it is moved to, which you do not have there.", Args: [permission.ToString()]);
    }

    /// <summary>
    /// The unit as it is now, held until the transaction ends. Whoever puts something into it holds it together with others; whoever takes it out of use holds it
    /// alone, and so sees all that was put in or is seen by whoever comes after.
    /// </summary>
    internal static Task<BusinessUnit?> HoldAsync(WriteScope scope, Guid unit, bool alone, CancellationToken cancellationToken) =>
        scope.Db.Set<BusinessUnit>().FromSqlRaw(scope.Service<PortalDatabase>().Engine.HeldRow("business_units", alone), unit).AsNoTracking().SingleOrDefaultAsync(cancellationToken);

    /// <summary>The unit and the units above it today; null where no grant of the actor asks for it.</summary>
    public static async Task<IReadOnlyList<Guid>?> ChainAsync(ReadScope scope, Guid unit, CancellationToken cancellationToken)
    {
        if (!scope.Actor.Grants.Any(g => g.Scope == GrantScope.BusinessUnit && g.OrganizationId == scope.OrganizationId)) return null;
        return (await BusinessUnitTree.LoadAsync(scope, cancellationToken)).ChainOn(unit, scope.TodayUtc);
    }
}
