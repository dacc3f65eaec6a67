using Hexabase.Portal.Access.Explain;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Simulation;

/// <summary>The most money a person or program can cause to be spent, with the budgets and quotas that say so. Asks for people:read, of programs for tokens:read, and for the figures for budgets:read.</summary>
/// <param name="Id">The member's or the user's, the service account's or the token's.</param>
/// <param name="Kind">person, serviceAccount or token.</param>
public sealed record GetSpendReach(string Org, Guid Id, ActorKind Kind = ActorKind.Person) : Query<SpendReach>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => Kind == ActorKind.Person ? AccessPermissions.ReadPeople : AccessPermissions.ReadTokens;

    public override async Task<Result<SpendReach>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!AccessPolicy.May(scope.Actor, BudgetsPermissions.Read, scope.OrganizationId)) return Problem.Denied(BudgetsPermissions.Read);
        var state = await AccessState.LoadAsync(scope, null, cancellationToken);
        if (!(await AccessIdentity.FindAsync(scope, state, Words.Of(Kind), Id.ToString("D"), null, cancellationToken)).TryGet(out var who, out _)) return Problem.NotFound(Kind == ActorKind.Person ? "member" : Words.Of(Kind));
        var finder = await SpendReachFinder.LoadAsync(scope, state, await KnownPlaces.LoadAsync(scope, cancellationToken), cancellationToken);
        return finder.Of(who.ToActor(state, new CallerFacts(Mfa: true)) with { Grants = RoleHolder.Present(state, who) });
    }
}
