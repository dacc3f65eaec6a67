using System.Diagnostics;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>What came of a test message.</summary>
/// <param name="Answer">The receiver's, or why there is none.</param>
/// <param name="Code">Null where it worked.</param>
public sealed record SinkTestRow(bool Succeeded, string Answer, string? Code, double Milliseconds);

/// <summary>
/// Sends one marked message ("auditSink.test", stream "test", number 0) to a sink as it is stored or as it stands in a form. Health, cursor and numbers of the sink stay as they are; who
/// tested what is an audit entry. The message is sent outside of any transaction.
/// </summary>
public sealed class SinkTester(IPortal portal, TimeProvider clock, IServiceProvider services)
{
    /// <param name="sink">Id or slug of a stored sink; null = <paramref name="input"/> is a new one.</param>
    /// <param name="input">The form; null = as stored.</param>
    public async Task<Result<SinkTestRow>> RunAsync(Actor actor, string org, string? sink, AuditSinkInput? input, CancellationToken cancellationToken)
    {
        if (!(await portal.AskAsync(actor, new PrepareSinkTest(org, sink, input), cancellationToken)).TryGet(out var prepared, out var problem)) return problem;
        var result = await SendAsync(prepared, cancellationToken);
        var noted = await portal.SendAsync(actor, new NoteSinkTest(org, sink is null ? null : prepared.Id, prepared.Name, prepared.Address, result), cancellationToken);
        return noted.Problem is { } refusal ? refusal : result;
    }

    private async Task<SinkTestRow> SendAsync(AuditSink sink, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var channels = services.GetRequiredService<SinkChannels>();
            var feed = services.GetRequiredService<IAuditFeed>();
            var message = new SinkReader(sink, feed, channels).Encode(TestEntry(sink), "test", 0);
            await using var channel = channels.Open(sink);
            var answer = await channel.TestAsync(message, cancellationToken);
            return new SinkTestRow(true, answer, null, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (SinkFailure failure)
        {
            return new SinkTestRow(false, failure.Message, failure.Code, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    private AuditEntryRow TestEntry(AuditSink sink)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return new AuditEntryRow(
            Ids.New(), 0, now, sink.OrganizationId, Guid.Empty, "system:sinks", "system", "auditSink.test", $"auditSink/{sink.Id}", "auditSink", sink.Id.ToString(), sink.Name, null, null, null, null, AuditStatus.Success,
            "This is a test message; it is no entry of the log.", null, null, null, null, null, null, null, null, "portal", RecordedAt: now);
    }
}

/// <summary>The sink as it shall be tested, secrets included: for the tester alone.</summary>
internal sealed record PrepareSinkTest(string Org, string? Sink, AuditSinkInput? Input) : Query<AuditSink>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Write;

    public override async Task<Result<AuditSink>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var stored = Sink is null ? null : await SinkLookup.Find(scope, Sink).SingleOrDefaultAsync(cancellationToken);
        if (Sink is not null && stored is null) return Problem.NotFound("auditSink");
        if (Input is null) return stored is not null ? stored : Problem.NotFound("auditSink");
        var secrets = scope.Service<SinkSecrets>();
        var kept = Input.ClientKeyPem is null && stored?.ClientKey is not null && !string.IsNullOrWhiteSpace(Input.ClientCertificatePem);
        if (!(await CheckedSink.RunAsync(Input with { Name = Input.Name ?? stored?.Name ?? "test" }, stored?.Kind, kept ? secrets.Open(stored?.ClientKey) : Input.ClientKeyPem, stored?.Credential is not null, scope, cancellationToken))
            .TryGet(out var wanted, out var problem)) return problem;
        return new AuditSink
        {
            Id = stored?.Id ?? Ids.New(), OrganizationId = scope.OrganizationId, Slug = "", Name = wanted.Name, Kind = wanted.Kind, Address = wanted.Address, Format = wanted.Format,
            Settings = AuditSink.Write(wanted.Settings), Filters = AuditSink.Write(new[] { new FilterRevision(0, wanted.Filter, wanted.Workspaces) }),
            Credential = Input.Credential is { Length: > 0 } given ? secrets.Protect(given.Trim()) : stored?.Credential, CaPem = wanted.CaPem, ClientCertificatePem = wanted.ClientCertificatePem,
            ClientKey = kept ? stored?.ClientKey : string.IsNullOrWhiteSpace(Input.ClientKeyPem) ? null : secrets.Protect(Input.ClientKeyPem.Trim()), HashKey = stored?.HashKey ?? secrets.Protect(Convert.ToBase64String(new byte[32])),
            StartIndex = 0, CreatedAtUtc = scope.NowUtc,
        };
    }
}

/// <summary>Who tested which receiver, and what it answered.</summary>
internal sealed record NoteSinkTest(string Org, Guid? Sink, string Name, string Address, SinkTestRow Outcome) : Command<Done>
{
    public override string Action => "auditSink.test";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Write;

    public override Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        scope.Audit("auditSink", Sink ?? Guid.Empty, Name, newValue: new { Address, Outcome.Succeeded, Outcome.Answer, Outcome.Code });
        return Task.FromResult<Result<Done>>(default(Done));
    }
}
