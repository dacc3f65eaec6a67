using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Controls;

/// <summary>Draws <see cref="Toasts"/> and counts them in the tab's title while the tab is hidden.</summary>
public sealed partial class ToastRegion : IDisposable
{
    private long _newest;

    [Inject] private Toasts Toasts { get; set; } = default!;

    [Inject] private Browser Browser { get; set; } = default!;

    [Inject] private Text T { get; set; } = default!;

    protected override void OnInitialized() => Toasts.Changed += OnChanged;

    public void Dispose() => Toasts.Changed -= OnChanged;

    private void OnChanged() => _ = InvokeAsync(async () =>
    {
        StateHasChanged();
        var newest = Toasts.Shown.Count > 0 ? Toasts.Shown[^1].Id : 0;
        if (newest <= _newest) return;
        _newest = newest;
        await Browser.NoticeAsync();
    });

    private async Task RunAsync(long id, Func<Task> action)
    {
        Toasts.Close(id);
        await action();
    }
}
