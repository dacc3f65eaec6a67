using Hexabase.Portal.Access.ServiceAccounts;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>Identities for programs: their role, who answers for them, how many tokens they have.</summary>
public sealed partial class ServiceAccountsPage
{
    private DataTable<ServiceAccountRow>? _table;
    private ServiceAccountRow? _account;
    private bool _ready;

    [SupplyParameterFromQuery] public Guid? Id { get; set; }

    [SupplyParameterFromQuery(Name = "new")] public bool Create { get; set; }

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Tokens, LiveTopic.People];

    private bool MayWrite => May(AccessPermissions.WriteTokens);

    private bool Creating => Create && MayWrite;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(new ListServiceAccounts(Org ?? "", new PageRequest(1))) is null) return;
        _ready = true;
        Result<ServiceAccountRow>? found = Id is { } id ? await Portal.AskAsync(Actor, new GetServiceAccount(Org ?? "", id), cancellationToken) : default(Result<ServiceAccountRow>?);
        _account = found is { Succeeded: true } account ? account.Value : null;
        if (_table is not null) await _table.RefreshAsync();
    }

    private Task<DataTablePage<ServiceAccountRow>> LoadRowsAsync(DataTableQuery query, CancellationToken cancellationToken) =>
        TableLoading.LoadAsync(query, null, page => Portal.AskAsync(Actor, new ListServiceAccounts(Org ?? "", page), cancellationToken));

    private string Address(Guid? id = null, bool create = false) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["id"] = id, ["new"] = create ? true : null });
}
