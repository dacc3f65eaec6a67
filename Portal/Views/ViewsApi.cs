using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Views;

/// <summary>Saved views of lists.</summary>
internal static class ViewsApi
{
    public static void MapViews(this RouteGroupBuilder api)
    {
        var views = api.MapGroup("/organizations/{org}/saved-views").WithTags("Saved views");
        views.MapGet("", (string org, string? page, ApiCall call) => call.ListAsync(p => new ListSavedViews(org, p, page), v => v))
            .WithName("listSavedViews").WithSummary("The caller's own views and the shared ones; page=workspaces narrows to one list");
        views.MapPost("", (string org, ViewBody body, ApiCall call) => call.CreateAsync(
                new SaveView(org, body.Page, body.Name, body.QueryString, body.IsShared ?? false), v => v, v => $"/api/v1/organizations/{org}/saved-views/{v.Id}", v => v.Version))
            .WithName("saveView").WithSummary("Keeps the query of a list's address under a name");
        views.MapGet("/{view:guid}", (string org, Guid view, ApiCall call) => call.AskAsync(new GetSavedView(org, view), v => v, v => v.Version))
            .WithName("getSavedView").WithSummary("One saved view");
        views.MapPatch("/{view:guid}", (string org, Guid view, ViewChange body, ApiCall call) =>
                call.SendAsync(new ChangeView(org, view, body.Name, body.QueryString, body.IsShared, call.IfMatch), v => v, v => v.Version))
            .WithName("changeSavedView").WithSummary("Renames a view, changes what it shows or whom it is shown to");
        views.MapDelete("/{view:guid}", (string org, Guid view, ApiCall call) => call.RemoveAsync(new DeleteView(org, view, call.IfMatch)))
            .WithName("deleteSavedView").WithSummary("Removes a view");
        views.MapPut("/{view:guid}/default", (string org, Guid view, ApiCall call) => call.SendAsync(new SetDefaultView(org, view), v => v, v => v.Version))
            .WithName("setDefaultView").WithSummary("Makes a view the one that its page opens with for the caller");
        views.MapDelete("/{view:guid}/default", (string org, Guid view, ApiCall call) => call.RemoveAsync(new SetDefaultView(org, view, false)))
            .WithName("clearDefaultView").WithSummary("The page opens as it is again");
    }

    internal sealed record ViewBody(string? Page, string? Name, string? QueryString, bool? IsShared);

    internal sealed record ViewChange(string? Name, string? QueryString, bool? IsShared);
}
