using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Imports;

/// <summary>An import as people and programs see it.</summary>
/// <param name="State">"queued", "running", "failed", "canceled" while it is not loaded (its job's state), then "active", "superseded" or "duplicate".</param>
public sealed record CostImportRow(
    Guid Id, Guid JobId, string FileName, CostImportMode Mode, OnImportError OnError, string State, Guid? DuplicateOf, long RowsImported, long RowsRejected, string CreatedByName,
    DateTime CreatedAtUtc, DateTime? CompletedAtUtc);

/// <summary>The imports, newest first. The cursor is the last row's id.</summary>
public sealed record ListImports(string Org, PageRequest Page) : SharedQuery<Paged<CostImportRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.Read;

    public override async Task<Result<Paged<CostImportRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var imports = scope.Db.Set<CostImport>().AsQueryable();
        if (Page.Cursor is not null)
        {
            if (!Guid.TryParseExact(Page.Cursor, "N", out var after)) return Problem.Invalid("cursor", "cursor.unreadable", "The cursor is not one that this list gave out.");
            var at = await scope.Db.Set<CostImport>().Where(i => i.Id == after).Select(i => (long?)i.Number).SingleOrDefaultAsync(cancellationToken);
            if (at is null) return Problem.Invalid("cursor", "cursor.unreadable", "The cursor is not one that this list gave out.");
            imports = imports.Where(i => i.Number < at);
        }

        var rows = await CostImportRows.ReadAsync(scope, imports.OrderByDescending(i => i.Number).Take(Page.Limit + 1), cancellationToken);
        var more = rows.Count > Page.Limit;
        if (more) rows.RemoveAt(Page.Limit);
        return new Paged<CostImportRow>(rows, more ? rows[^1].Id.ToString("N") : null);
    }
}

/// <summary>One import by its id.</summary>
public sealed record GetImport(string Org, Guid Id) : Query<CostImportRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.Read;

    public override async Task<Result<CostImportRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        await CostImportRows.ReadAsync(scope, scope.Db.Set<CostImport>().Where(i => i.Id == Id), cancellationToken) is [var row] ? row : Problem.NotFound("costImport");
}

internal static class CostImportRows
{
    public static async Task<List<CostImportRow>> ReadAsync(ReadScope scope, IQueryable<CostImport> imports, CancellationToken cancellationToken)
    {
        var found = await imports.Select(i => new { Import = i, Job = scope.Db.Set<Job>().Where(j => j.Id == i.JobId).Select(j => (JobState?)j.State).FirstOrDefault() }).ToListAsync(cancellationToken);
        return [.. found.Select(f => new CostImportRow(
            f.Import.Id, f.Import.JobId, f.Import.FileName, f.Import.Mode, f.Import.OnError, Lower((f.Import.State == CostImportState.Pending ? f.Job?.ToString() : null) ?? f.Import.State.ToString()),
            f.Import.DuplicateOf, f.Import.RowsImported, f.Import.RowsRejected, f.Import.CreatedByName, f.Import.CreatedAtUtc, f.Import.CompletedAtUtc))];
    }

    private static string Lower(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}

/// <summary>One version of a provider's, account's and period's bill.</summary>
/// <param name="Billed">BilledCost by currency, exact; of superseded versions too.</param>
public sealed record CostSliceRow(
    long Id, Guid ImportId, string FileName, string? Provider, string? BillingAccountId, DateTime BillingPeriodStart, DateOnly FirstDay, DateOnly LastDay, long LineCount, bool IsActive, Guid? SupersededByImportId,
    IReadOnlyList<WideMoney> Billed, IReadOnlyList<WideMoney> Effective);

/// <summary>All versions of the bills, by billing period, newest first: what counts and what was superseded. At most 1,000.</summary>
public sealed record ListImportSlices(string Org, Guid? ImportId = null, DateOnly? BillingPeriod = null) : Query<IReadOnlyList<CostSliceRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.Read;

