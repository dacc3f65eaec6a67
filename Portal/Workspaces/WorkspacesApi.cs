using Hexabase.Portal.Hosting;
using Hexabase.Portal.Workspaces.Quotas;

namespace Hexabase.Portal.Workspaces;

/// <summary>Workspaces, their projects, and the catalogue of label keys.</summary>
internal static class WorkspacesApi
{
    public static void MapWorkspaces(this RouteGroupBuilder api)
    {
        var workspaces = api.MapGroup("/organizations/{org}/workspaces").WithTags("Workspaces");
        workspaces.MapGet("", (string org, string? businessUnit, string? environment, string? label, bool? archived, ApiCall call) =>
                call.ListAsync(page => new ListWorkspaces(org, page, businessUnit, environment, label, archived ?? false), w => w, WorkspaceFiles.Workspaces))
            .WithName("listWorkspaces").WithSummary("The workspaces of an organization");
        workspaces.MapPost("", (string org, WorkspaceInput input, ApiCall call) =>
                call.CreateAsync(new CreateWorkspace(org, input), w => w, w => $"/api/v1/organizations/{org}/workspaces/{w.Slug}", w => w.Version))
            .WithName("createWorkspace").WithSummary("Makes a workspace");
        workspaces.MapGet("/{workspace}", (string org, string workspace, DateOnly? asOf, ApiCall call) => call.AskAsync(new GetWorkspace(org, workspace, asOf), w => w, w => w.Version))
            .WithName("getWorkspace").WithSummary("One workspace, by id or slug");
        workspaces.MapPatch("/{workspace}", (string org, string workspace, DateOnly? effectiveFrom, WorkspaceInput input, ApiCall call) =>
                call.SendAsync(new ChangeWorkspace(org, workspace, input, effectiveFrom, call.IfMatch), w => w, w => w.Version))
            .WithName("changeWorkspace").WithSummary("Changes what is given");
        workspaces.MapDelete("/{workspace}", (string org, string workspace, ApiCall call) => call.RemoveAsync(new ArchiveWorkspace(org, workspace, call.IfMatch)))
            .WithName("archiveWorkspace").WithSummary("Archives a workspace");
        workspaces.MapGet("/{workspace}/placements", (string org, string workspace, ApiCall call) => call.AskAsync(new ListWorkspacePlacements(org, workspace), p => new { items = p, nextCursor = (string?)null }))
            .WithName("listWorkspacePlacements").WithSummary("The business units that a workspace belonged to, newest first");
        MapQuotas(api, workspaces);
        MapProjects(workspaces);
        MapLabels(api);
    }

    private static void MapQuotas(RouteGroupBuilder api, RouteGroupBuilder workspaces)
    {
        workspaces.MapGet("/{workspace}/quota", (string org, string workspace, DateOnly? asOf, ApiCall call) => call.AskAsync(new GetWorkspaceQuota(org, workspace, asOf), View, q => q.Version))
            .WithName("getWorkspaceQuota").WithSummary("Used, requested, reserved and limit of each resource; null = unknown").WithTags("Quotas");
        workspaces.MapPut("/{workspace}/quota", (string org, string workspace, Dictionary<string, long?> limits, ApiCall call) =>
                call.SendAsync(new SetWorkspaceQuota(org, workspace, limits, call.IfMatch), View, q => q.Version))
            .WithName("setWorkspaceQuota").WithSummary("Sets the limits that are given; null takes one away").WithTags("Quotas");
        var quotas = api.MapGroup("/organizations/{org}/quotas").WithTags("Quotas");
        quotas.MapGet("", (string org, DateOnly? asOf, ApiCall call) => call.ListAsync(page => new ListQuotas(org, page, asOf), View, WorkspaceFiles.Quotas))
            .WithName("listQuotas").WithSummary("The quotas of all workspaces");
        quotas.MapGet("/totals", (string org, DateOnly? asOf, ApiCall call) => call.AskAsync(new SummarizeQuotas(org, asOf), rows => new { items = rows, nextCursor = (string?)null }))
            .WithName("summarizeQuotas").WithSummary("Sums by resource");
        quotas.MapGet("/limits", (string org, ApiCall call) => call.AskAsync(new GetOrganizationQuota(org), q => new { items = q.Limits, nextCursor = (string?)null, q.Version }, q => q.Version))
            .WithName("getOrganizationQuota").WithSummary("The organization's own limits");
        quotas.MapPut("/limits", (string org, OrganizationLimits body, ApiCall call) => call.SendAsync(
                new SetOrganizationQuota(org, body.Limits ?? [], body.OversubscriptionFactor ?? 1, call.IfMatch), q => new { items = q.Limits, nextCursor = (string?)null, q.Version }, q => q.Version))
            .WithName("setOrganizationQuota").WithSummary("Replaces the organization's own limits");
        quotas.MapPost("/readings", (string org, ReadingsBody body, ApiCall call) =>
                call.SendAsync(new RecordQuotaReadings(org, body.Source ?? "", body.Readings ?? []), count => new { accepted = count }))
            .WithName("recordQuotaReadings").WithSummary("Takes measurements of what workspaces use");
    }

