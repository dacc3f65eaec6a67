using System.Globalization;
using System.Text.Json;
using Hexabase.Portal.Audit.Log;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Hexabase.Portal.Audit;

/// <summary>
/// "Verify the log": the browser keeps the last checkpoint that it has seen of each log, and checks by itself (wwwroot/js/audit-log.js) that the newest one is signed and continues it.
/// The server hands out checkpoint, keys and the consistency proof; what was there before, only the browser knows.
/// </summary>
public sealed partial class AuditConsistency
{
    private Outcome? _outcome;
    private bool _busy;

    [Inject] private IJSRuntime Js { get; set; } = default!;

    private string? Organization => Org.Length == 0 ? null : Org;

    /// <summary>Under what the browser keeps it. The platform's log has no slug, and no slug begins with a colon.</summary>
    private string Place => Org.Length == 0 ? ":platform" : Org;

    private async Task VerifyAsync()
    {
        (_busy, Problem) = (true, null);
        try
        {
            if (await AskAsync(new GetAuditCheckpoint(Organization)) is not { } checkpoint || await AskAsync(new ListAuditKeys(Organization)) is not { } keys) return;
            var before = await Js.InvokeAsync<string?>("portal.recallAudit", Left, Place);
            IReadOnlyList<byte[]> path = [];
            // A log that is shorter than it was has no such proof: the browser says so.
            if (long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0 && size <= checkpoint.TreeSize)
            {
                if (await AskAsync(new GetConsistencyProof(Organization, size, checkpoint.TreeSize)) is not { } proof) return;
                path = proof.Path;
            }

            var answer = await Js.InvokeAsync<JsonElement>("portal.verifyAuditLog", Left, Place, new
            {
                checkpoint = checkpoint.Note,
                keys = keys.Select(k => new { name = k.Name, publicKey = k.PublicKeyPem }),
                path = path.Select(Convert.ToBase64String),
            });
            _outcome = Outcome.Of(answer);
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

    private async Task ForgetAsync()
    {
        await Js.InvokeVoidAsync("portal.forgetAudit", Left, Place);
        _outcome = null;
    }

    private string Sentence(Outcome outcome) => outcome switch
    {
        { Error: { } error } => error,
        { Held: false } => T["audit.log.failedWhy"],
        { From: { } from, To: { } to } => T[$"audit.log.{outcome.Name}Why", Display.Number(from), Display.Number(to), Display.Time(outcome.AtUtc)],
        _ => T["audit.log.firstWhy", Display.Number(outcome.To ?? 0)],
    };

    /// <param name="Name">first, same, grown or failed.</param>
    /// <param name="From">Entries of the remembered log.</param>
    private sealed record Outcome(string Name, IReadOnlyList<ProofStep> Steps, bool NewKey, long? From, long? To, DateTime? AtUtc, string? Error)
    {
        public bool Held => Name != "failed";

        public static Outcome Of(JsonElement answer) => new(
            answer.GetProperty("outcome").GetString() ?? "failed", ProofStep.Of(answer), answer.GetProperty("newKey").GetBoolean(), Size(answer.GetProperty("from")), Size(answer.GetProperty("to")),
            answer.GetProperty("at") is { ValueKind: JsonValueKind.String } at && at.TryGetDateTime(out var time) ? time.ToUniversalTime() : null, answer.GetProperty("error").GetString());

        private static long? Size(JsonElement text) => long.TryParse(text.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null;
    }
}
