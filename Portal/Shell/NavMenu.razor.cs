using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Shell;

/// <summary>The places of <see cref="NavModel"/>. Below 900 px the same element is a native popover that slides over the page.</summary>
public sealed partial class NavMenu : IDisposable
{
    [Inject] private NavModel Model { get; set; } = default!;

    [Inject] private Text T { get; set; } = default!;

    [Inject] private Display Display { get; set; } = default!;

    protected override void OnInitialized() => Model.Changed += OnChanged;

    public void Dispose() => Model.Changed -= OnChanged;

    private void OnChanged() => _ = InvokeAsync(StateHasChanged);
}
