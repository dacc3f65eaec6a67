using Hexabase.Portal.Access.Explain;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Simulation;

/// <summary>Somebody with their present grants, and the same with one role changed.</summary>
internal sealed class RoleHolder
{
    private readonly IReadOnlyList<string>? _scopes;

    private RoleHolder(AccessIdentity who, IReadOnlyList<Grant> grants, string role, IReadOnlyList<string> permissions)
    {
        (Kind, Id, Name, Before, _scopes) = (who.Kind, who.Id, who.Name, grants, who.Scopes);
        After = [.. grants.Select(g => g.Role == role ? g with { Permissions = permissions } : g)];
        BeforeUnconditional = WithoutConditions(Before);
        AfterUnconditional = WithoutConditions(After);
    }

    public ActorKind Kind { get; }

    /// <summary>The user's, the service account's or the token's.</summary>
    public Guid Id { get; }

    public string Name { get; }

    public IReadOnlyList<Grant> Before { get; }

    public IReadOnlyList<Grant> After { get; }

    /// <summary>As if every condition held: what was done has met them, and nothing keeps how.</summary>
    public IReadOnlyList<Grant> BeforeUnconditional { get; }

    public IReadOnlyList<Grant> AfterUnconditional { get; }

    public static IReadOnlyList<Grant> WithoutConditions(IReadOnlyList<Grant> grants) => [.. grants.Select(g => g with { Condition = null })];

    /// <summary>The holder as decisions see it with some of its grants; a second factor, which only persons have, counts as shown.</summary>
    public Actor ToActor(AccessState state, IReadOnlyList<Grant> grants) => state.ToActor(Kind, Id, Name, grants, new CallerFacts(Mfa: Kind == ActorKind.Person), _scopes);

    /// <summary>
    /// Members by user name, then service accounts and tokens by name, who hold the role now by any binding, their own or a group's. What tokens of a service account do is the account's doing, so they are looked at as it.
    /// </summary>
    /// <param name="most">The list ends there; one more is read to tell.</param>
    public static async Task<(List<RoleHolder> Holders, bool More)> ListAsync(ReadScope scope, AccessState state, string role, IReadOnlyList<string> permissions, int most, CancellationToken cancellationToken)
    {
        var all = await AccessIdentity.ListAsync(scope, state, null, null, cancellationToken);
        var holders = all.Where(i => i.Account is null).Select(i => (Who: i, Grants: Present(state, i))).Where(h => h.Grants.Any(g => g.Role == role)).Take(most + 1)
            .Select(h => new RoleHolder(h.Who, h.Grants, role, permissions)).ToList();
        return holders.Count > most ? (holders[..most], true) : (holders, false);
    }

    /// <summary>What has not come to its end.</summary>
    public static IReadOnlyList<Grant> Present(AccessState state, AccessIdentity who) => [.. who.Grants.Where(g => !(g.ExpiresAtUtc <= state.AtUtc))];
}
