using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Explain;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Simulation;

/// <summary>The most money a member can cause to be spent, with the budgets and quotas that say so. Asks for people:read and, for the figures, budgets:read.</summary>
/// <param name="Id">The member's or the user's.</param>
public sealed record GetSpendReach(string Org, Guid Id) : Query<SpendReach>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.ReadPeople;

    public override async Task<Result<SpendReach>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!AccessPolicy.May(scope.Actor, BudgetsPermissions.Read, scope.OrganizationId)) return Problem.Denied(BudgetsPermissions.Read);
        if (await BindingPrincipal.FindAsync(scope, PrincipalKind.Person, Id.ToString("D"), cancellationToken) is not { } person) return Problem.NotFound("member");
        var active = await scope.Db.Set<Member>().Where(m => m.OrganizationId == scope.OrganizationId && m.Id == person.MemberIds[0]).Select(m => m.IsActive).SingleAsync(cancellationToken);
        var state = await AccessState.LoadAsync(scope, null, cancellationToken);
        var finder = await SpendReachFinder.LoadAsync(scope, state, await KnownPlaces.LoadAsync(scope, cancellationToken), cancellationToken);
        // Who was deactivated holds nothing, whatever stands in the books.
        return finder.Of(ActorKind.Person, person.Id, person.Name, active ? RoleHolder.Present(state, state.WaysOf(person.Id, person.MemberIds[0])) : []);
    }
}
