using Hexabase.Portal.Audit.Retention;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AuditRetention;

/// <summary>What reached its horizon, by month and class, and the start of its archiving and removal.</summary>
public sealed partial class ExpiryPanel
{
    private ConfirmDialog? _confirm;

    [Parameter, EditorRequired] public required ExpiryPreview Preview { get; set; }

    /// <summary>The newest expiry, running or ended; null where there was none or the viewer may not see jobs.</summary>
    [Parameter] public JobRow? Job { get; set; }

    [Parameter] public bool MayWrite { get; set; }

    /// <summary>Where the retention is set.</summary>
    [Parameter, EditorRequired] public required string KeepHref { get; set; }

    [Parameter] public EventCallback OnStarted { get; set; }

    private bool IsRunning => Job?.State is JobState.Queued or JobState.Running;

    private async Task StartAsync()
    {
        var months = Preview.Parts.Count(p => p.Entries > 0);
        var text = T.Plural("retention.expireText", months, Display.Number(Preview.Entries)) + " " + (Preview.Held > 0 ? T["retention.expireHeld", Display.Number(Preview.Held)] + " " : "") + T["retention.expireUndo"];
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["retention.expireTitle"], text, T["retention.expire"], Dangerous: true))) return;
        var (done, _) = await SendAsync(new ExpireAudit(Org));
        if (!done) return;
        Toasts.Show(T["retention.expireStarted"], Tone.Good);
        await OnStarted.InvokeAsync();
    }
}
