using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Shell;

/// <summary>Root of the circuit: takes over language and zone from the document and draws all again when the viewer changes them.</summary>
public sealed partial class Routes : IDisposable
{
    [Parameter] public string? Language { get; set; }

    [Parameter] public string? Zone { get; set; }

    [Inject] private Viewer Viewer { get; set; } = default!;

    [Inject] private Browser Browser { get; set; } = default!;

    protected override void OnInitialized()
    {
        Viewer.Use(Language, Zone);
        Viewer.Changed += OnChanged;
    }

    public void Dispose() => Viewer.Changed -= OnChanged;

    private void OnChanged() => _ = InvokeAsync(async () =>
    {
        StateHasChanged();
        await Browser.LanguageAsync(Viewer.Language);
    });
}
