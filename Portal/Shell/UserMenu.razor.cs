using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Shell;

/// <summary>Theme (a choice of this browser, kept and ticked by portal.js), language (at once, without reload), account, sign-out (a POST with the antiforgery token).</summary>
public sealed partial class UserMenu
{
    private static readonly (string Value, string Key)[] Themes = [("system", "shell.themeSystem"), ("light", "shell.themeLight"), ("dark", "shell.themeDark")];

    // Each language calls itself by its own name.
    private static readonly (string Code, string Name)[] Languages = [("en", "English"), ("ja", "日本語")];

    [Parameter, EditorRequired] public required ShellState State { get; set; }

    [Inject] private Text T { get; set; } = default!;

    [Inject] private Viewer Viewer { get; set; } = default!;
}
