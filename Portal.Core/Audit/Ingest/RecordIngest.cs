using System.Text.Json;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>What one request brought.</summary>
/// <param name="Errors">The first few.</param>
internal sealed record IngestCounts(string Source, long Accepted, long Duplicates, long Rejected, DateTime? LastEventAtUtc, IReadOnlyList<EventError> Errors);

/// <summary>Leaves the one entry of an ingest request, and adds to the counters of its source.</summary>
internal sealed record RecordIngest(string Org, IngestCounts Counts) : Command<Done>
{
    public override string Action => "audit.ingest";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Ingest;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var (org, now) = (scope.OrganizationId, scope.NowUtc);
        var errors = Counts.Errors.Count == 0 ? null : JsonSerializer.Serialize(Counts.Errors, EventErrors.Json);
        // Counted by the database, so that many requests at once do not refuse each other.
        var known = await scope.Db.Set<AuditSourceState>().Where(s => s.OrganizationId == org && s.Source == Counts.Source).ExecuteUpdateAsync(
            s => s.SetProperty(x => x.Accepted, x => x.Accepted + Counts.Accepted)
                .SetProperty(x => x.Duplicates, x => x.Duplicates + Counts.Duplicates)
                .SetProperty(x => x.Rejected, x => x.Rejected + Counts.Rejected)
                .SetProperty(x => x.LastRequestAtUtc, now)
                .SetProperty(x => x.LastEventAtUtc, x => Counts.LastEventAtUtc == null || x.LastEventAtUtc > Counts.LastEventAtUtc ? x.LastEventAtUtc : Counts.LastEventAtUtc)
                .SetProperty(x => x.LastErrorAtUtc, x => errors == null ? x.LastErrorAtUtc : now)
                .SetProperty(x => x.LastErrors, x => errors ?? x.LastErrors),
            cancellationToken);
        if (known == 0)
        {
            scope.Db.Add(new AuditSourceState
            {
                OrganizationId = org,
                Source = Counts.Source,
                Accepted = Counts.Accepted,
                Duplicates = Counts.Duplicates,
                Rejected = Counts.Rejected,
                LastRequestAtUtc = now,
                LastEventAtUtc = Counts.LastEventAtUtc,
                LastErrorAtUtc = errors is null ? null : now,
                LastErrors = errors,
            });
        }

        scope.Audit("auditSource", org, Counts.Source, newValue: new { source = Counts.Source, accepted = Counts.Accepted, duplicates = Counts.Duplicates, rejected = Counts.Rejected, firstErrors = Counts.Errors.Take(3) });
        return default(Done);
    }
}

/// <summary>How errors are kept between a request and the page that shows them.</summary>
internal static class EventErrors
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<EventError> Read(string? json) => json is null ? [] : JsonSerializer.Deserialize<List<EventError>>(json, Json) ?? [];
}
