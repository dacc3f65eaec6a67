using Hexabase.Portal.Controls;
using Hexabase.Portal.Costs;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces.Quotas;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Workspaces;

/// <summary>One workspace: what it is, its projects, labels, quota, costs, and where it belonged when.</summary>
public sealed partial class WorkspacePage
{
    private ConfirmDialog? _confirm;
    private WorkspaceRow? _row;
    private AccessTarget? _place;
    private WorkspaceQuotaRow? _quota;
    private IReadOnlyList<ProjectRow> _projects = [];
    private IReadOnlyList<WorkspacePlacementRow> _history = [];
    private Problem? _refused;

    /// <summary>Slug or id.</summary>
    [Parameter] public string Workspace { get; set; } = "";

    [SupplyParameterFromQuery] public string? Tab { get; set; }

    [SupplyParameterFromQuery] public bool Edit { get; set; }

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Workspaces, LiveTopic.Quotas, LiveTopic.BusinessUnits];

    private string Slug => Tenant?.Slug ?? "";

    private bool MayWrite => MayHere(WorkspacesPermissions.Write) && _row is { IsArchived: false };

    private bool MayHere(Permission permission) => _place is { } place && May(permission, place);

    private IReadOnlyList<Tabs.Tab> TabItems
    {
        get
        {
            var tabs = new List<Tabs.Tab> { Item("overview"), Item("projects", _projects.Count), Item("labels", _row?.Labels.Count) };
            if (MayHere(WorkspacesPermissions.ReadQuotas)) tabs.Add(Item("quota"));
            if (May(CostsPermissions.Read)) tabs.Add(Item("costs"));
            tabs.Add(Item("history"));
            return tabs;
        }
    }

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var row = await AskAsync(new GetWorkspace(Org ?? "", Workspace));
        // After an outage the last figures stay; another workspace's never do.
        if (row is null && Problem?.Kind != ProblemKind.Unavailable) _row = null;
        if (row is null) return;
        (_row, _place) = (row, await AskAsync(new LocateWorkspace(Org ?? "", row.Slug)) ?? _place);
        _projects = (await AskAsync(new ListProjects(Org ?? "", row.Slug, new PageRequest(PageRequest.MaxLimit))))?.Items ?? _projects;
        if (MayHere(WorkspacesPermissions.ReadQuotas)) _quota = await AskAsync(new GetWorkspaceQuota(Org ?? "", row.Slug)) ?? _quota;
        if (Tab == "history") _history = await AskAsync(new ListWorkspacePlacements(Org ?? "", row.Slug)) ?? _history;
    }

    private Tabs.Tab Item(string tab, long? count = null) => new(Address(tab == "overview" ? null : tab), T["workspaces.tab." + tab], (Tab ?? "overview") == tab, count);

    private string Address(string? tab = null, bool edit = false) =>
        Url($"workspaces/{_row?.Slug ?? Workspace}") + (tab is null ? edit ? "?edit=true" : "" : $"?tab={tab}" + (edit ? "&edit=true" : ""));

    private async Task ArchiveAsync()
    {
        if (_row is not { } row || _confirm is null) return;
        if (!await _confirm.AskAsync(new Question(T["workspaces.archiveTitle", row.Name], T["workspaces.archiveText"], T["list.archive"], Dangerous: true, Typed: row.Name))) return;
        _refused = (await SendAsync(new ArchiveWorkspace(Slug, row.Slug, row.Version))).Problem;
        if (_refused is null) Toasts.Show(T["workspaces.archivedToast", row.Name], Tone.Good);
    }
}
