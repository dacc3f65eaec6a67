using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AccessRoles;

/// <summary>Who holds which role where; giving one beside the list, taking one away in it.</summary>
public sealed partial class BindingsPage
{
    private static readonly string[] Scopes = ["organization", "businessUnit", "workspace", "project"];
    private DataTable<BindingRow>? _table;
    private ConfirmDialog? _confirm;
    private IReadOnlyList<RoleRow> _roles = [];
    private string? _shownFilters;
    private bool _ready;

    [SupplyParameterFromQuery(Name = "q")] public string? Filter { get; set; }

    [SupplyParameterFromQuery] public string? Role { get; set; }

    [SupplyParameterFromQuery] public string? Scope { get; set; }

    [SupplyParameterFromQuery] public bool New { get; set; }

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Roles, LiveTopic.People];

    private bool MayWrite => May(RolesPermissions.Write);

    private bool Creating => New && MayWrite;

    private string Filters => $"{Filter}\n{Role}\n{Scope}";

    private IReadOnlyList<FilterChip.Option> RoleOptions => [new("", T["list.any"], Role is null), .. _roles.Where(r => r.WidestScope != GrantScope.Platform || r.Key == BuiltInRoles.Auditor).Select(r => new FilterChip.Option(r.Slug ?? r.Key, RoleWords.Name(T, r), (r.Slug ?? r.Key) == Role))];

    private IReadOnlyList<FilterChip.Option> ScopeOptions => [new("", T["list.any"], Scope is null), .. Scopes.Select(s => new FilterChip.Option(s, ScopeName(s), s == Scope))];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        _roles = await AskAsync(new ListRoles(Org ?? "")) ?? _roles;
        // Refused as a whole, the page says so; the table alone would show an empty list.
        if (await AskAsync(new ListBindings(Org ?? "", new PageRequest(1))) is null) return;
        _ready = true;
        if (_table is null) return;
        if (_shownFilters == Filters) await _table.RefreshAsync();
        else await _table.ResetAsync();
    }

    private Task<DataTablePage<BindingRow>> LoadRowsAsync(DataTableQuery query, CancellationToken cancellationToken)
    {
        _shownFilters = Filters;
        return TableLoading.LoadAsync(query, Filter, page => Portal.AskAsync(Actor, new ListBindings(Org ?? "", page, Role: Role, Scope: Scope), cancellationToken));
    }

    private string ScopeName(string word) => Scopes.Contains(word) ? T[$"scope.{char.ToUpperInvariant(word[0])}{word[1..]}"] : word;

    private async Task BoundAsync(BindingRow row)
    {
        Toasts.Show(T["bindings.given", row.PrincipalName, RoleWords.Name(T, row)], Tone.Good);
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("new", (string?)null));
        await ReloadAsync();
    }

    private async Task TakeAsync(BindingRow row)
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["bindings.takeTitle", RoleWords.Name(T, row)], T["bindings.takeText", row.PrincipalName ?? "–"], T["bindings.take"], Dangerous: true))) return;
        var result = await SendAsync(new UnbindRole(Org ?? "", row.Id));
        if (result.Problem is { } problem) Toasts.Show(T.Problem(problem), Tone.Bad);
        else Toasts.Show(T["bindings.taken", row.PrincipalName ?? "–"], Tone.Good);
    }

    private void Show(string name, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, string.IsNullOrEmpty(value) ? null : value), replace: true);

    private EventCallback Remover(string name, string? value) => value is null ? default : EventCallback.Factory.Create(this, () => Show(name, null));
}
