using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>Members and open invitations of an organization; one person, or a new invitation, beside them.</summary>
public sealed partial class PeoplePage
{
    private DataTable<PersonRow>? _table;
    private ConfirmDialog? _confirm;
    private IReadOnlyList<InvitationRow> _invitations = [];
    private PersonRow? _person;
    private string? _shownFilter;
    private bool _ready;

    [SupplyParameterFromQuery(Name = "q")] public string? Filter { get; set; }

    /// <summary>The member that is open.</summary>
    [SupplyParameterFromQuery] public Guid? Id { get; set; }

    [SupplyParameterFromQuery] public bool Invite { get; set; }

    [SupplyParameterFromQuery] public string? Email { get; set; }

    [SupplyParameterFromQuery] public string? Role { get; set; }

    [SupplyParameterFromQuery] public string? Help { get; set; }

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.People];

    private bool MayWrite => May(AccessPermissions.WritePeople);

    private bool Inviting => Invite && MayWrite;

    private bool HasDrawer => Id is not null || Inviting || Help == "roles";

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(new ListInvitations(Org ?? "", new PageRequest(PageRequest.MaxLimit))) is not { } invitations) return;
        (_invitations, _ready) = (invitations.Items, true);
        _person = Id is { } id ? await FindAsync(id, cancellationToken) : null;
        if (_table is null) return;
        if (_shownFilter == Filter) await _table.RefreshAsync();
        else await _table.ResetAsync();
    }

    private async Task<PersonRow?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var answer = await Portal.AskAsync(Actor, new GetPerson(Org ?? "", id), cancellationToken);
        return answer.TryGet(out var person, out _) ? person : null;
    }

    private Task<DataTablePage<PersonRow>> LoadRowsAsync(DataTableQuery query, CancellationToken cancellationToken)
    {
        _shownFilter = Filter;
        return TableLoading.LoadAsync(query, Filter, page => Portal.AskAsync(Actor, new ListPeople(Org ?? "", page), cancellationToken));
    }

    private async Task TakeBackAsync(InvitationRow invitation)
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["people.takeBackTitle"], T["people.takeBackText", invitation.Email], T["people.takeBack"], Dangerous: true))) return;
        var result = await SendAsync(new RevokeInvitation(Org ?? "", invitation.Id));
        if (result.Problem is { } problem) Toasts.Show(T.Problem(problem), Tone.Bad);
        else Toasts.Show(T["people.takenBack", invitation.Email], Tone.Good);
    }

    private string Address(Guid? id = null, bool invite = false, string? email = null, string? role = null) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["id"] = id, ["invite"] = invite ? true : null, ["email"] = email, ["role"] = role, ["help"] = null,
    });
}
