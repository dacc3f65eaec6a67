using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Organizations;

/// <summary>
/// The organizations that the actor reaches; platform roles reach all. Filter: text in name or slug. Sorts: name (default), slug, createdAt.
/// </summary>
public sealed record ListOrganizations(PageRequest Page) : Query<Paged<OrganizationRow>>
{
    public override Permission? Permission => OrganizationsPermissions.Read;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<Paged<OrganizationRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var organizations = scope.Db.Set<Organization>().AsQueryable();
        if (!scope.Actor.Grants.Any(g => g.Scope == GrantScope.Platform))
        {
            var reached = scope.Actor.Grants.Select(g => g.OrganizationId).OfType<Guid>().Distinct().ToList();
            organizations = organizations.Where(o => reached.Contains(o.Id));
        }

        organizations = KeyedList.Holding(organizations, Page.Filter, o => o.Name, o => o.Slug);
        var page = await KeyedList.PageAsync(organizations, Page, o => o.Id, Sorts, cancellationToken);
        return page.Map(p => new Paged<OrganizationRow>([.. p.Items.Select(OrganizationRow.Of)], p.NextCursor));
    }

    private static readonly IReadOnlyList<SortBy<Organization>> Sorts =
    [
        new("name", (Organization o) => o.Name),
        new("slug", (Organization o) => o.Slug),
        new("createdAt", (Organization o) => o.CreatedAtUtc),
    ];
}
