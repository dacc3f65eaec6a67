using System.Security.Cryptography;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Integrations.Outbound;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>A sink and, where the portal made one, its secret, which is shown this once.</summary>
public sealed record AuditSinkMade(AuditSinkRow Row, string? Secret);

/// <summary>Makes a sink; it begins to deliver at once.</summary>
public sealed record CreateAuditSink(string Org, AuditSinkInput Input) : Command<AuditSinkMade>
{
    private const int MaxSinks = 20;

    public override string Action => "auditSink.create";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Write;

    public override async Task<Result<AuditSinkMade>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await CheckedSink.RunAsync(Input, null, Input.ClientKeyPem, hasCredential: false, scope, cancellationToken)).TryGet(out var wanted, out var problem)) return problem;
        if (await scope.Db.Set<AuditSink>().CountAsync(s => s.RemovedAtUtc == null, cancellationToken) >= MaxSinks)
            return Problem.Refused("sink.tooMany", $"An organization has at most {MaxSinks} sinks.", MaxSinks);
        var size = await AuditLogReader.SizeAsync(scope.Db, scope.OrganizationId, cancellationToken);
        var start = Input.From is { } from ? await AuditLogFeed.IndexAtAsync(scope.Db, scope.OrganizationId, from.ToUniversalTime(), cancellationToken) : size;
        var (sink, secret) = await MakeAsync(scope, wanted, start, cancellationToken);
        var progress = new AuditSinkProgress { SinkId = sink.Id, OrganizationId = scope.OrganizationId, NextIndex = start, SentIndex = start };
        scope.Db.Add(sink);
        scope.Db.Add(progress);
        scope.Audit("auditSink", sink.Id, sink.Name, newValue: SinkLookup.View(sink));
        scope.Touch(LiveTopic.AuditSinks, sink.Id, 1);
        var standing = new SinkStanding(1, start, start, size, size - start, null, 0, 0, 0, [], null, null, null, null, null, null);
        return new AuditSinkMade(
            new AuditSinkRow(sink.Id, sink.Slug, sink.Name, sink.Kind, sink.Address, sink.Format, wanted.Filter, wanted.Settings, sink.Credential is not null, sink.CaPem, sink.ClientCertificatePem, sink.ClientKey is not null,
                AuditSinkState.Active, standing, sink.CreatedAtUtc, sink.ChangedAtUtc, 1), secret);
    }

    private async Task<(AuditSink Sink, string? Secret)> MakeAsync(WriteScope scope, CheckedSink wanted, long start, CancellationToken cancellationToken)
    {
        var secrets = scope.Service<SinkSecrets>();
        var stem = Slug.Stem(wanted.Name);
        var taken = await scope.Db.Set<AuditSink>().Where(s => s.Slug.StartsWith(stem)).Select(s => s.Slug).ToListAsync(cancellationToken);
        var secret = wanted.Kind == AuditSinkKind.Https && string.IsNullOrWhiteSpace(Input.Credential) ? WebhookSignature.NewSecret() : null;
        var credential = secret ?? (wanted.Kind is AuditSinkKind.Hec or AuditSinkKind.Https ? Input.Credential?.Trim() : null);
        return (new AuditSink
        {
            Id = Ids.New(), OrganizationId = scope.OrganizationId, Slug = Slug.From(wanted.Name, "sink", taken.ToHashSet(StringComparer.Ordinal)), Name = wanted.Name, Kind = wanted.Kind, Address = wanted.Address,
            Format = wanted.Format, Settings = AuditSink.Write(wanted.Settings), Filters = AuditSink.Write(new[] { new FilterRevision(0, wanted.Filter, wanted.Workspaces) }),
            Credential = credential is null ? null : secrets.Protect(credential), CaPem = wanted.CaPem, ClientCertificatePem = wanted.ClientCertificatePem,
            ClientKey = string.IsNullOrWhiteSpace(Input.ClientKeyPem) ? null : secrets.Protect(Input.ClientKeyPem.Trim()), HashKey = secrets.Protect(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))),
            StartIndex = start, CreatedAtUtc = scope.NowUtc, ChangedAtUtc = scope.NowUtc,
        }, secret);
    }
}
