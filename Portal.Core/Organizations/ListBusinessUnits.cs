using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Organizations;

/// <summary>
/// The tree of business units on a day, parents before children, siblings by name. Filter: text in name, slug, owner or cost center.
/// The only sort is the tree's own order ("tree").
/// </summary>
/// <param name="AsOf">UTC day, default today.</param>
public sealed record ListBusinessUnits(string Org, PageRequest Page, DateOnly? AsOf = null, bool IncludeArchived = false) : SharedQuery<Paged<BusinessUnitRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => OrganizationsPermissions.ReadBusinessUnits;

    public override async Task<Result<Paged<BusinessUnitRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (KeyedList.CheckLimit(Page.Limit) is { } badLimit) return badLimit;
        if (!string.IsNullOrEmpty(Page.Sort) && Page.Sort != "tree") return Problem.Invalid("sort", "sort.unknown", "This list is sorted as a tree.");
        var day = AsOf ?? scope.TodayUtc;
        var tree = await BusinessUnitTree.LoadAsync(scope, cancellationToken);
        var workspaces = await Workspaces.WorkspaceCounts.ByUnitAsync(scope, day, cancellationToken);
        var rows = tree.Units.Values
            .Where(u => IncludeArchived || !u.IsArchived)
            .Select(u => (Path: Path(tree, u, day), Row: BusinessUnitRow.Of(tree, u, day, workspaces.GetValueOrDefault(u.Id), u.Version)))
            .Where(r => Matches(r.Row))
            .OrderBy(r => r.Path, StringComparer.Ordinal);
        if (!string.IsNullOrEmpty(Page.Cursor))
        {
            if (!KeyedList.TryRead(Page.Cursor, "tree", 2, out var parts)) return KeyedList.BadCursor;
            rows = rows.Where(r => string.CompareOrdinal(r.Path, parts[1]) > 0).OrderBy(r => r.Path, StringComparer.Ordinal);
        }

        var found = rows.Take(Page.Limit + 1).ToList();
        var more = found.Count > Page.Limit;
        return new Paged<BusinessUnitRow>([.. found.Take(Page.Limit).Select(r => r.Row)], more ? KeyedList.Write("tree", found[Page.Limit - 1].Path) : null);
    }

    private bool Matches(BusinessUnitRow row)
    {
        if (string.IsNullOrWhiteSpace(Page.Filter)) return true;
        var text = Page.Filter.Trim();
        return new[] { row.Name, row.Slug, row.Owner, row.EffectiveCostCenter }.Any(v => v?.Contains(text, StringComparison.OrdinalIgnoreCase) == true);
    }

    // Names from the top down, each made unique by its slug; U+0001 sorts below every character a name may hold.
    private static string Path(BusinessUnitTree tree, BusinessUnit unit, DateOnly day) =>
        string.Concat(tree.ChainOn(unit.Id, day).Reverse().Select(id => tree.Units[id]).Select(u => $"{u.Name.ToUpperInvariant()}\u0001{u.Slug}\u0001"));
}

/// <summary>One unit (id or slug) on a day.</summary>
public sealed record GetBusinessUnit(string Org, string BusinessUnit, DateOnly? AsOf = null) : Query<BusinessUnitRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => OrganizationsPermissions.ReadBusinessUnits;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => BusinessUnitPlace.FindAsync(scope, BusinessUnit, cancellationToken);

    public override async Task<Result<BusinessUnitRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var day = AsOf ?? scope.TodayUtc;
        var tree = await BusinessUnitTree.LoadAsync(scope, cancellationToken);
        if (tree.Find(BusinessUnit) is not { } unit) return Problem.NotFound("businessUnit");
        var workspaces = await Workspaces.WorkspaceCounts.ByUnitAsync(scope, day, cancellationToken);
        return BusinessUnitRow.Of(tree, unit, day, workspaces.GetValueOrDefault(unit.Id), unit.Version);
    }
}
