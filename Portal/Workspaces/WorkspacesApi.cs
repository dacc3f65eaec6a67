using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Workspaces;

/// <summary>Workspaces, their projects, and the organization's label keys.</summary>
internal static class WorkspacesApi
{
    public static void MapWorkspaces(this RouteGroupBuilder api)
    {
        var workspaces = api.MapGroup("/organizations/{org}/workspaces").WithTags("Workspaces");
        workspaces.MapGet("", (string org, string? businessUnit, string? environment, string? label, bool? includeArchived, ApiCall call) =>
                call.ListAsync(page => new ListWorkspaces(org, page, businessUnit, environment, label, includeArchived ?? false), w => w))
            .WithName("listWorkspaces").WithSummary("Workspaces; label is written KEY=VALUE, a business unit includes those below it; sorts: name, slug, createdAt");
        workspaces.MapGet("/{workspace}", (string org, string workspace, DateOnly? asOf, ApiCall call) => call.AskAsync(new GetWorkspace(org, workspace, asOf), w => w, w => w.Version))
            .WithName("getWorkspace").WithSummary("One workspace; with asOf the business unit of that day");
        workspaces.MapPost("", (string org, WorkspaceInput input, ApiCall call) => call.CreateAsync(new CreateWorkspace(org, input), w => w, w => $"/api/v1/organizations/{org}/workspaces/{w.Slug}", w => w.Version))
            .WithName("createWorkspace").WithSummary("Makes a workspace in a business unit");
        workspaces.MapPatch("/{workspace}", (string org, string workspace, WorkspaceChange body, ApiCall call) =>
                call.SendAsync(new ChangeWorkspace(org, workspace, body.Input, body.EffectiveFrom, call.IfMatch), w => w, w => w.Version))
            .WithName("changeWorkspace").WithSummary("Changes what is given; a move counts from a day on (effectiveFrom, default today)");
        workspaces.MapPost("/{workspace}/archive", (string org, string workspace, ApiCall call) => call.SendAsync(new ArchiveWorkspace(org, workspace, call.IfMatch), w => w, w => w.Version))
            .WithName("archiveWorkspace").WithSummary("Takes a workspace out of use; its costs and history stay");
        workspaces.MapGet("/{workspace}/placements", (string org, string workspace, ApiCall call) => call.AskAsync(new ListWorkspacePlacements(org, workspace), p => new { items = p, nextCursor = (string?)null }))
            .WithName("listWorkspacePlacements").WithSummary("The business units a workspace belonged to, newest first");
        MapProjects(workspaces);
        MapLabelKeys(api);
    }

    private static void MapProjects(RouteGroupBuilder workspaces)
    {
        var projects = workspaces.MapGroup("/{workspace}/projects").WithTags("Projects");
        projects.MapGet("", (string org, string workspace, bool? includeArchived, ApiCall call) => call.ListAsync(page => new ListProjects(org, workspace, page, includeArchived ?? false), p => p))
            .WithName("listProjects").WithSummary("The projects of a workspace; sorts: name, slug, createdAt");
        projects.MapGet("/{project}", (string org, string workspace, string project, ApiCall call) => call.AskAsync(new GetProject(org, workspace, project), p => p, p => p.Version))
            .WithName("getProject").WithSummary("One project");
        projects.MapPost("", (string org, string workspace, ProjectBody body, ApiCall call) => call.CreateAsync(
                new CreateProject(org, workspace, body.Name, body.Labels), p => p, p => $"/api/v1/organizations/{org}/workspaces/{workspace}/projects/{p.Slug}", p => p.Version))
            .WithName("createProject").WithSummary("Makes a project in a workspace");
        projects.MapPatch("/{project}", (string org, string workspace, string project, ProjectBody body, ApiCall call) =>
                call.SendAsync(new ChangeProject(org, workspace, project, body.Name, body.Labels, call.IfMatch), p => p, p => p.Version))
            .WithName("changeProject").WithSummary("Changes what is given");
        projects.MapPost("/{project}/archive", (string org, string workspace, string project, ApiCall call) =>
                call.SendAsync(new ArchiveProject(org, workspace, project, call.IfMatch), p => p, p => p.Version))
            .WithName("archiveProject").WithSummary("Takes a project out of use; its costs stay");
    }

    private static void MapLabelKeys(RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/organizations/{org}/label-keys").WithTags("Labels");
        keys.MapGet("", (string org, ApiCall call) => call.ListAsync(page => new ListLabelKeys(org, page), k => k))
            .WithName("listLabelKeys").WithSummary("The label keys the organization has agreed on");
        keys.MapPut("/{key}", (string org, string key, LabelKeyBody body, ApiCall call) => call.SendAsync(new SetLabelKey(org, key, body.Required, body.AllowedValues, call.IfMatch), k => k, k => k.Version))
            .WithName("setLabelKey").WithSummary("Adds a label key or changes it; workspaces keep what they have until they are changed");
        keys.MapDelete("/{key}", (string org, string key, ApiCall call) => call.RemoveAsync(new DeleteLabelKey(org, key, call.IfMatch)))
            .WithName("deleteLabelKey").WithSummary("Takes a label key out of the catalogue; labels on workspaces stay");
    }

    private sealed record WorkspaceChange(
        string? Name = null, string? BusinessUnit = null, string? Environment = null, IReadOnlyList<string>? Regions = null, IReadOnlyDictionary<string, string>? Labels = null,
        string? Owner = null, string? Classification = null, string? Isolation = null, DateOnly? EffectiveFrom = null)
    {
        public WorkspaceInput Input => new(Name, BusinessUnit, Environment, Regions, Labels, Owner, Classification, Isolation);
    }

    private sealed record ProjectBody(string? Name = null, IReadOnlyDictionary<string, string>? Labels = null);

    private sealed record LabelKeyBody(bool Required = false, IReadOnlyList<string>? AllowedValues = null);
}
