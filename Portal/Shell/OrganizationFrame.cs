using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;

namespace Hexabase.Portal.Shell;

/// <summary>Finds the organization of the address for one circuit and puts its name and the places the viewer may go into the shell.</summary>
public sealed class OrganizationFrame(IPortal portal, OrganizationDirectory organizations, AccessRuleDirectory rules, CircuitActor person, ShellModel shell, NavModel navigation, Text text, Viewer viewer, IEnumerable<INavSource> sources)
{
    private (string? Org, string Language, string? Name, string Grants, long Version)? _shown;

    /// <summary>What the viewer was last looking at; null on the platform's pages.</summary>
    public Tenant? Tenant { get; private set; }

    /// <summary>Who looks, as of the last page, with the organization's rules; anonymous before the first.</summary>
    public Actor Actor { get; private set; } = Actor.Anonymous;

    /// <returns>The organization; a problem where there is none or it is not the viewer's to see.</returns>
    public async Task<(Tenant? Tenant, Problem? Problem)> EnterAsync(Actor actor, string? org, CancellationToken cancellationToken)
    {
        var tenant = org is null ? null : await organizations.FindAsync(org, actor.Reaches, cancellationToken);
        // The gateway refuses it once more, and the visitor's own log keeps that they tried.
        if (org is not null && tenant is null) return (null, (await portal.AskAsync(actor, new ReachOrganization(org), cancellationToken)).Problem ?? Problem.NotFound("organization"));
        actor = await rules.StandAsync(actor, tenant?.Id ?? Guid.Empty, cancellationToken);
        (Actor, Tenant) = (actor, tenant);
        var grants = string.Join(' ', actor.Grants.Select(g => $"{g.Role}@{g.OrganizationId}/{g.ScopeId}").Concat(actor.Rules?.All.Select(r => $"{r.Kind} {r.Permission} {r.Condition?.Text}") ?? []));
        var session = await person.FindAsync(cancellationToken);
        var now = (org, viewer.Language, session?.DisplayName, grants, tenant?.Version ?? 0);
        if (_shown != now)
        {
            _shown = now;
            shell.Show(new ShellState(tenant?.Name, tenant is null ? null : text[$"plan.{tenant.Plan}"], tenant?.IsSample == true, session?.DisplayName ?? actor.Name, session?.UserName ?? ""));
            navigation.Show(Groups(actor, tenant));
        }

        return (tenant, null);
    }

    private List<NavGroup> Groups(Actor actor, Tenant? tenant)
    {
        var groups = new List<NavGroup>();
        foreach (var group in sources.SelectMany(s => s.Places).GroupBy(p => p.Group).OrderBy(g => Array.IndexOf(NavGroups.Order, g.Key)))
        {
            var items = group.Where(p => p.OfPlatform == (tenant is null) && (p.Permission is not { } permission || AccessPolicy.Offers(actor, permission, new AccessTarget(tenant?.Id ?? Guid.Empty)) || (p.Anywhere && tenant is not null && AccessPolicy.MaySomewhere(actor, permission, tenant.Id))))
                .OrderBy(p => p.Order)
                .Select(p => new NavItem(tenant is null ? $"/{p.Path}" : p.Path.Length == 0 ? $"/o/{tenant.Slug}" : $"/o/{tenant.Slug}/{p.Path}", text[p.TitleKey], p.Icon, Exact: p.Exact || p.Path.Length == 0))
                .ToList();
            if (items.Count > 0) groups.Add(new NavGroup(group.Key.Length == 0 ? null : text[group.Key], items));
        }

        return groups;
    }
}

/// <summary>One place in the navigation, declared by the slice it belongs to.</summary>
/// <param name="Group">Text key of the group, one of <see cref="NavGroups"/>.</param>
/// <param name="Path">Below the organization ("budgets"), or below the root for places of the platform.</param>
/// <param name="Permission">What the viewer must hold to see it; null = everyone signed in.</param>
/// <param name="Anywhere">The list shows everybody their part: holding the permission at a single unit, workspace or project is enough.</param>
/// <param name="Exact">Marked as open at this very address alone, not at those below it.</param>
public sealed record NavPlace(string Group, int Order, string Path, string TitleKey, string Icon, Permission? Permission, bool OfPlatform = false, bool Anywhere = false, bool Exact = false);

/// <summary>A slice's places; registered as a singleton.</summary>
public interface INavSource
{
    IReadOnlyList<NavPlace> Places { get; }
}

public static class NavGroups
{
    public const string Top = "";
    public const string Organization = "nav.organization";
    public const string Money = "nav.money";
    public const string Evidence = "nav.evidence";
    public const string Access = "nav.access";
    public const string Operations = "nav.operations";
    public static readonly string[] Order = [Top, Organization, Money, Evidence, Access, Operations];
}
