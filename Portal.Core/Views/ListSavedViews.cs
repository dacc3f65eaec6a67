using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Views;

/// <summary>The actor's own views and the shared ones, by name. Sorts: name (default), createdAt.</summary>
/// <param name="ViewPage">Only of this page.</param>
public sealed record ListSavedViews(string Org, PageRequest Page, string? ViewPage = null) : Query<Paged<SavedViewRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => ViewsPermissions.Read;

    public override async Task<Result<Paged<SavedViewRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var views = SavedViewPlace.Visible(scope);
        if (ViewPage is { } viewPage) views = views.Where(v => v.Page == viewPage);
        var actor = scope.Actor.Id;
        var defaults = await scope.Db.Set<SavedViewDefault>().Where(d => d.OwnerId == actor).Select(d => d.ViewId).ToListAsync(cancellationToken);
        var page = await KeyedList.PageAsync(views, Page, v => v.Id, [new("name", (SavedView v) => v.Name), new("createdAt", (SavedView v) => v.CreatedAtUtc)], cancellationToken);
        return page.Map(p => new Paged<SavedViewRow>([.. p.Items.Select(v => SavedViewRow.Of(v, scope, defaults.Contains(v.Id), v.Version))], p.NextCursor));
    }
}

/// <summary>One view that the actor may see.</summary>
public sealed record GetSavedView(string Org, Guid Id) : Query<SavedViewRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => ViewsPermissions.Read;

    public override async Task<Result<SavedViewRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var view = await SavedViewPlace.Visible(scope).SingleOrDefaultAsync(v => v.Id == Id, cancellationToken);
        return view is null ? Problem.NotFound("savedView") : SavedViewRow.Of(view, scope, await SavedViewPlace.IsDefaultAsync(scope, view.Id, cancellationToken), view.Version);
    }
}
