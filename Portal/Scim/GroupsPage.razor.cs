using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Scim;

/// <summary>The groups that the identity provider manages, who is in them, and the role that each gives its members.</summary>
public sealed partial class GroupsPage
{
    private DataTable<GroupRow>? _table;
    private GroupRow? _group;
    private string? _shownFilter;
    private bool _ready;

    [SupplyParameterFromQuery(Name = "q")] public string? Filter { get; set; }

    /// <summary>The group that is open.</summary>
    [SupplyParameterFromQuery] public Guid? Id { get; set; }

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.People];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(new ListGroups(Org ?? "", new PageRequest(1))) is null) return;
        _ready = true;
        _group = Id is { } id && (await Portal.AskAsync(Actor, new GetGroup(Org ?? "", id), cancellationToken)).TryGet(out var group, out _) ? group : null;
        if (_table is null) return;
        if (_shownFilter == Filter) await _table.RefreshAsync();
        else await _table.ResetAsync();
    }

    private Task<DataTablePage<GroupRow>> LoadRowsAsync(DataTableQuery query, CancellationToken cancellationToken)
    {
        _shownFilter = Filter;
        return TableLoading.LoadAsync(query, Filter, page => Portal.AskAsync(Actor, new ListGroups(Org ?? "", page), cancellationToken));
    }

    private string Address(Guid? id = null) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal) { ["id"] = id });
}
