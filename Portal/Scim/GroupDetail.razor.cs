using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.AccessRoles;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Scim;

/// <summary>One group: who is in it and the role that its members hold at the organization.</summary>
public sealed partial class GroupDetail
{
    private const string None = "";
    private DataTable<GroupMemberRow>? _table;
    private ConfirmDialog? _confirm;
    private string _role = None;
    private long _version;

    [Parameter, EditorRequired] public required GroupRow Row { get; set; }

    [Parameter] public bool CanEdit { get; set; }

    [Parameter] public EventCallback OnChanged { get; set; }

    private string Held => Row.Roles is [var first, ..] ? first : None;

    private IReadOnlyList<(string, string)> Choices => [(None, T["groups.noRole"]), .. Offered.Select(r => r.Word).Union(Row.Roles, StringComparer.Ordinal).Select(r => (r, Known.FirstOrDefault(k => k.Word == r)?.Name ?? RoleWords.Name(T, r)))];

    protected override async Task OnParametersSetAsync()
    {
        if (_version == Row.Version) return;
        var isFirst = _version == 0;
        (_version, _role) = (Row.Version, Held);
        if (!isFirst && _table is not null) await _table.RefreshAsync();
    }

    private Task<DataTablePage<GroupMemberRow>> LoadAsync(DataTableQuery query, CancellationToken cancellationToken) =>
        TableLoading.LoadAsync(query, null, page => Portal.AskAsync(Actor, new ListGroupMembers(Org, Row.Id, page), cancellationToken));

    private async Task SaveAsync()
    {
        if (_confirm is null) return;
        // One click reaches many people: a role that may change everything, or one taken away, is asked for once more.
        if ((_role == BuiltInRoles.OrgAdmin || _role == None) && Row.Members > 0
            && !await _confirm.AskAsync(new Question(T["groups.confirmTitle", Row.DisplayName], T[_role == None ? "groups.confirmNone" : "groups.confirmAdmin", Display.Number((long)Row.Members)], T["groups.save"], Dangerous: true))) return;
        var (done, _) = await SendAsync(new BindGroupRole(Org, Row.Id, _role == None ? null : _role));
        if (!done) return;
        Toasts.Show(T["groups.saved", Row.DisplayName], Tone.Good);
        await OnChanged.InvokeAsync();
    }
}
