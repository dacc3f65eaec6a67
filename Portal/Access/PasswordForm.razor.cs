using Hexabase.Portal.Controls;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>Changes the viewer's password; their other sessions end with it.</summary>
public sealed partial class PasswordForm
{
    private string? _current;
    private string? _new;
    private int _saved;

    /// <summary>For the browser's password store.</summary>
    [Parameter, EditorRequired] public required string UserName { get; set; }

    private async Task SaveAsync()
    {
        var (done, _) = await SendAsync(new ChangePassword(_current, _new));
        if (!done) return;
        (_current, _new, _saved) = (null, null, _saved + 1);
        Toasts.Show(T["account.passwordChanged"], Tone.Good);
    }
}
