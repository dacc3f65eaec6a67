using System.Text.Json;
using Hexabase.Portal.Audit.Retention;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AuditRetention;

/// <summary>One archive: its receipt, the proof of deletion, and its entries while it is restored.</summary>
public sealed partial class ArchiveDetail
{
    private const string Proof = "proof";
    private const string Entries = "entries";
    private ConfirmDialog? _confirm;
    private DeletionProof? _proof;

    [Parameter, EditorRequired] public required ExpiryRow Row { get; set; }

    /// <summary>A restoring that is under way or failed.</summary>
    [Parameter] public JobRow? Job { get; set; }

    [Parameter] public bool MayWrite { get; set; }

    /// <summary>Null = the receipt, "proof", "entries".</summary>
    [Parameter] public string? Show { get; set; }

    [Parameter] public string? Contains { get; set; }

    [Parameter] public long? Entry { get; set; }

    /// <summary>The address of what to show and of one of its entries.</summary>
    [Parameter, EditorRequired] public required Func<string?, long?, string> HrefOf { get; set; }

    [Parameter] public EventCallback OnChanged { get; set; }

    private bool IsRestoring => Job?.State is JobState.Queued or JobState.Running;

    private IReadOnlyList<Tabs.Tab> TabItems =>
    [
        new(HrefOf(null, null), T["retention.receipt"], Show is not (Proof or Entries)), new(HrefOf(Proof, null), T["retention.proof"], Show == Proof),
        new(HrefOf(Entries, null), T["retention.entries"], Show == Entries, Row.Restored > 0 ? Row.Restored : null),
    ];

    /// <summary>As the API answers it.</summary>
    private string ProofJson => JsonSerializer.Serialize(_proof, ApiJson.Options);

    protected override async Task OnParametersSetAsync()
    {
        if (Show == Proof && _proof is null) _proof = await AskAsync(new GetDeletionProof(Org, Row.Id));
    }

    private async Task RestoreAsync()
    {
        var (done, _) = await SendAsync(new RestoreAuditArchive(Org, Row.Id));
        if (!done) return;
        Toasts.Show(T["retention.restoreStarted"], Tone.Good);
        await OnChanged.InvokeAsync();
    }

    private async Task CloseAsync()
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["retention.closeTitle"], T["retention.closeText"], T["retention.close"]))) return;
        var (done, _) = await SendAsync(new CloseAuditArchive(Org, Row.Id));
        if (!done) return;
        Toasts.Show(T["retention.closed"], Tone.Good);
        await OnChanged.InvokeAsync();
    }
}
