using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Organizations;

/// <summary>Which organization to look at. Whoever reaches only one goes straight to it from the root.</summary>
public sealed partial class OrganizationsPage
{
    private DataTable<OrganizationRow>? _table;
    private Problem? _refused;
    private string? _shownFilter;
    private bool _ready;

    [SupplyParameterFromQuery(Name = "q")] public string? Filter { get; set; }

    [SupplyParameterFromQuery] public string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "desc")] public bool Descending { get; set; }

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Organizations];

    private bool MayCreate => May(OrganizationsPermissions.Create);

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (new Uri(Navigation.Uri).AbsolutePath == "/" && await AskAsync(new ListOrganizations(new PageRequest(2))) is { Items: [var only], NextCursor: null })
        {
            Navigation.NavigateTo($"/o/{only.Slug}", replace: true);
            return;
        }

        _ready = true;
        if (_table is null) return;
        if (_shownFilter == Filter) await _table.RefreshAsync();
        else await _table.ResetAsync();
    }

    private Task<DataTablePage<OrganizationRow>> LoadRowsAsync(DataTableQuery query, CancellationToken cancellationToken)
    {
        (_refused, _shownFilter) = (null, Filter);
        return TableLoading.LoadAsync(query, Filter, page => Portal.AskAsync(Actor, new ListOrganizations(page), cancellationToken), problem => _refused = problem);
    }

    private void Sorted((string? Sort, bool Descending) by) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["sort"] = by.Sort, ["desc"] = by.Descending ? true : null }), replace: true);
}
