using Hexabase.Portal.Access;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Views;

/// <summary>Keeps the query of a page's address under a name.</summary>
/// <param name="Page">The page's path below the organization: "workspaces".</param>
/// <param name="IsShared">Everybody in the organization who may see the page sees the view; needs views:share.</param>
public sealed record SaveView(string Org, string? Page, string? Name, string? QueryString, bool IsShared = false) : Command<SavedViewRow>
{
    public override string Action => "savedView.create";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ViewsPermissions.Write;

    public override async Task<Result<SavedViewRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (SavedViewRules.CheckPage(Page) is { } pageError) errors.Add(pageError);
        if (SavedViewRules.CheckName(Name, out var name) is { } nameError) errors.Add(nameError);
        if (SavedViewRules.CheckQuery(QueryString, out var query) is { } queryError) errors.Add(queryError);
        if (errors.Count > 0) return Problem.Invalid(errors);
        var (page, actor) = (Page ?? "", scope.Actor.Id);
        if (IsShared && SavedViewSharing.Refuses(scope) is { } refusal) return refusal;
        var own = await scope.Db.Set<SavedView>().Where(v => v.OwnerId == actor && v.Page == page).Select(v => v.Name).ToListAsync(cancellationToken);
        if (own.Contains(name, StringComparer.Ordinal)) return SavedViewSharing.Taken(name);
        if (own.Count >= SavedView.MaxPerPage) return Problem.Refused("savedView.tooMany", $"At most {SavedView.MaxPerPage} views of one page fit. Remove one first.", SavedView.MaxPerPage);
        var view = new SavedView
        {
            Id = Ids.New(), OrganizationId = scope.OrganizationId, OwnerId = actor, OwnerName = scope.Actor.Name, Page = page, Name = name, QueryString = query, IsShared = IsShared, CreatedAtUtc = scope.NowUtc,
        };
        scope.Db.Add(view);
        scope.Audit("savedView", view.Id, view.Name);
        scope.Touch(LiveTopic.Views, view.Id, 1);
        return SavedViewRow.Of(view, scope, false, 1);
    }
}

internal static class SavedViewSharing
{
    public static Problem? Refuses(ReadScope scope) => AccessPolicy.May(scope.Actor, ViewsPermissions.Share, scope.OrganizationId)
        ? null
        : new Problem(ProblemKind.Forbidden, "savedView.noSharing", "Showing a view to the whole organization needs the permission views:share. Save it for yourself.");

    public static Problem Taken(string name) => Problem.Invalid("name", "savedView.taken", $"You have a view named {name} of this page already.", name);
}
