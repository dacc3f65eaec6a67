using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Shell;

/// <summary>The places of <see cref="NavModel"/>. Below 900 px the same element is a native popover that slides over the page.</summary>
public sealed partial class NavMenu : IDisposable
{
    [Inject] private NavModel Model { get; set; } = default!;

    [Inject] private Text T { get; set; } = default!;

    [Inject] private Display Display { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    /// <summary>The place that holds the page: of those whose address the page's begins with, the longest, so that a page below another's address lights its own place alone.</summary>
    private NavItem? Current
    {
        get
        {
            var path = new Uri(Navigation.Uri).AbsolutePath.TrimEnd('/');
            return Model.Groups.SelectMany(g => g.Items).Where(i => path.Equals(i.Href, StringComparison.OrdinalIgnoreCase) || (!i.Exact && path.StartsWith(i.Href + "/", StringComparison.OrdinalIgnoreCase))).MaxBy(i => i.Href.Length);
        }
    }

    protected override void OnInitialized()
    {
        Model.Changed += OnChanged;
        Navigation.LocationChanged += OnMoved;
    }

    public void Dispose()
    {
        Model.Changed -= OnChanged;
        Navigation.LocationChanged -= OnMoved;
    }

    private void OnMoved(object? sender, Microsoft.AspNetCore.Components.Routing.LocationChangedEventArgs moved) => OnChanged();

    private void OnChanged() => _ = InvokeAsync(StateHasChanged);
}
