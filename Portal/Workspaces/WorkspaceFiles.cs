using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces.Quotas;

namespace Hexabase.Portal.Workspaces;

/// <summary>Workspaces, projects and quotas as files.</summary>
internal static class WorkspaceFiles
{
    public static readonly ListFile<WorkspaceRow> Workspaces = new(
        "workspaces",
        ("slug", w => w.Slug), ("name", w => w.Name), ("businessUnit", w => w.BusinessUnit), ("businessUnitName", w => w.BusinessUnitName), ("environment", w => Words.Of(w.Environment)),
        ("classification", w => Words.Of(w.Classification)), ("isolation", w => Words.Of(w.Isolation)), ("regions", w => ListCell.Many(w.Regions)), ("owner", w => w.Owner),
        ("labels", w => ListCell.Labels(w.Labels)), ("isArchived", w => ListCell.Of(w.IsArchived)), ("createdAtUtc", w => ListCell.Utc(w.CreatedAtUtc)), ("id", w => w.Id.ToString()));

    public static readonly ListFile<ProjectRow> Projects = new(
        "projects",
        ("slug", p => p.Slug), ("name", p => p.Name), ("labels", p => ListCell.Labels(p.Labels)), ("isArchived", p => ListCell.Of(p.IsArchived)),
        ("createdAtUtc", p => ListCell.Utc(p.CreatedAtUtc)), ("id", p => p.Id.ToString()), ("workspaceId", p => p.WorkspaceId.ToString()));

    /// <summary>One row a workspace and resource; an empty figure is unknown.</summary>
    public static readonly ListFile<WorkspaceQuotaRow> Quotas = new(
        "quotas",
        ["workspace", "workspaceName", "resource", ListCell.Number("used"), ListCell.Number("requested"), ListCell.Number("reserved"), ListCell.Number("limit"), "measuredAtUtc", "source"],
        q => q.Resources.Select(r => (IReadOnlyList<string?>)
            [q.Workspace, q.Name, r.Key, ListCell.Of(r.Value.Used), ListCell.Of(r.Value.Requested), ListCell.Of(r.Value.Reserved), ListCell.Of(r.Value.Limit), ListCell.Utc(r.Value.AtUtc), r.Value.Source]));
}
