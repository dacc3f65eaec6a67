using System.Text.Json;
using Hexabase.Portal.Audit.Log;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Hexabase.Portal.Audit;

/// <summary>
/// "Verify this entry": the server hands out leaf, path, checkpoint and keys; the browser computes the hashes and checks the signature by itself
/// (wwwroot/js/audit-verify.js), so that the answer does not rest on the portal's word.
/// </summary>
public sealed partial class AuditProof
{
    private Outcome? _result;
    private DateTime _checkedAtUtc;
    private string? _note;
    private bool _busy;

    /// <summary>The entry's place in the log.</summary>
    [Parameter, EditorRequired] public long Index { get; set; }

    [Inject] private IJSRuntime Js { get; set; } = default!;

    [Inject] private TimeProvider Clock { get; set; } = default!;

    private string? Organization => Org.Length == 0 ? null : Org;

    private async Task VerifyAsync()
    {
        (_busy, Problem) = (true, null);
        try
        {
            if (await AskAsync(new GetAuditCheckpoint(Organization)) is not { } checkpoint || await AskAsync(new ListAuditKeys(Organization)) is not { } keys) return;
            if (await AskAsync(new GetInclusionProof(Organization, Index, checkpoint.TreeSize)) is not { } proof) return;
            var answer = await Js.InvokeAsync<JsonElement>("portal.verifyAudit", Left, new
            {
                leaf = proof.Leaf is null ? null : Convert.ToBase64String(proof.Leaf),
                index = Index,
                path = proof.Path.Select(Convert.ToBase64String),
                checkpoint = checkpoint.Note,
                keys = keys.Select(k => new { name = k.Name, publicKey = k.PublicKeyPem }),
            });
            (_result, _note, _checkedAtUtc) = (Outcome.Of(answer), checkpoint.Note, Clock.GetUtcNow().UtcDateTime);
        }
        catch (JSDisconnectedException)
        {
            // The tab is gone; nobody waits for the answer.
        }
        finally
        {
            _busy = false;
        }
    }

    private sealed record Outcome(bool Valid, IReadOnlyList<ProofStep> Steps, string? Error)
    {
        public static Outcome Of(JsonElement answer) => new(answer.GetProperty("valid").GetBoolean(), ProofStep.Of(answer), answer.GetProperty("error").GetString());
    }
}
