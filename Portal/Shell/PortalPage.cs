using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace Hexabase.Portal.Shell;

/// <summary>
/// What every page stands on: knows who looks and at which organization, loads, loads again when something it shows has changed
/// (never while a load runs, never twice for one burst), cancels and cleans up when it is left.
/// </summary>
public abstract class PortalPage : ComponentBase, IAsyncDisposable
{
    private readonly CancellationTokenSource _left = new();
    private IAsyncDisposable? _watch;
    private IAsyncDisposable? _watchSelf;
    private Guid? _watched;
    private string? _loadedFor;
    private int _pendingReload;
    private bool _loading;

    /// <summary>The organization's slug, from the route; null on pages of the platform.</summary>
    [Parameter] public string? Org { get; set; }

    [Inject] protected IPortal Portal { get; set; } = default!;

    [Inject] protected Text T { get; set; } = default!;

    [Inject] protected Display Display { get; set; } = default!;

    [Inject] protected NavigationManager Navigation { get; set; } = default!;

    [Inject] protected Toasts Toasts { get; set; } = default!;

    [Inject] private CircuitActor CircuitActor { get; set; } = default!;

    [Inject] private OrganizationFrame Frame { get; set; } = default!;

    [Inject] private AccessRuleDirectory Rules { get; set; } = default!;

    /// <summary>Who looks, with the rules of the organization looked at.</summary>
    protected Actor Actor { get; private set; } = Actor.Anonymous;

    /// <summary>The organization looked at; null while loading and on platform pages.</summary>
    protected Tenant? Tenant { get; private set; }

    /// <summary>Why nothing can be shown; null when all is well.</summary>
    protected Problem? Problem { get; private set; }

    /// <summary>False until the first load has ended.</summary>
    protected bool IsLoaded { get; private set; }

    /// <summary>The viewer may not look (any more): nothing of the page is shown but the reason.</summary>
    protected bool IsDenied => Problem is { Kind: ProblemKind.Forbidden or ProblemKind.NotFound or ProblemKind.Unauthenticated };

    /// <summary>Cancelled when the page is left.</summary>
    protected CancellationToken Left => _left.Token;

    /// <summary>Live topics whose changes load the page again.</summary>
    protected virtual IReadOnlyCollection<string> Topics => [];

    /// <summary>Asks the page's queries and keeps the answers in fields. Runs at the start, when the address changes and when a watched topic changed.</summary>
    protected abstract Task LoadAsync(CancellationToken cancellationToken);

    /// <summary>More to know of a change before the page loads again: which rows to highlight.</summary>
    protected virtual void OnChanged(IReadOnlyList<LiveChange> changes)
    {
    }

    /// <summary>True where the viewer may do it in this organization, by the decision that the command meets: for buttons and links.</summary>
    /// <param name="place">A place in the organization; null = the organization as a whole.</param>
    protected bool May(Permission permission, AccessTarget? place = null) => AccessPolicy.Offers(Actor, permission, place ?? Whole);

    /// <summary>What the viewer lacks for it, in the words of the refusal; null where they may.</summary>
    protected Problem? Lacking(Permission permission) => May(permission) ? null : AccessPolicy.Decide(Actor, permission, Whole).Refusal;

    private AccessTarget Whole => new(Tenant?.Id ?? Guid.Empty);

    protected override async Task OnParametersSetAsync()
    {
        var address = Navigation.Uri;
        if (_loadedFor == address) return;
        _loadedFor = address;
        var caller = await CircuitActor.GetAsync(Left);
        var (tenant, problem) = await Frame.EnterAsync(caller, Org, Left);
        (Actor, Tenant) = (problem is null ? Frame.Actor : caller, tenant);
        if (problem is not null)
        {
            Problem = problem;
            IsLoaded = true;
            return;
        }

        await WatchAsync();
        await ReloadAsync();
    }