    public override async Task<Result<IReadOnlyList<CostSliceRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var slices = scope.Db.Set<CostSlice>().AsQueryable();
        if (ImportId is { } import) slices = slices.Where(s => s.ImportId == import);
        if (BillingPeriod is { } period)
        {
            var (first, next) = (period.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), period.AddMonths(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc));
            slices = slices.Where(s => s.BillingPeriodStart >= first && s.BillingPeriodStart < next);
        }

        var rows = await slices.OrderByDescending(s => s.BillingPeriodStart).ThenByDescending(s => s.Id).Take(1000)
            .Select(s => new { Slice = s, FileName = scope.Db.Set<CostImport>().Where(i => i.Id == s.ImportId).Select(i => i.FileName).FirstOrDefault() }).ToListAsync(cancellationToken);
        if (rows.Count == 0)
        {
            return ImportId is null || await scope.Db.Set<CostImport>().AnyAsync(i => i.Id == ImportId, cancellationToken) ? new List<CostSliceRow>() : Problem.NotFound("costImport");
        }

        var db = new CostDb(scope.Db);
        var ids = System.Text.Json.JsonSerializer.Serialize(rows.Select(r => new { id = r.Slice.Id }));
        var sums = await db.ReadAsync($"""
            SELECT d.slice_id, k.billing_currency, {db.Sql.NumberText("SUM(d.billed)")}, {db.Sql.NumberText("SUM(d.effective)")} FROM cost_daily d JOIN cost_keys k ON k.organization_id = @org AND k.id = d.key_id
            WHERE d.organization_id = @org AND d.slice_id IN (SELECT n.id FROM {db.Sql.Rows("@ids", "n", "id bigint")} ) GROUP BY d.slice_id, k.billing_currency ORDER BY d.slice_id, k.billing_currency
            """, r => (Slice: r.GetInt64(0), Billed: new WideMoney(WideAmount.Parse(r.GetString(2)), r.GetString(1)), Effective: new WideMoney(WideAmount.Parse(r.GetString(3)), r.GetString(1))), cancellationToken, ("ids", ids));
        var bySlice = sums.ToLookup(s => s.Slice);
        return rows.Select(r => new CostSliceRow(
            r.Slice.Id, r.Slice.ImportId, r.FileName ?? "", r.Slice.Provider, r.Slice.BillingAccountId, r.Slice.BillingPeriodStart, r.Slice.FirstDay, r.Slice.LastDay, r.Slice.LineCount, r.Slice.IsActive,
            r.Slice.SupersededByImportId, [.. bySlice[r.Slice.Id].Select(s => s.Billed)], [.. bySlice[r.Slice.Id].Select(s => s.Effective)])).ToList();
    }
}

/// <summary>The file of an import's refused rows, on the disk of the replica that answers.</summary>
public sealed record RejectedRowsFile(string Path, string FileName);

/// <summary>Finds the file of refused rows for download.</summary>
public sealed record GetRejectedRows(string Org, Guid ImportId) : Query<RejectedRowsFile>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.Export;

    public override bool IsProtected => true;

    public override async Task<Result<RejectedRowsFile>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var import = await scope.Db.Set<CostImport>().SingleOrDefaultAsync(i => i.Id == ImportId, cancellationToken);
        if (import is null) return Problem.NotFound("costImport");
        var spool = scope.Service<CostImportSpool>();
        var path = spool.RejectedPathOf(import.Id);
        if (File.Exists(path)) return new RejectedRowsFile(path, $"{System.IO.Path.GetFileNameWithoutExtension(import.FileName)}.rejected.csv");
        return import.Node is { } node && node != spool.Node
            ? Problem.Conflict("import.rejected.elsewhere", $"The refused rows lie on the replica {node}. Ask there, or import the file again.", node)
            : Problem.NotFound("rejectedRows");
    }
}
