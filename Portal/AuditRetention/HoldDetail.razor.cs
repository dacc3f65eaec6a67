using Hexabase.Portal.Audit.Retention;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Shell;
using Hexabase.Portal.Workspaces;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AuditRetention;

/// <summary>One legal hold, and its end.</summary>
public sealed partial class HoldDetail
{
    private ConfirmDialog? _confirm;
    private string? _reason;

    [Parameter, EditorRequired] public required HoldRow Hold { get; set; }

    /// <summary>Display names by user id.</summary>
    [Parameter, EditorRequired] public required IReadOnlyDictionary<Guid, string> Names { get; set; }

    [Parameter, EditorRequired] public required IReadOnlyList<WorkspaceRow> Workspaces { get; set; }

    [Parameter] public bool MayWrite { get; set; }

    [Parameter] public EventCallback OnReleased { get; set; }

    internal static string WhoOf(HoldRow hold, IReadOnlyDictionary<Guid, string> names, Text text) => hold.UserId is { } user ? names.GetValueOrDefault(user) ?? user.ToString() : text["retention.everybody"];

    internal static string WhereOf(HoldRow hold, IReadOnlyList<WorkspaceRow> workspaces, Text text) =>
        hold.WorkspaceId is { } id ? workspaces.FirstOrDefault(w => w.Id == id)?.Name ?? id.ToString() : text["retention.everywhere"];

    private async Task ReleaseAsync()
    {
        // Without a reason there is nothing to confirm: the command says what is missing.
        if (!string.IsNullOrWhiteSpace(_reason) && (_confirm is null || !await _confirm.AskAsync(new Question(T["retention.releaseTitle", Hold.Name], T["retention.releaseText"], T["retention.release"], Dangerous: true)))) return;
        var (done, _) = await SendAsync(new ReleaseAuditHold(Org, Hold.Id, _reason ?? ""));
        if (!done) return;
        Toasts.Show(T["retention.holdReleased", Hold.Name], Tone.Good);
        await OnReleased.InvokeAsync();
    }
}
