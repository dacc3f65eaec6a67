using Hexabase.Portal.Access.Explain;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Simulation;

/// <summary>Something that was done, or refused, and would turn out otherwise.</summary>
/// <param name="Kind">person, serviceAccount or token.</param>
/// <param name="IdentityId">The user's, service account's or token's; of persons told only to those who may read people.</param>
/// <param name="PlaceId">Null for the organization as a whole.</param>
/// <param name="Times">In the period.</param>
/// <param name="LastAtUtc">Of reads exact to the day.</param>
public sealed record SimulatedUse(ActorKind Kind, Guid? IdentityId, string? Identity, string Permission, GrantScope Scope, Guid? PlaceId, string? Place, long Times, DateTime LastAtUtc);

/// <summary>What an identity could spend at most, before and after.</summary>
public sealed record SimulatedSpend(ActorKind Kind, Guid? IdentityId, string? Identity, SpendReach Before, SpendReach After);

/// <summary>What a changed role would have meant for what was done in a period.</summary>
/// <param name="Identities">Who holds the role now and was looked at.</param>
/// <param name="MoreIdentities">More hold it than are looked at: the answer is of the first ones by name.</param>
/// <param name="RefusedToday">Times that something was done which the present grants would refuse as well: neither side of the comparison.</param>
/// <param name="Denials">Most often first.</param>
/// <param name="MoreDenials">There are more than are listed.</param>
/// <param name="NewlyAllowed">What was refused in the period and would be possible.</param>
/// <param name="Unused">Permissions of the present role that none of them used in the period, by whatever grant.</param>
/// <param name="Added">Permissions that the changed role carries beyond the present one.</param>
/// <param name="Removed">Permissions that it does not carry any more.</param>
/// <param name="Spend">Whose reach of spending changes; null where the caller may not read budgets or nothing that spends changes.</param>
public sealed record RoleSimulation(
    string Role, string? RoleName, int Days, int Identities, bool MoreIdentities, ReplayedData Entries, ReplayedData Reads, long RefusedToday,
    IReadOnlyList<SimulatedUse> Denials, bool MoreDenials, IReadOnlyList<SimulatedUse> NewlyAllowed, bool MoreNewlyAllowed,
    IReadOnlyList<string> Unused, IReadOnlyList<string> Added, IReadOnlyList<string> Removed, IReadOnlyList<SimulatedSpend>? Spend);

/// <summary>
/// Replays what the holders of a role did on a changed role, by the decision function of requests. Changes nothing; being a look at what people do, it leaves an audit entry.
/// </summary>
/// <param name="Role">A built-in role's name (what a copy of it would mean), or id or slug of one of the organization's own.</param>
/// <param name="Permissions">What the role would carry, written as for a role.</param>
/// <param name="Days">1 to 366; the log may hold less.</param>
public sealed record SimulateRole(string Org, string Role, IReadOnlyList<string>? Permissions, int Days = SimulateRole.DefaultDays) : Query<RoleSimulation>
{
    public const int DefaultDays = 90;
    public const int MaxDays = 366;
    private const int MaxIdentities = 500;
    private const int MaxRows = 500;

    public override string OrganizationKey => Org;

    public override Permission? Permission => RolesPermissions.Read;

    public override bool IsProtected => true;

