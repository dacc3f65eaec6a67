using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Hexabase.Portal.Access.Conditions;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access;

/// <summary>
/// The grants of one actor by place, their roles and conditions compiled: a decision looks at the places on the way up from its target and nowhere else, and among
/// the grants of a place only at those whose role carries the permission. Lives as long as the list of grants it was made of.
/// </summary>
internal sealed class GrantIndex
{
    private static readonly ConditionalWeakTable<IReadOnlyList<Grant>, GrantIndex> Known = [];
    private readonly Dictionary<(Guid Organization, Guid Scope), Place> _places = [];
    private readonly HashSet<Guid> _askingForPlace = [];
    private readonly Place _platform = new();

    private GrantIndex(IReadOnlyList<Grant> grants)
    {
        foreach (var grant in grants)
        {
            var held = new HeldGrant(grant);
            if (held.Condition?.UsesPlace == true && grant.OrganizationId is { } asking) _askingForPlace.Add(asking);
            if (grant.Scope == GrantScope.Platform)
            {
                _platform.Add(held);
                continue;
            }

            // A place without its id, or an organization that is none, is reached by nothing.
            if (grant.OrganizationId is not { } organization || organization == Guid.Empty || (grant.Scope != GrantScope.Organization && grant.ScopeId is null)) continue;
            var key = (organization, grant.Scope == GrantScope.Organization ? Guid.Empty : grant.ScopeId ?? Guid.Empty);
            if (!_places.TryGetValue(key, out var place)) _places[key] = place = new Place();
            place.Add(held);
        }
    }

    public static GrantIndex Of(Actor actor) => Known.GetValue(actor.Grants, static grants => new GrantIndex(grants));

    /// <summary>A condition in the organization asks for the workspace.</summary>
    public bool AsksForPlace(Guid organizationId) => _askingForPlace.Contains(organizationId);

    /// <summary>The widest grant that allows it here and now.</summary>
    /// <param name="conditional">True where one would, but for its condition.</param>
    public Grant? Find(Permission permission, AccessTarget target, ref Circumstances at, out bool conditional)
    {
        conditional = false;
        if (_platform.Find(permission, ref at, ref conditional) is { } wide) return wide;
        var organization = target.OrganizationId;
        if (organization == Guid.Empty) return null;
        if (In(organization, Guid.Empty) is { } whole && whole.Find(permission, ref at, ref conditional) is { } own) return own;
        if (target.BusinessUnitIds is { } units)
        {
            for (var i = units.Count - 1; i >= 0; i--)
                if (In(organization, units[i]) is { } unit && unit.Find(permission, ref at, ref conditional) is { } ofUnit) return ofUnit;
        }

        if (target.WorkspaceId is { } workspace && In(organization, workspace) is { } inside && inside.Find(permission, ref at, ref conditional) is { } ofWorkspace) return ofWorkspace;
        return target.ProjectId is { } project && In(organization, project) is { } last ? last.Find(permission, ref at, ref conditional) : null;
    }

    /// <summary>Every grant that reaches the place, whatever its role and condition.</summary>
    public IReadOnlyList<Grant> Reaching(AccessTarget target) => [.. HeldAt(target).Select(h => h.Grant)];

    public IEnumerable<HeldGrant> HeldAt(AccessTarget target)
    {
        var scopes = new List<Guid> { Guid.Empty };
        scopes.AddRange(target.BusinessUnitIds ?? []);
        if (target.WorkspaceId is { } workspace) scopes.Add(workspace);
        if (target.ProjectId is { } project) scopes.Add(project);
        return _platform.Held.Concat(scopes.SelectMany(s => In(target.OrganizationId, s)?.Held ?? []));
    }

    private Place? In(Guid organization, Guid scope) => _places.GetValueOrDefault((organization, scope));

    /// <summary>The grants of one place.</summary>
    private sealed class Place
    {
        private readonly ConcurrentDictionary<Permission, HeldGrant[]> _allowing = new();

        public List<HeldGrant> Held { get; } = [];

        public void Add(HeldGrant grant) => Held.Add(grant);

        public Grant? Find(Permission permission, ref Circumstances at, ref bool conditional)
        {
            if (Held.Count == 0) return null;
            if (!_allowing.TryGetValue(permission, out var grants)) grants = _allowing[permission] = Allowing(permission);
            foreach (var held in grants)
            {
                if (held.ExpiresAtUtc <= at.NowUtc) continue;
                if (held.Condition is null || held.Condition.Evaluate(ref at) == Outcome.True) return held.Grant;
                conditional = true;
            }

            return null;
        }

        // What holds without a question is looked at first, and of the same condition one grant is enough.
        private HeldGrant[] Allowing(Permission permission) =>
            [.. Held.Where(h => h.Role?.Allows(permission) == true).OrderBy(h => h.Condition is not null).ThenBy(h => h.ExpiresAtUtc is not null).DistinctBy(h => (h.Condition?.Text, h.ExpiresAtUtc))];
    }
}

/// <summary>A grant with its role found and its condition compiled.</summary>
internal sealed class HeldGrant(Grant grant)
{
    public Grant Grant => grant;

    /// <summary>Null for a role that does not exist (any more).</summary>
    public Role? Role { get; } = Roles.Role.Of(grant);

    public Condition? Condition { get; } = grant.Condition is null ? null : Condition.OfStored(grant.Condition);

    public DateTime? ExpiresAtUtc => grant.ExpiresAtUtc;
}
