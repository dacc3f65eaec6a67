using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Integrations.Outbound;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>Changes a sink. Its numbers go on; a changed filter holds for entries that get their place from now on.</summary>
public sealed record ChangeAuditSink(string Org, string Sink, AuditSinkInput Input, long? ExpectedVersion = null) : Command<AuditSinkRow>
{
    public override string Action => "auditSink.change";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Write;

    public override async Task<Result<AuditSinkRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SinkChange.FindAsync(scope, Sink, ExpectedVersion, cancellationToken)).TryGet(out var sink, out var problem)) return problem;
        var secrets = scope.Service<SinkSecrets>();
        var kept = Input.ClientKeyPem is null && !string.IsNullOrWhiteSpace(Input.ClientCertificatePem);
        string? key;
        try
        {
            key = kept ? secrets.Open(sink.ClientKey) : Input.ClientKeyPem;
        }
        catch (SinkFailure failure)
        {
            return Problem.Invalid("clientKeyPem", failure.Code, failure.Message);
        }

        if (!(await CheckedSink.RunAsync(Input, sink.Kind, key, sink.Credential is not null, scope, cancellationToken)).TryGet(out var wanted, out problem)) return problem;
        var before = SinkLookup.View(sink);
        (sink.Name, sink.Address, sink.Format, sink.CaPem, sink.ClientCertificatePem) = (wanted.Name, wanted.Address, wanted.Format, wanted.CaPem, wanted.ClientCertificatePem);
        sink.Settings = AuditSink.Write(wanted.Settings);
        if (Input.Credential is { } credential) sink.Credential = credential.Trim().Length == 0 ? null : secrets.Protect(credential.Trim());
        if (!kept) sink.ClientKey = string.IsNullOrWhiteSpace(key) ? null : secrets.Protect(key.Trim());
        var filters = sink.ReadFilters().ToList();
        if (filters is not [.., var newest] || newest.Filter != wanted.Filter)
        {
            var from = await AuditLogReader.SizeAsync(scope.Db, scope.OrganizationId, cancellationToken);
            filters.RemoveAll(f => f.FromIndex >= from && filters.Count > 1);
            filters.Add(new FilterRevision(filters.Count == 0 ? 0 : from, wanted.Filter, wanted.Workspaces));
            sink.Filters = AuditSink.Write(filters);
        }

        return await SinkChange.DoneAsync(scope, sink, before, cancellationToken);
    }
}

/// <summary>Stops delivery until someone resumes it; the place in the log is kept.</summary>
public sealed record PauseAuditSink(string Org, string Sink, long? ExpectedVersion = null) : Command<AuditSinkRow>
{
    public override string Action => "auditSink.pause";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Write;

    public override async Task<Result<AuditSinkRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SinkChange.FindAsync(scope, Sink, ExpectedVersion, cancellationToken)).TryGet(out var sink, out var problem)) return problem;
        var before = SinkLookup.View(sink);
        sink.IsPaused = true;
        return await SinkChange.DoneAsync(scope, sink, before, cancellationToken);
    }
}

/// <summary>Goes on where delivery was paused, or tries at once where it is failing.</summary>
public sealed record ResumeAuditSink(string Org, string Sink, long? ExpectedVersion = null) : Command<AuditSinkRow>
{
    public override string Action => "auditSink.resume";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Write;

    public override async Task<Result<AuditSinkRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SinkChange.FindAsync(scope, Sink, ExpectedVersion, cancellationToken)).TryGet(out var sink, out var problem)) return problem;
        var before = SinkLookup.View(sink);
        sink.IsPaused = false;
        await scope.Db.Set<AuditSinkProgress>().Where(p => p.SinkId == sink.Id).ExecuteUpdateAsync(s => s.SetProperty(p => p.NextAttemptAtUtc, (DateTime?)null), cancellationToken);
        return await SinkChange.DoneAsync(scope, sink, before, cancellationToken);
    }
}

/// <summary>Ends a sink and wipes its secrets. What it delivered stays provable by its statements.</summary>
public sealed record RemoveAuditSink(string Org, string Sink, long? ExpectedVersion = null) : Command<Done>
{
    public override string Action => "auditSink.remove";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Write;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SinkChange.FindAsync(scope, Sink, ExpectedVersion, cancellationToken)).TryGet(out var sink, out var problem)) return problem;
        scope.Audit("auditSink", sink.Id, sink.Name, oldValue: SinkLookup.View(sink));
        (sink.RemovedAtUtc, sink.ChangedAtUtc, sink.Credential, sink.ClientKey, sink.HashKey) = (scope.NowUtc, scope.NowUtc, null, null, "");
        scope.Touch(LiveTopic.AuditSinks, sink.Id, sink.Version + 1);
        return default(Done);
    }
}

/// <summary>A new webhook secret beside the newest old one: both sign, until the next change of secret.</summary>
public sealed record RotateSinkSecret(string Org, string Sink, long? ExpectedVersion = null) : Command<AuditSinkMade>
{
    public override string Action => "auditSink.rotateSecret";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Write;

    public override async Task<Result<AuditSinkMade>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SinkChange.FindAsync(scope, Sink, ExpectedVersion, cancellationToken)).TryGet(out var sink, out var problem)) return problem;
        if (sink.Kind != AuditSinkKind.Https) return Problem.Refused("sink.rotate.kind", "Only HTTPS sinks have a secret that the portal makes.");
        var secrets = scope.Service<SinkSecrets>();
        var before = SinkLookup.View(sink);
        var secret = WebhookSignature.NewSecret();
        string? old;
        try
        {
            old = secrets.Open(sink.Credential)?.Split(' ')[0];
        }
        catch (SinkFailure)
        {
            old = null; // Unreadable: the new one alone counts.
        }

        sink.Credential = secrets.Protect(old is null ? secret : $"{secret} {old}");
        return (await SinkChange.DoneAsync(scope, sink, before, cancellationToken)).Map(row => new AuditSinkMade(row, secret));
    }
}

internal static class SinkChange
{
    public static async Task<Result<AuditSink>> FindAsync(WriteScope scope, string key, long? expectedVersion, CancellationToken cancellationToken)
    {
        var sink = await SinkLookup.Find(scope, key).SingleOrDefaultAsync(cancellationToken);
        if (sink is null) return Problem.NotFound("auditSink");
        scope.Audit("auditSink", sink.Id, sink.Name);
        return expectedVersion is { } expected && expected != sink.Version ? Problem.Stale("auditSink", sink.Version) : sink;
    }

    public static async Task<Result<AuditSinkRow>> DoneAsync(WriteScope scope, AuditSink sink, object before, CancellationToken cancellationToken)
    {
        sink.ChangedAtUtc = scope.NowUtc;
        scope.Audit("auditSink", sink.Id, sink.Name, oldValue: before, newValue: SinkLookup.View(sink));
        var version = sink.Version + 1;
        scope.Touch(LiveTopic.AuditSinks, sink.Id, version);
        // Tracked: the row below is read from the database as it was, with what has just changed laid over it.
        var rows = await AuditSinkRow.LoadAsync(scope, SinkLookup.Find(scope, sink.Id.ToString()), cancellationToken);
        return rows is [var row] ? row with { Version = version } : Problem.NotFound("auditSink");
    }
}
