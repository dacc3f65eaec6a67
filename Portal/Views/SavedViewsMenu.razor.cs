using Hexabase.Portal.Access;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Views;

/// <summary>
/// The saved views of a list page: open, save, rename, share, remove, open by default. A page without a query opens with its default once; whoever then
/// clears the filters stays with them cleared. <c>&lt;SavedViewsMenu Actor="Actor" Org="@Org" Page="workspaces" /&gt;</c> among the actions of the page.
/// </summary>
public sealed partial class SavedViewsMenu : IAsyncDisposable
{
    private ConfirmDialog? _confirm;
    private IReadOnlyList<SavedViewRow> _views = [];
    private bool _mayRead;
    private IAsyncDisposable? _watch;
    private ViewForm? _form;

    /// <summary>The page's path below the organization.</summary>
    [Parameter, EditorRequired] public required string Page { get; set; }

    /// <summary>Parameters of the address that say what is open beside the list and are no part of a view.</summary>
    [Parameter] public IReadOnlyCollection<string> Passing { get; set; } = [];

    [Inject] private OrganizationFrame Frame { get; set; } = default!;

    private Guid Organization => Frame.Tenant?.Id ?? Guid.Empty;

    private bool MayWrite => AccessPolicy.May(Actor, ViewsPermissions.Write, Organization);

    private bool MayShare => AccessPolicy.May(Actor, ViewsPermissions.Share, Organization);

    private string Query => ViewAddress.Of(new Uri(Navigation.Uri).Query, Passing);

    protected override async Task OnInitializedAsync()
    {
        if (Frame.Tenant is null || !AccessPolicy.May(Actor, ViewsPermissions.Read, Organization)) return;
        _mayRead = true;
        _watch = Portal.Watch(Actor, Organization, [LiveTopic.Views], _ => InvokeAsync(async () =>
        {
            await LoadAsync();
            StateHasChanged();
        }));
        await LoadAsync();
        if (new Uri(Navigation.Uri).Query.Length == 0 && _views.FirstOrDefault(v => v.IsDefault) is { QueryString.Length: > 0 } start) Navigation.NavigateTo(Address(start), replace: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (_watch is not null) await _watch.DisposeAsync();
        Dispose();
    }

    private async Task LoadAsync()
    {
        if (Left.IsCancellationRequested) return;
        var answer = await Portal.AskAsync(Actor, new ListSavedViews(Org, new PageRequest(PageRequest.MaxLimit), Page), Left);
        if (answer.Succeeded) _views = answer.Value.Items;
    }

    private bool IsOpen(SavedViewRow view) => ViewAddress.Of(view.QueryString, []) == Query && view.QueryString.Length > 0;

    private string Address(SavedViewRow view) => Url(view.QueryString.Length == 0 ? Page : $"{Page}?{view.QueryString}");

    private void Open(SavedViewRow? view)
    {
        Problem = null;
        _form = new ViewForm { Id = view?.Id, Version = view?.Version, Name = view?.Name, IsShared = view?.IsShared ?? false };
    }

    private void Close() => (_form, Problem) = (null, null);

    private async Task SaveAsync()
    {
        if (_form is not { } form) return;
        var (done, saved) = form.Id is { } id
            ? await SendAsync(new ChangeView(Org, id, form.Name ?? "", form.TakesQuery ? Query : null, form.IsShared, form.Version))
            : await SendAsync(new SaveView(Org, Page, form.Name, Query, form.IsShared));
        if (!done || saved is null) return;
        if (form.IsDefault) await SendAsync(new SetDefaultView(Org, saved.Id));
        if (Problem is null) Close();
        Toasts.Show(T["views.saved", saved.Name], Tone.Good);
        await LoadAsync();
    }

    private async Task SetDefaultAsync(SavedViewRow view)
    {
        await SendAsync(new SetDefaultView(Org, view.Id, !view.IsDefault));
        await LoadAsync();
    }

    private async Task DeleteAsync(SavedViewRow view)
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["views.deleteTitle", view.Name], T[view.IsShared ? "views.deleteShared" : "views.deleteText"], T["views.delete"], Dangerous: true))) return;
        var (done, _) = await SendAsync(new DeleteView(Org, view.Id, view.Version));
        if (!done && Problem is { } problem) Toasts.Show(T.Problem(problem), Tone.Bad);
        await LoadAsync();
    }

    private sealed class ViewForm
    {
        public Guid? Id { get; init; }

        public long? Version { get; init; }

        public string? Name { get; set; }

        public bool IsShared { get; set; }

        public bool IsDefault { get; set; }

        /// <summary>The view shows from now on what the page shows.</summary>
        public bool TakesQuery { get; set; }
    }
}
