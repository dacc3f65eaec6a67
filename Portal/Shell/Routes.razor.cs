using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Shell;

/// <summary>Root of the circuit: takes over language and zone from the document and draws all again when the viewer changes them.</summary>
public sealed partial class Routes : IDisposable
{
    private bool _ready;

    [Parameter] public string? Language { get; set; }

    /// <summary>Null: the browser is asked before the first page is drawn, so that no time is shown in another zone first.</summary>
    [Parameter] public string? Zone { get; set; }

    [Inject] private Viewer Viewer { get; set; } = default!;

    [Inject] private Browser Browser { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        // Pages without a circuit have nobody to ask.
        Viewer.Use(Language, Zone ?? (RendererInfo.IsInteractive ? await Browser.ZoneAsync() : null));
        Viewer.Changed += OnChanged;
        _ready = true;
    }

    public void Dispose() => Viewer.Changed -= OnChanged;

    private void OnChanged() => _ = InvokeAsync(async () =>
    {
        StateHasChanged();
        await Browser.LanguageAsync(Viewer.Language);
    });
}
