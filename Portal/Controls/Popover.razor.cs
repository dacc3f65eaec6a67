using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Controls;

/// <summary>A button and the native popover it opens, without a round trip. Esc and a click outside close it; the focus returns to the button.</summary>
public sealed partial class Popover
{
    private static long _last;

    [Parameter, EditorRequired] public required RenderFragment Button { get; set; }

    [Parameter] public string ButtonClass { get; set; } = "btn";

    /// <summary>Name of the button where it shows only a drawing.</summary>
    [Parameter] public string? Label { get; set; }

    [Parameter] public string? Title { get; set; }

    /// <summary>Name of the panel for screen readers where the button has a visible word.</summary>
    [Parameter] public string? Name { get; set; }

    /// <summary>"menu" (items are commands) or "dialog" (anything else).</summary>
    [Parameter] public string Role { get; set; } = "dialog";

    [Parameter] public bool Disabled { get; set; }

    [Parameter] public RenderFragment? ChildContent { get; set; }

    private string Id { get; } = "pop-" + Interlocked.Increment(ref _last).ToString("x", System.Globalization.CultureInfo.InvariantCulture);
}
