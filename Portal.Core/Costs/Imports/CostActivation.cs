using System.Text.Json;
using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Imports;

/// <summary>Makes a loaded import count: duplicates, superseded slices, active slices and the allocated roll-up, in the job's final transaction. May run again after a failed commit.</summary>
internal sealed class CostActivation(Guid importId, long importNumber, CostImportMode mode, CostLoad load, int predicateCount, CostImportResult result)
{
    private static readonly string[] SliceColumns =
    [
        "id bigint", "import_id uuid", "provider text", "billing_account_id text", "billing_period_start time", "first_day date", "last_day date", "line_count bigint",
    ];

    private static readonly string SliceNames = string.Join(", ", SliceColumns.Select(c => c[..c.IndexOf(' ', StringComparison.Ordinal)]));

    /// <summary>The active import with the same content.</summary>
    public Task<Guid?> FindDuplicateAsync(PortalDatabase database, Guid organizationId, CancellationToken cancellationToken) =>
        database.ReadAsync(DataScope.Of(organizationId), db => FindDuplicateAsync(new CostDb(db), cancellationToken), cancellationToken);

    public async Task CommitAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var db = new CostDb(scope.Db);
        await db.ExecuteAsync(db.Sql.LockState, cancellationToken);
        if (await FindDuplicateAsync(db, cancellationToken) is { } duplicate)
        {
            await EndAsync(db, CostImportState.Duplicate, null, duplicate, scope.NowUtc, cancellationToken);
            await db.ExecuteAsync("DELETE FROM cost_daily WHERE organization_id = @org AND slice_id >= @low AND slice_id < @high", cancellationToken, ("low", importNumber << 32), ("high", (importNumber + 1) << 32));
            result.DuplicateOf = duplicate;
            result.RowsImported = 0;
            return;
        }