    public override async Task<Result<RoleSimulation>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (await RoleLookup.FindAsync(scope, Role, cancellationToken) is not { } role) return Problem.NotFound("role");
        if (Days is < 1 or > MaxDays) return Problem.Invalid("days", "simulation.days", $"days is a number from 1 to {MaxDays}.", MaxDays);
        if (!new CustomRoleInput(role.Name, null, Permissions).Check(null).TryGet(out var wanted, out var problem)) return problem;
        var changed = role with { Permissions = wanted.Permissions };
        var state = await AccessState.LoadAsync(scope, null, cancellationToken);
        var (holders, moreHolders) = await RoleHolder.ListAsync(scope, state, role.Name, wanted.Permissions, MaxIdentities, cancellationToken);
        var actors = holders.ConvertAll(h => h.Id);
        var from = scope.NowUtc.AddDays(-Days);
        var (entries, ofEntries) = await PastUses.OfEntriesAsync(scope, actors, from, cancellationToken);
        var (reads, ofReads) = await PastUses.OfReadsAsync(scope, actors, from, cancellationToken);
        var places = await KnownPlaces.LoadAsync(scope, cancellationToken);
        var replay = new Replay(state, places, role.Name);
        var byId = holders.ToDictionary(h => h.Id);
        var decided = entries.Concat(reads).Select(use => (Use: use, Holder: byId[use.ActorId], Replayed: replay.Decide(byId[use.ActorId], use))).ToList();
        var named = AccessPolicy.May(scope.Actor, AccessPermissions.ReadPeople, scope.OrganizationId);
        List<SimulatedUse> Rows(ReplayVerdict verdict) =>
        [
            .. decided.Where(d => d.Replayed.Verdict == verdict).GroupBy(d => (d.Holder, d.Use.Permission, d.Replayed.Place)).Select(g =>
            {
                var (id, name) = Shown(g.Key.Holder, named);
                return new SimulatedUse(g.Key.Holder.Kind, id, name, g.Key.Permission.ToString(), g.Key.Place.Scope, g.Key.Place.Id, g.Key.Place.Name, g.Sum(d => d.Use.Times), g.Max(d => d.Use.LastAtUtc));
            }).OrderByDescending(r => r.Times).ThenBy(r => r.Permission, StringComparer.Ordinal).ThenBy(r => r.Identity, StringComparer.Ordinal).Take(MaxRows + 1),
        ];
        var (denials, allowed) = (Rows(ReplayVerdict.Denied), Rows(ReplayVerdict.Allowed));
        var used = decided.Where(d => d.Use.Outcome != PastOutcome.Refused).Select(d => d.Use.Permission).ToHashSet();
        List<string> Carried(Func<Permission, bool> where) => [.. PermissionCatalog.Permissions.Where(where).Select(p => p.ToString())];
        var own = await RoleLookup.NamesAsync(scope, [role.Name], cancellationToken);
        return new RoleSimulation(
            RoleLookup.Shown(role.Name, own), own.GetValueOrDefault(role.Name)?.Name, Days, holders.Count, moreHolders, ofEntries, ofReads, decided.Where(d => d.Replayed.Verdict == ReplayVerdict.RefusedToday).Sum(d => d.Use.Times),
            Cut(denials), denials.Count > MaxRows, Cut(allowed), allowed.Count > MaxRows, Carried(p => role.Allows(p) && !used.Contains(p)),
            Carried(p => changed.Allows(p) && !role.Allows(p)), Carried(p => role.Allows(p) && !changed.Allows(p)), await SpendAsync(scope, state, places, holders, role, changed, named, cancellationToken));
    }

    private static List<SimulatedUse> Cut(List<SimulatedUse> rows) => rows.Count > MaxRows ? rows[..MaxRows] : rows;

    private static (Guid? Id, string? Name) Shown(RoleHolder holder, bool named) => named || holder.Kind != ActorKind.Person ? (holder.Id, holder.Name) : (null, null);

    private static async Task<IReadOnlyList<SimulatedSpend>?> SpendAsync(
        ReadScope scope, AccessState state, KnownPlaces places, List<RoleHolder> holders, Role role, Role changed, bool named, CancellationToken cancellationToken)
    {
        if (!AccessPolicy.May(scope.Actor, BudgetsPermissions.Read, scope.OrganizationId) || !SpendReachFinder.Asked.Any(p => role.Allows(p) != changed.Allows(p))) return null;
        var finder = await SpendReachFinder.LoadAsync(scope, state, places, cancellationToken);
        var changes = new List<SimulatedSpend>();
        foreach (var holder in holders)
        {
            var (before, after) = (finder.Of(holder.ToActor(state, holder.Before)), finder.Of(holder.ToActor(state, holder.After)));
            if (before.IsLike(after)) continue;
            var (id, name) = Shown(holder, named);
            changes.Add(new SimulatedSpend(holder.Kind, id, name, before, after));
        }

        return changes;
    }
}
