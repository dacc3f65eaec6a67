using Hexabase.Portal.Access.Explain;
using Hexabase.Portal.Access.ServiceAccounts;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Simulation;

/// <summary>Somebody with their present grants, and the same with one role changed.</summary>
internal sealed class RoleHolder
{
    private RoleHolder(ActorKind kind, Guid id, string name, IReadOnlyList<Grant> grants, string role, IReadOnlyList<string> permissions)
    {
        (Kind, Id, Name, Before) = (kind, id, name, grants);
        After = [.. grants.Select(g => g.Role == role ? g with { Permissions = permissions } : g)];
        BeforeUnconditional = WithoutConditions(Before);
        AfterUnconditional = WithoutConditions(After);
    }

    public ActorKind Kind { get; }

    /// <summary>The user's or the service account's.</summary>
    public Guid Id { get; }

    public string Name { get; }

    public IReadOnlyList<Grant> Before { get; }

    public IReadOnlyList<Grant> After { get; }

    /// <summary>As if every condition held: what was done has met them, and nothing keeps how.</summary>
    public IReadOnlyList<Grant> BeforeUnconditional { get; }

    public IReadOnlyList<Grant> AfterUnconditional { get; }

    public static IReadOnlyList<Grant> WithoutConditions(IReadOnlyList<Grant> grants) => [.. grants.Select(g => g with { Condition = null })];

    /// <summary>Members by user name, then service accounts by name, who hold the role now by any binding, their own or a group's.</summary>
    /// <param name="most">The list ends there; one more is read to tell.</param>
    public static async Task<(List<RoleHolder> Holders, bool More)> ListAsync(ReadScope scope, AccessState state, string role, IReadOnlyList<string> permissions, int most, CancellationToken cancellationToken)
    {
        var holders = new List<RoleHolder>();
        void Add(ActorKind kind, Guid id, string name, IEnumerable<AccessWay> ways)
        {
            var grants = Present(state, ways);
            if (grants.Any(g => g.Role == role)) holders.Add(new RoleHolder(kind, id, name, grants, role, permissions));
        }

        foreach (var member in await AccessMembers.ListAsync(scope, null, null, cancellationToken))
        {
            if (holders.Count > most) break;
            Add(ActorKind.Person, member.UserId, member.UserName, state.WaysOf(member.UserId, member.Id));
        }

        var accounts = await scope.Db.Set<ServiceAccount>().AsNoTracking().Where(a => a.OrganizationId == scope.OrganizationId && a.IsActive).OrderBy(a => a.Name).ThenBy(a => a.Id).Select(a => new { a.Id, a.Name }).ToListAsync(cancellationToken);
        foreach (var account in accounts)
        {
            if (holders.Count > most) break;
            Add(ActorKind.ServiceAccount, account.Id, account.Name, state.WaysOfAccount(account.Id));
        }

        return holders.Count > most ? (holders[..most], true) : (holders, false);
    }

    /// <summary>What has not come to its end.</summary>
    public static IReadOnlyList<Grant> Present(AccessState state, IEnumerable<AccessWay> ways) => [.. ways.Where(w => !(w.Binding.ExpiresAtUtc <= state.AtUtc)).Select(w => w.Grant)];
}
