using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit;

/// <summary>
/// Searches an audit log, newest first, by the language of <see cref="AuditQueryParser"/>. Each search leaves an entry of its own, after it has run. A page may
/// be shorter than asked although more follow (networks are checked on the rows that come back): go on while there is a cursor.
/// </summary>
/// <param name="Org">Null = the platform's own log.</param>
/// <param name="Q">Qualifiers and free text.</param>
/// <param name="After">From this moment on.</param>
/// <param name="Before">Up to, without, this moment.</param>
public sealed record SearchAudit(string? Org, string? Q = null, DateTime? After = null, DateTime? Before = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null) : Query<Paged<AuditEntryRow>>
{
    private const int BatchRows = 2000;
    private const int MaxScannedRows = 50_000;

    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override bool IsProtected => true;

    public override async Task<Result<Paged<AuditEntryRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (KeyedList.CheckLimit(Limit) is { } badLimit) return badLimit;
        if (!AuditQueryParser.Parse(Q).TryGet(out var terms, out var problem)) return problem;
        Guid? last = null;
        if (!string.IsNullOrEmpty(Cursor))
        {
            if (!KeyedList.TryRead(Cursor, "audit", 2, out var parts) || !Guid.TryParseExact(parts[1], "N", out var id)) return KeyedList.BadCursor;
            last = id;
        }

        var entries = scope.Db.Set<AuditEntry>().Where(e => e.OrganizationId == scope.OrganizationId);
        if (After is { } after)
        {
            var from = Utc(after);
            entries = entries.Where(e => e.OccurredAtUtc >= from);
        }

        if (Before is { } before)
        {
            var to = Utc(before);
            entries = entries.Where(e => e.OccurredAtUtc < to);
        }

        var search = await AuditSearch.BuildAsync(scope, terms, cancellationToken);
        var reader = scope.Service<AuditLogReader>();
        var found = new List<AuditEntryRow>();
        for (var scanned = 0; ;)
        {
            var batch = await (last is { } edge ? entries.Where(e => e.Id < edge) : entries).OrderByDescending(e => e.Id).Take(BatchRows).ToListAsync(cancellationToken);
            var rows = await reader.OpenAsync(scope.Db, batch.ConvertAll(e => (e, (long?)null)), cancellationToken);
            found.AddRange(rows.Where(search.Matches));
            scanned += batch.Count;
            if (found.Count > Limit) return Page(found.Take(Limit), found[Limit - 1].Id);
            if (batch.Count < BatchRows) return Page(found, null);
            last = batch[^1].Id;
            if (scanned >= MaxScannedRows) return Page(found, last);
        }
    }

    private static Paged<AuditEntryRow> Page(IEnumerable<AuditEntryRow> rows, Guid? next) => new([.. rows], next is { } id ? KeyedList.Write("audit", id.ToString("N")) : null);

    private static DateTime Utc(DateTime time) => time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc);
}

/// <summary>One entry and the others that the same action caused, oldest first.</summary>
/// <param name="Related">Same operation, else same request; at most 100, the entry itself left out.</param>
public sealed record AuditEntryDetails(AuditEntryRow Entry, IReadOnlyList<AuditEntryRow> Related);

/// <summary>One audit entry with its neighbours.</summary>
/// <param name="Org">Null = the platform's own log.</param>
public sealed record GetAuditEntry(string? Org, Guid Id) : Query<AuditEntryDetails>
{
    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override bool IsProtected => true;

    public override async Task<Result<AuditEntryDetails>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var reader = scope.Service<AuditLogReader>();
        var entry = await reader.FindAsync(scope.Db, scope.OrganizationId, Id, cancellationToken);
        if (entry is null) return Problem.NotFound("auditEntry");
        var own = scope.Db.Set<AuditEntry>().Where(e => e.OrganizationId == scope.OrganizationId && e.Id != Id);
        var same = entry switch
        {
            { Operation: { } operation } => own.Where(e => e.OperationId == operation),
            { RequestId: { } request } => own.Where(e => e.RequestId == request),
            _ => null,
        };
        var related = same is null ? [] : await same.OrderBy(e => e.Id).Take(100).ToListAsync(cancellationToken);
        return new AuditEntryDetails(entry, await reader.OpenAsync(scope.Db, related.ConvertAll(e => (e, (long?)null)), cancellationToken));
    }
}
