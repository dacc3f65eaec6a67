using Hexabase.Portal.Access;
using Hexabase.Portal.Audit.Retention;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Workspaces;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AuditRetention;

/// <summary>Places a legal hold.</summary>
public sealed partial class HoldForm
{
    private string? _name;
    private string? _reason;
    private DateOnly? _from;
    private DateOnly? _to;
    private Guid? _user;
    private Guid? _workspace;

    [Parameter, EditorRequired] public required IReadOnlyList<PersonRow> People { get; set; }

    [Parameter, EditorRequired] public required IReadOnlyList<WorkspaceRow> Workspaces { get; set; }

    /// <summary>With the new hold's id.</summary>
    [Parameter] public EventCallback<Guid> OnPlaced { get; set; }

    private IReadOnlyList<(Guid?, string)> Users => [(null, T["retention.everybody"]), .. People.Select(p => ((Guid?)p.UserId, ErasePanel.NameOf(p)))];

    private IReadOnlyList<(Guid?, string)> Places => [(null, T["retention.everywhere"]), .. Workspaces.Select(w => ((Guid?)w.Id, w.Name))];

    private async Task PlaceAsync()
    {
        // The last day counts: the hold ends where the next one begins.
        var (done, hold) = await SendAsync(new PlaceAuditHold(Org, _name ?? "", _reason ?? "", Begin(_from), Begin(_to < DateOnly.MaxValue ? _to?.AddDays(1) : _to), _user, _workspace?.ToString("D")));
        if (!done || hold is null) return;
        Toasts.Show(T["retention.holdPlaced", hold.Name], Tone.Good);
        await OnPlaced.InvokeAsync(hold.Id);
    }

    private static DateTime? Begin(DateOnly? day) => day?.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}
