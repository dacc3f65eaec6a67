using System.Text;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Integrations.Siem;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Integrations;

/// <summary>The receivers of an organization's audit log outside of the portal.</summary>
internal static class AuditSinksApi
{
    public static void MapAuditSinks(this RouteGroupBuilder api)
    {
        var sinks = api.MapGroup("/organizations/{org}/audit-sinks").WithTags("Audit sinks");
        sinks.MapGet("", (string org, ApiCall call) => call.ListAsync(page => new ListAuditSinks(org, page), View))
            .WithName("listAuditSinks").WithSummary("Sinks with state, lag and throughput; sort: name");
        sinks.MapPost("", (string org, AuditSinkInput input, ApiCall call) =>
                call.CreateAsync(new CreateAuditSink(org, input), Made, m => $"/api/v1/organizations/{org}/audit-sinks/{m.Row.Slug}", m => m.Row.Version))
            .WithName("createAuditSink").WithSummary("Makes a sink (kind: syslogTls, syslogTcp, hec, https, file); a webhook secret that the portal makes is in this answer only");
        sinks.MapPost("/test", (string org, AuditSinkInput input, ApiCall call) => TestAsync(org, null, input, call))
            .WithName("testNewAuditSink").WithSummary("Sends one marked message to a receiver that is not stored yet");
        sinks.MapGet("/{sink}", (string org, string sink, ApiCall call) => call.AskAsync(new GetAuditSink(org, sink), View, s => s.Version))
            .WithName("getAuditSink").WithSummary("One sink");
        sinks.MapPut("/{sink}", (string org, string sink, AuditSinkInput input, ApiCall call) => call.SendAsync(new ChangeAuditSink(org, sink, input, call.IfMatch), View, s => s.Version))
            .WithName("changeAuditSink").WithSummary("Changes a sink; absent secrets are kept; a changed filter holds for entries from now on");
        sinks.MapDelete("/{sink}", (string org, string sink, ApiCall call) => call.RemoveAsync(new RemoveAuditSink(org, sink, call.IfMatch)))
            .WithName("removeAuditSink").WithSummary("Ends a sink and wipes its secrets; its statements stay");
        sinks.MapPost("/{sink}/pause", (string org, string sink, ApiCall call) => call.SendAsync(new PauseAuditSink(org, sink, call.IfMatch), View, s => s.Version))
            .WithName("pauseAuditSink").WithSummary("Stops delivery; the place in the log is kept");
        sinks.MapPost("/{sink}/resume", (string org, string sink, ApiCall call) => call.SendAsync(new ResumeAuditSink(org, sink, call.IfMatch), View, s => s.Version))
            .WithName("resumeAuditSink").WithSummary("Goes on, or tries again at once");
        sinks.MapPost("/{sink}/rotate-secret", (string org, string sink, ApiCall call) => call.SendAsync(new RotateSinkSecret(org, sink, call.IfMatch), Made, m => m.Row.Version))
            .WithName("rotateAuditSinkSecret").WithSummary("A new webhook secret; the old one signs beside it");
        sinks.MapPost("/{sink}/test", (string org, string sink, ApiCall call) => TestAsync(org, sink, null, call))
            .WithName("testAuditSink").WithSummary("Sends one marked message; health, cursor and numbers stay as they are");
        MapRuns(sinks);
        MapLetters(sinks);
        sinks.MapGet("/{sink}/statements/{month}", (string org, string sink, string month, ApiCall call) => call.AskAsync(new GetSinkStatement(org, sink, month), s => s))
            .WithName("getAuditSinkStatement").WithSummary("The reconciliation statement of a month (2026-05), counts and signed note");
        sinks.MapGet("/{sink}/statements/{month}/note", NoteAsync)
            .WithName("getAuditSinkStatementNote").WithSummary("The statement as a signed note under the keys of the audit log, text/plain");
    }

