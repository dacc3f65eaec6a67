using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.ServiceAccounts;
using Hexabase.Portal.Controls;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>Makes a service account or changes one: its role, who answers for it, whether it works.</summary>
public sealed partial class ServiceAccountForm
{
    private ConfirmDialog? _confirm;
    private string? _name;
    private string? _description;
    private string? _owner;
    private string? _role;
    private bool _active = true;

    /// <summary>Null for a new one.</summary>
    [Parameter] public ServiceAccountRow? Row { get; set; }

    [Parameter] public bool CanEdit { get; set; }

    [Parameter] public EventCallback<ServiceAccountRow> OnSaved { get; set; }

    [Parameter] public EventCallback OnRemoved { get; set; }

    protected override void OnInitialized()
    {
        if (Row is { } row) (_name, _description, _role, _active) = (row.Name, row.Description, row.Role, row.IsActive);
        else (_role, _owner) = (BuiltInRoles.OrgUser, Actor.Name);
    }

    private async Task SaveAsync()
    {
        var owner = string.IsNullOrWhiteSpace(_owner) ? null : _owner.Trim();
        var (done, saved) = Row is { } row
            ? await SendAsync(new ChangeServiceAccount(Org, row.Id, _name, _description ?? "", string.IsNullOrEmpty(_role) || _role == row.Role ? null : _role, owner, _active, row.Version))
            : await SendAsync(new CreateServiceAccount(Org, _name, _role, _description, owner));
        if (!done || saved is null) return;
        Toasts.Show(T["form.saved"], Tone.Good);
        await OnSaved.InvokeAsync(saved);
    }

    private async Task DeleteAsync()
    {
        if (Row is not { } row || _confirm is null) return;
        if (!await _confirm.AskAsync(new Question(T["accounts.deleteTitle", row.Name], T["accounts.deleteText"], T["accounts.delete"], Dangerous: true))) return;
        var (done, _) = await SendAsync(new DeleteServiceAccount(Org, row.Id, row.Version));
        if (!done) return;
        Toasts.Show(T["accounts.deleted", row.Name], Tone.Good);
        await OnRemoved.InvokeAsync();
    }
}