    private static void MapProjects(RouteGroupBuilder workspaces)
    {
        var projects = workspaces.MapGroup("/{workspace}/projects").WithTags("Projects");
        projects.MapGet("", (string org, string workspace, bool? archived, ApiCall call) => call.ListAsync(page => new ListProjects(org, workspace, page, archived ?? false), p => p, WorkspaceFiles.Projects))
            .WithName("listProjects").WithSummary("The projects of a workspace");
        projects.MapPost("", (string org, string workspace, ProjectBody body, ApiCall call) => call.CreateAsync(
                new CreateProject(org, workspace, body.Name, body.Labels), p => p, p => $"/api/v1/organizations/{org}/workspaces/{workspace}/projects/{p.Slug}", p => p.Version))
            .WithName("createProject").WithSummary("Makes a project");
        projects.MapGet("/{project}", (string org, string workspace, string project, ApiCall call) => call.AskAsync(new GetProject(org, workspace, project), p => p, p => p.Version))
            .WithName("getProject").WithSummary("One project, by id or slug");
        projects.MapPatch("/{project}", (string org, string workspace, string project, ProjectBody body, ApiCall call) =>
                call.SendAsync(new ChangeProject(org, workspace, project, body.Name, body.Labels, call.IfMatch), p => p, p => p.Version))
            .WithName("changeProject").WithSummary("Changes what is given");
        projects.MapDelete("/{project}", (string org, string workspace, string project, ApiCall call) => call.RemoveAsync(new ArchiveProject(org, workspace, project, call.IfMatch)))
            .WithName("archiveProject").WithSummary("Archives a project");
    }

    private static void MapLabels(RouteGroupBuilder api)
    {
        var labels = api.MapGroup("/organizations/{org}/label-keys").WithTags("Workspaces");
        labels.MapGet("", (string org, ApiCall call) => call.ListAsync(page => new ListLabelKeys(org, page), l => l)).WithName("listLabelKeys").WithSummary("The catalogue of label keys");
        labels.MapPut("/{key}", (string org, string key, LabelBody body, ApiCall call) =>
                call.SendAsync(new SetLabelKey(org, key, body.Required ?? false, body.AllowedValues, call.IfMatch), l => l, l => l.Version))
            .WithName("setLabelKey").WithSummary("Adds or changes a label key");
        labels.MapDelete("/{key}", (string org, string key, ApiCall call) => call.RemoveAsync(new DeleteLabelKey(org, key, call.IfMatch))).WithName("deleteLabelKey").WithSummary("Removes a label key");
    }

    /// <summary>The resources are members of the object itself, beside what names the workspace.</summary>
    private static Dictionary<string, object?> View(WorkspaceQuotaRow q)
    {
        var view = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["workspaceId"] = q.WorkspaceId, ["workspace"] = q.Workspace, ["name"] = q.Name, ["version"] = q.Version, ["changedAtUtc"] = q.ChangedAtUtc,
            ["warnings"] = q.Warnings.Select(w => new { w.Field, w.Code, w.Message }).ToList(),
        };
        foreach (var (resource, figures) in q.Resources) view[resource] = figures;
        return view;
    }

    internal sealed record ProjectBody(string? Name, Dictionary<string, string>? Labels);

    internal sealed record LabelBody(bool? Required, List<string>? AllowedValues);

    internal sealed record OrganizationLimits(Dictionary<string, long>? Limits, decimal? OversubscriptionFactor);

    internal sealed record ReadingsBody(string? Source, List<QuotaReadingInput>? Readings);
}