    private static void MapRuns(RouteGroupBuilder sinks)
    {
        sinks.MapGet("/{sink}/runs", (string org, string sink, ApiCall call) => call.AskAsync(new ListSinkRuns(org, sink), r => new { items = r, nextCursor = (string?)null }))
            .WithName("listAuditSinkRuns").WithSummary("Replays and back-fills, newest first");
        sinks.MapPost("/{sink}/replays", (string org, string sink, ReplayInput input, ApiCall call) => call.CreateAsync(new ReplaySink(org, sink, input.FirstSequence, input.LastSequence), r => r, _ => $"/api/v1/organizations/{org}/audit-sinks/{sink}/runs"))
            .WithName("replayAuditSink").WithSummary("Sends numbers of the live stream again, under the numbers they had");
        sinks.MapPost("/{sink}/backfills", (string org, string sink, BackfillInput input, ApiCall call) => call.CreateAsync(new BackfillSink(org, sink, input.From, input.Until), r => r, _ => $"/api/v1/organizations/{org}/audit-sinks/{sink}/runs"))
            .WithName("backfillAuditSink").WithSummary("Sends entries from a moment on in a stream of its own");
        sinks.MapPost("/{sink}/runs/{run:guid}/cancel", (string org, string sink, Guid run, ApiCall call) => call.SendAsync(new CancelSinkRun(org, sink, run), r => r))
            .WithName("cancelAuditSinkRun").WithSummary("Ends a replay or back-fill");
    }

    private static void MapLetters(RouteGroupBuilder sinks)
    {
        sinks.MapGet("/{sink}/dead-letters", (string org, string sink, bool? open, ApiCall call) => call.ListAsync(page => new ListSinkDeadLetters(org, sink, page, open ?? false), d => d))
            .WithName("listAuditSinkDeadLetters").WithSummary("Entries that the receiver refuses for good; open=true for those nobody has dealt with");
        sinks.MapPost("/{sink}/dead-letters/{letter:guid}/resend", (string org, string sink, Guid letter, ApiCall call) => call.SendAsync(new ResendDeadLetter(org, sink, letter), r => r))
            .WithName("resendAuditSinkDeadLetter").WithSummary("Sends it again under its number");
        sinks.MapPost("/{sink}/dead-letters/{letter:guid}/dismiss", (string org, string sink, Guid letter, ApiCall call) => call.SendAsync(new DismissDeadLetter(org, sink, letter), d => d))
            .WithName("dismissAuditSinkDeadLetter").WithSummary("Closes it without sending; statements go on counting it");
    }

    private static async Task<IResult> TestAsync(string org, string? sink, AuditSinkInput? input, ApiCall call) =>
        call.Answer(await call.Http.RequestServices.GetRequiredService<SinkTester>().RunAsync(call.Actor, org, sink, input, call.Aborted), r => r, StatusCodes.Status200OK, null);

    private static async Task<IResult> NoteAsync(string org, string sink, string month, ApiCall call)
    {
        var result = await call.Portal.AskAsync(call.Actor, new GetSinkStatement(org, sink, month), call.Aborted);
        if (!result.TryGet(out var statement, out var problem)) return call.Refuse(problem);
        return statement.Note is { } note
            ? Results.File(Encoding.UTF8.GetBytes(note), "text/plain; charset=utf-8", FormattableString.Invariant($"audit-sink-{statement.SinkId:N}-{month}.txt"))
            : call.Refuse(Kernel.Problem.NotFound("sinkStatement"));
    }

    private static object Made(AuditSinkMade made) => new { sink = View(made.Row), secret = made.Secret, made.Row.Id, made.Row.Slug, made.Row.Version };

    private static object View(AuditSinkRow s) => new
    {
        s.Id, s.Slug, s.Name, s.Kind, s.Address, s.Format, s.Filter, s.HasCredential, s.CaPem, s.ClientCertificatePem, s.HasClientKey, s.State,
        s.Settings.ServerName, s.Settings.Framing, s.Settings.MaxMessageBytes, s.Settings.Acknowledge, s.Settings.Host, s.Settings.Source, s.Settings.SourceType, s.Settings.Index,
        fields = s.Settings.Fields?.ToDictionary(f => f.Key, f => new { treatment = Words.Of(f.Value.Treatment), f.Value.As }, StringComparer.Ordinal),
        s.Standing, s.CreatedAtUtc, s.ChangedAtUtc, s.Version,
    };

    internal sealed record ReplayInput(long FirstSequence, long LastSequence);

    internal sealed record BackfillInput(DateTime From, DateTime? Until = null);
}
