using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Views;

/// <summary>Makes a view the one that its page opens with for the actor, or takes that back.</summary>
public sealed record SetDefaultView(string Org, Guid Id, bool IsDefault = true) : Command<SavedViewRow>
{
    public override string Action => "savedView.setDefault";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ViewsPermissions.Write;

    public override async Task<Result<SavedViewRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var view = await SavedViewPlace.Visible(scope).SingleOrDefaultAsync(v => v.Id == Id, cancellationToken);
        if (view is null) return Problem.NotFound("savedView");
        var actor = scope.Actor.Id;
        var held = await scope.Db.Set<SavedViewDefault>().SingleOrDefaultAsync(d => d.OwnerId == actor && d.Page == view.Page, cancellationToken);
        if (IsDefault)
        {
            if (held is null) scope.Db.Add(new SavedViewDefault { Id = Ids.New(), OrganizationId = scope.OrganizationId, OwnerId = actor, Page = view.Page, ViewId = view.Id });
            else held.ViewId = view.Id;
        }
        else if (held?.ViewId == view.Id)
        {
            scope.Db.Remove(held);
        }

        scope.Audit("savedView", view.Id, view.Name);
        scope.Touch(LiveTopic.Views, view.Id, view.Version);
        return SavedViewRow.Of(view, scope, IsDefault, view.Version);
    }
}

internal static class SavedViewDefaults
{
    /// <summary>Forgets the view as a default.</summary>
    /// <param name="others">Only for people other than its owner.</param>
    public static async Task ClearAsync(WriteScope scope, SavedView view, bool others, CancellationToken cancellationToken)
    {
        var owner = others ? view.OwnerId : Guid.Empty;
        scope.Db.RemoveRange(await scope.Db.Set<SavedViewDefault>().Where(d => d.ViewId == view.Id && d.OwnerId != owner).ToListAsync(cancellationToken));
    }
}
