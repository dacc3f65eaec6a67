using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Hexabase.Portal.Shell;

/// <summary>The frame of every signed-in page. An error inside the page shows in its place; the frame stays usable.</summary>
public sealed partial class MainLayout : IDisposable
{
    private ErrorBoundary? _boundary;

    [Inject] private Text T { get; set; } = default!;

    [Inject] private ShellModel Model { get; set; } = default!;

    private ShellState State => Model.State;

    protected override void OnInitialized() => Model.Changed += OnChanged;

    // The next page starts afresh after an error.
    protected override void OnParametersSet() => _boundary?.Recover();

    public void Dispose() => Model.Changed -= OnChanged;

    private void Recover() => _boundary?.Recover();

    private void OnChanged() => _ = InvokeAsync(StateHasChanged);
}
