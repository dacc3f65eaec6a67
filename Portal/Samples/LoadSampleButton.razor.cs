using Hexabase.Portal.Access;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Samples;

/// <summary>
/// For empty states: loads the sample organization, shows how far it is, and leads to it. Draws nothing for who may not make organizations.
/// </summary>
public sealed partial class LoadSampleButton : IAsyncDisposable
{
    private readonly CancellationTokenSource _left = new();
    private Actor _actor = Actor.Anonymous;
    private SampleStatus? _status;
    private IAsyncDisposable? _watch;
    private bool _sending;

    [Inject] private IPortal Portal { get; set; } = default!;

    [Inject] private CircuitActor CircuitActor { get; set; } = default!;

    [Inject] private Text T { get; set; } = default!;

    [Inject] private Display Display { get; set; } = default!;

    [Inject] private Toasts Toasts { get; set; } = default!;

    private bool MayLoad => AccessPolicy.May(_actor, OrganizationsPermissions.Create, Guid.Empty);

    protected override async Task OnInitializedAsync()
    {
        await RefreshAsync();
        if (MayLoad) _watch = Portal.Watch(_actor, Guid.Empty, [LiveTopic.Jobs], _ => InvokeAsync(RefreshAsync));
    }

    public async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        if (_watch is not null) await _watch.DisposeAsync();
        _left.Dispose();
    }

    private async Task RefreshAsync()
    {
        if (_left.IsCancellationRequested) return;
        try
        {
            _actor = await CircuitActor.GetAsync(_left.Token);
            if (!MayLoad) return;
            var before = _status;
            var answer = await Portal.AskAsync(_actor, new GetSampleStatus(), _left.Token);
            // In an outage the last known state stays; the page around says what is wrong.
            if (!answer.TryGet(out var status, out _)) return;
            _status = status;
            if (before is { Load.EndedAtUtc: null } && status.Load is { State: JobState.Failed } failed) Toasts.Show(T["sample.failed", failed.Title], Tone.Bad);
            StateHasChanged();
        }
        catch (OperationCanceledException) when (_left.IsCancellationRequested)
        {
            // The page was left.
        }
    }

    private async Task LoadAsync()
    {
        _sending = true;
        _actor = await CircuitActor.GetAsync(_left.Token);
        // Without a size, so that a load that was begun with the small bill goes on with it.
        var result = await Portal.SendAsync(_actor, new LoadSample(), _left.Token);
        _sending = false;
        if (result.Problem is { } problem) Toasts.Show(T.Problem(problem), Tone.Bad);
        await RefreshAsync();
    }
}