        await VerifyAsync(db, cancellationToken);
        await EndAsync(db, CostImportState.Active, load.Sha256, null, scope.NowUtc, cancellationToken);
        var slices = JsonSerializer.Serialize(load.Slices.Select(s => new
        {
            id = s.Id,
            import_id = importId,
            provider = s.Provider,
            billing_account_id = s.BillingAccountId,
            billing_period_start = s.BillingPeriodStart,
            first_day = DateOnly.FromDayNumber(s.FirstDay),
            last_day = DateOnly.FromDayNumber(s.LastDay),
            line_count = s.Lines,
        }));
        var rows = db.Sql.Rows("@slices", "n", SliceColumns);
        var (from, to) = (DateOnly.FromDayNumber(load.Slices.Min(s => s.FirstDay)), DateOnly.FromDayNumber(load.Slices.Max(s => s.LastDay)).AddDays(1));
        if (mode == CostImportMode.Replace && await SupersedeAsync(db, rows, slices, cancellationToken) is { } replaced)
            (from, to) = (replaced.From < from ? replaced.From : from, replaced.To > to ? replaced.To : to);
        await db.ExecuteAsync($"INSERT INTO cost_slices (organization_id, {SliceNames}, is_active) SELECT @org, {SliceNames}, {db.Sql.True} FROM {rows}", cancellationToken, ("slices", slices));
        await AllocateAsync(scope, db, from, to, cancellationToken);
        await db.ExecuteAsync("UPDATE cost_states SET data_as_of_utc = @now WHERE organization_id = @org", cancellationToken, ("now", scope.NowUtc));
        scope.Touch(LiveTopic.Costs, "*");
        scope.Touch(LiveTopic.Budgets, "*");
        await CostChangeHook.RunAllAsync(scope, cancellationToken);
    }

    private async Task AllocateAsync(WriteScope scope, CostDb db, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var places = await AllocationPlaces.LoadAsync(scope.Db, cancellationToken);
        var timeline = await AllocationTimeline.LoadAsync(scope.Db, places, null, cancellationToken);
        var predicates = await LinePredicates.LoadAsync(db, cancellationToken);
        // Rules saved while the file was read may look at columns that were not looked at.
        if (predicates.All.Count != predicateCount) await predicates.RebuildAsync(db, importNumber, importId, cancellationToken);
        await new CostAllocator(db, places, timeline, predicates).RewriteAsync(new AllocationRange(from, to, timeline.HasProportionalSplit ? null : importId), cancellationToken);
    }

    private async Task<Guid?> FindDuplicateAsync(CostDb db, CancellationToken cancellationToken) =>
        (Guid?)await db.ScalarAsync("SELECT id FROM cost_imports WHERE organization_id = @org AND active_sha256 = @sha", cancellationToken, ("sha", load.Sha256));

    /// <summary>A run that was taken for lost may come back after another has cleaned up behind it; it must then not count.</summary>
    private async Task VerifyAsync(CostDb db, CancellationToken cancellationToken)
    {
        (string, object?)[] range = [("low", importNumber << 32), ("high", (importNumber + 1) << 32), ("last", load.LastLineId)];
        var daily = await db.ScalarAsync("SELECT CAST(COALESCE(SUM(line_count), 0) AS bigint) FROM cost_daily WHERE organization_id = @org AND slice_id >= @low AND slice_id < @high", cancellationToken, range);
        var last = await db.ScalarAsync("SELECT id FROM cost_lines WHERE organization_id = @org AND id = @last", cancellationToken, range);
        if ((long?)daily != load.RowsLoaded || last is null) throw new InvalidOperationException("The lines of this import were removed by another run of its job.");
    }

    private async Task<(DateOnly From, DateOnly To)?> SupersedeAsync(CostDb db, string rows, string slices, CancellationToken cancellationToken)
    {
        var same = $"""
            s.organization_id = @org AND s.is_active = {db.Sql.True} AND EXISTS (SELECT 1 FROM {rows} WHERE n.billing_period_start = s.billing_period_start
                AND COALESCE(n.provider, '') = {db.Sql.Exact("COALESCE(s.provider, '')")} AND COALESCE(n.billing_account_id, '') = {db.Sql.Exact("COALESCE(s.billing_account_id, '')")})
            """;
        var old = await db.ReadAsync($"SELECT s.id, s.first_day, s.last_day FROM cost_slices s WHERE {same}", r => (Id: r.GetInt64(0), First: r.Day(1), Last: r.Day(2)), cancellationToken, ("slices", slices));
        if (old.Count == 0) return null;
        (string, object?)[] ids = [("ids", JsonSerializer.Serialize(old.Select(o => new { id = o.Id }))), ("import", importId)];
        var set = $"(SELECT o.id FROM {db.Sql.Rows("@ids", "o", "id bigint")})";
        await db.ExecuteAsync($"DELETE FROM cost_facts WHERE organization_id = @org AND slice_id IN {set}", cancellationToken, ids);
        await db.ExecuteAsync($"UPDATE cost_slices SET is_active = {db.Sql.False}, superseded_by_import_id = @import WHERE organization_id = @org AND id IN {set}", cancellationToken, ids);
        await db.ExecuteAsync($"""
            UPDATE cost_imports SET state = 'Superseded', active_sha256 = NULL WHERE organization_id = @org AND state = 'Active' AND id <> @import
            AND NOT EXISTS (SELECT 1 FROM cost_slices s WHERE s.organization_id = @org AND s.import_id = cost_imports.id AND s.is_active = {db.Sql.True})
            """, cancellationToken, ids);
        return (old.Min(o => o.First), old.Max(o => o.Last).AddDays(1));
    }

    private Task<int> EndAsync(CostDb db, CostImportState state, string? sha, Guid? duplicateOf, DateTime now, CancellationToken cancellationToken) => db.ExecuteAsync(
        "UPDATE cost_imports SET state = @state, active_sha256 = @sha, duplicate_of = @duplicate, rows_imported = @rows, rows_rejected = @rejected, completed_at_utc = @now WHERE organization_id = @org AND id = @import",
        cancellationToken, ("state", state.ToString()), ("sha", (object?)sha ?? DBNull.Value), ("duplicate", (object?)duplicateOf ?? DBNull.Value), ("rows", state == CostImportState.Active ? load.RowsLoaded : 0L),
        ("rejected", load.RowsRejected), ("now", now), ("import", importId));
}
