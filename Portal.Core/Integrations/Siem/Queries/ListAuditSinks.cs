using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>The sinks of an organization by name; at most a few.</summary>
public sealed record ListAuditSinks(string Org, PageRequest Page) : Query<Paged<AuditSinkRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Read;

    public override async Task<Result<Paged<AuditSinkRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (KeyedList.CheckLimit(Page.Limit) is { } badLimit) return badLimit;
        if (!string.IsNullOrEmpty(Page.Sort) && Page.Sort != "name") return Problem.Invalid("sort", "sort.unknown", "This list sorts by name.");
        var sinks = scope.Db.Set<AuditSink>().Where(s => s.OrganizationId == scope.OrganizationId && s.RemovedAtUtc == null);
        if (!string.IsNullOrEmpty(Page.Cursor))
        {
            if (!KeyedList.TryRead(Page.Cursor, "name", 2, out var parts)) return KeyedList.BadCursor;
            var after = parts[1];
#pragma warning disable CA1309 // Runs in the database, in its own order.
            sinks = sinks.Where(s => string.Compare(s.Slug, after) > 0);
#pragma warning restore CA1309
        }

        var rows = await AuditSinkRow.LoadAsync(scope, sinks.OrderBy(s => s.Slug).Take(Page.Limit + 1), cancellationToken);
        var shown = rows.OrderBy(r => r.Slug, StringComparer.Ordinal).Take(Page.Limit).ToList();
        return new Paged<AuditSinkRow>(shown, rows.Count > Page.Limit ? KeyedList.Write("name", shown[^1].Slug) : null);
    }
}

/// <summary>One sink, by id or slug.</summary>
public sealed record GetAuditSink(string Org, string Sink) : Query<AuditSinkRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Read;

    public override Task<Result<AuditSinkRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) => SinkLookup.RowAsync(scope, Sink, cancellationToken);
}
