using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Workspaces;

/// <summary>The workspaces of an organization; a new one beside the list.</summary>
public sealed partial class WorkspacesPage
{
    private DataTable<WorkspaceRow>? _table;
    private IReadOnlyList<BusinessUnitRow> _units = [];
    private Problem? _refused;
    private string? _shownFilters;
    private bool _ready;

    [SupplyParameterFromQuery(Name = "q")] public string? Filter { get; set; }

    /// <summary>Slug or id of a business unit; those below it count.</summary>
    [SupplyParameterFromQuery] public string? Unit { get; set; }

    [SupplyParameterFromQuery] public string? Environment { get; set; }

    /// <summary>KEY=VALUE.</summary>
    [SupplyParameterFromQuery] public string? Label { get; set; }

    [SupplyParameterFromQuery] public bool Archived { get; set; }

    [SupplyParameterFromQuery] public string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "desc")] public bool Descending { get; set; }

    [SupplyParameterFromQuery(Name = "new")] public bool Create { get; set; }

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Workspaces, LiveTopic.BusinessUnits];

    private bool Creating => Create && May(WorkspacesPermissions.Write);

    private bool HasFilters => (Filter ?? Unit ?? Environment ?? Label) is not null;

    private string Filters => $"{Filter}\n{Unit}\n{Environment}\n{Label}\n{Archived}";

    private string CloseHref => Navigation.GetUriWithQueryParameter("new", (string?)null);

    private string? UnitName => Unit is null ? null : _units.FirstOrDefault(u => u.Slug == Unit || u.Id.ToString() == Unit)?.Name ?? Unit;

    private IReadOnlyList<FilterChip.Option> UnitOptions =>
        [new("", T["workspaces.allUnits"], Unit is null), .. _units.Select(u => new FilterChip.Option(u.Slug, new string('\u2003', u.Depth - 1) + u.Name, u.Slug == Unit))];

    private IReadOnlyList<FilterChip.Option> EnvironmentOptions =>
        [new("", T["list.any"], Environment is null), .. Enum.GetValues<WorkspaceEnvironment>().Select(e => new FilterChip.Option(Words.Of(e), T[WorkspaceWords.Key(e)], Words.Of(e) == Environment))];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        // Who holds a single workspace sees it without the units around it.
        if (May(OrganizationsPermissions.ReadBusinessUnits)) _units = (await AskAsync(new ListBusinessUnits(Org ?? "", new PageRequest(PageRequest.MaxLimit))))?.Items ?? _units;
        _ready = true;
        if (_table is null) return;
        if (_shownFilters == Filters) await _table.RefreshAsync();
        else await _table.ResetAsync();
    }

    private Task<DataTablePage<WorkspaceRow>> LoadRowsAsync(DataTableQuery query, CancellationToken cancellationToken)
    {
        (_refused, _shownFilters) = (null, Filters);
        return TableLoading.LoadAsync(query, Filter, page => Portal.AskAsync(Actor, new ListWorkspaces(Org ?? "", page, Unit, Environment, Label, Archived), cancellationToken), Refused);
    }

    // A chip that names nothing (an old address) says so above the empty list; the page stays usable.
    private void Refused(Problem problem)
    {
        _refused = problem.Kind == ProblemKind.NotFound ? problem with { Kind = ProblemKind.Refused } : problem;
        StateHasChanged();
    }

    private string EnvironmentName(string word) => T.Has("environment." + word) ? T["environment." + word] : word;

    private void Show(string name, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, string.IsNullOrWhiteSpace(value) ? null : value.Trim()), replace: true);

    private EventCallback Remover(string name, string? value) => value is null ? default : EventCallback.Factory.Create(this, () => Show(name, null));

    private void Sorted((string? Sort, bool Descending) by) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["sort"] = by.Sort, ["desc"] = by.Descending ? true : null }), replace: true);
}