    /// <summary>Loads now; a call during a load makes it load once more afterwards.</summary>
    protected async Task ReloadAsync()
    {
        if (_loading)
        {
            _pendingReload = 1;
            return;
        }

        _loading = true;
        try
        {
            do
            {
                _pendingReload = 0;
                Problem = null;
                // A changed role or rule or an ended session counts at once, also in a page that has been open for hours.
                Actor = await StandAsync();
                await LoadAsync(Left);
            }
            while (_pendingReload == 1);
            IsLoaded = true;
        }
        catch (OperationCanceledException) when (Left.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            _loading = false;
        }

        StateHasChanged();
    }

    /// <summary>The answer, or default with <see cref="Problem"/> set.</summary>
    protected async Task<TAnswer?> AskAsync<TAnswer>(Query<TAnswer> query)
    {
        var result = await Portal.AskAsync(Actor, query, Left);
        if (result.TryGet(out var value, out var problem)) return value;
        Problem = problem;
        return default;
    }

    /// <summary>Sends a command; a refusal comes back for the form (or confirm dialog) that sent it.</summary>
    protected async Task<Result<TAnswer>> SendAsync<TAnswer>(Command<TAnswer> command)
    {
        Actor = await StandAsync();
        return await Portal.SendAsync(Actor, command, Left);
    }

    /// <summary>An address below this organization: <c>Url("budgets")</c>.</summary>
    protected string Url(string path) => Org is null ? $"/{path}" : $"/o/{Org}/{path}";

    /// <summary>Where the list of this page leaves as a file: the API's list with the page's filters, for <see cref="ExportMenu"/>.</summary>
    /// <param name="list">Below the organization ("workspaces"), or below the root on pages of the platform.</param>
    /// <param name="filters">Parameters of the API; null and false ones are left out.</param>
    protected Func<string, string> Exported(string list, params (string Name, object? Value)[] filters) => format =>
        Navigation.GetUriWithQueryParameters(
            Org is null ? $"/api/v1/{list}" : $"/api/v1/organizations/{Org}/{list}",
            filters.Append((Name: "format", Value: format)).ToDictionary(f => f.Name, f => f.Value is false ? null : f.Value, StringComparer.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        if (_watch is not null) await _watch.DisposeAsync();
        if (_watchSelf is not null) await _watchSelf.DisposeAsync();
        _left.Dispose();
        await OnLeaveAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What else a page holds.</summary>
    protected virtual ValueTask OnLeaveAsync() => ValueTask.CompletedTask;

    private async Task WatchAsync()
    {
        // What the viewer may do has changed: the page and the places in the navigation are looked at again.
        _watchSelf ??= Portal.Watch(Actor, Guid.Empty, [LiveTopic.Sessions], changes => InvokeAsync(async () =>
        {
            if (_left.IsCancellationRequested || !changes.Any(c => c.Id == Actor.Id.ToString())) return;
            await ReloadAsync();
            // Asked again: a load that was already running may have begun with the old roles.
            await EnterAgainAsync();
        }));
        var organization = Tenant?.Id ?? Guid.Empty;
        if ((Topics.Count == 0 && Tenant is null) || _watched == organization) return;
        if (_watch is not null) await _watch.DisposeAsync();
        _watched = organization;
        // Rules decide what every page of the organization offers.
        var topics = Tenant is null ? Topics : [.. Topics.Append(LiveTopic.Roles).Distinct(StringComparer.Ordinal)];
        _watch = Portal.Watch(Actor, organization, topics, changes => InvokeAsync(async () =>
        {
            if (_left.IsCancellationRequested) return;
            OnChanged(changes);
            await ReloadAsync();
            if (Tenant is not null && changes.Any(c => c.Topic == LiveTopic.Roles)) await EnterAgainAsync();
        }));
    }

    /// <summary>The viewer as they are now, on the page and in the navigation.</summary>
    private async Task EnterAgainAsync()
    {
        await Frame.EnterAsync(await CircuitActor.GetAsync(Left), Org, Left);
        Actor = await StandAsync();
        StateHasChanged();
    }

    private async ValueTask<Actor> StandAsync() => await Rules.StandAsync(await CircuitActor.GetAsync(Left), Tenant?.Id ?? Guid.Empty, Left);
}
