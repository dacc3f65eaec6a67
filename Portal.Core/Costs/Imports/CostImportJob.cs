using System.Globalization;
using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Imports;

/// <summary>
/// Imports one spooled file. Lines are loaded and committed first, invisible, because no active slice names them; the job's own final transaction then makes
/// them count together with the roll-up, the audit entry and the job's end. What a crash leaves in between is removed by the next run.
/// </summary>
public sealed class CostImportJob(PortalDatabase database, CostImportSpool spool) : IJobHandler
{
    public const string Kind = "costImport";

    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        var import = await FindAsync(context, cancellationToken);
        if (import is null) return JobOutcome.Failed("import.missing", "The import of this job is not known any more.");
        await CleanUpAsync(context.OrganizationId, import.Id, cancellationToken);
        var path = spool.PathOf(import.SpoolName);
        if (!File.Exists(path)) return JobOutcome.Failed("import.fileMissing", "The uploaded file is no longer in the spool of this replica. Upload it again.");

        var kept = false;
        try
        {
            var outcome = await LoadAsync(context, import, path, cancellationToken);
            kept = outcome.State == JobState.Succeeded;
            return outcome;
        }
        finally
        {
            // Daily sums are stored in parts; a failed or cancelled import takes them back at once.
            if (!kept) await CleanUpAsync(context.OrganizationId, import.Id, CancellationToken.None);
        }
    }

    private async Task<JobOutcome> LoadAsync(JobContext context, CostImport import, string path, CancellationToken cancellationToken)
    {
        var predicates = await PredicatesAsync(context.OrganizationId, cancellationToken);
        var loader = new CostLoader(database, context.OrganizationId, import.Number, import.OnError == OnImportError.Skip, spool.RejectedPathOf(import.Id), predicates, context.ReportAsync);
        await using var writer = await CostLineWriter.OpenAsync(database.Engine, context.OrganizationId, cancellationToken);
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan | FileOptions.Asynchronous);
        var load = await loader.LoadAsync(file, writer, cancellationToken);
        var result = new CostImportResult
        {
            ImportId = import.Id,
            RowsRead = load.RowsRead,
            RowsImported = load.RowsLoaded,
            RowsRejected = load.RowsRejected,
            FocusVersion = load.FocusVersion,
            Periods = [.. load.Slices.Take(1000).Select(s => new CostImportPeriod(s.Provider, s.BillingAccountId, s.BillingPeriodStart, s.Lines))],
            Billed = [.. load.Currencies.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => new MoneyText(c.Value[0].ToString(), c.Key))],
            Effective = [.. load.Currencies.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => new MoneyText(c.Value[1].ToString(), c.Key))],
        };
        if (load.Errors.Count > 0)
        {
            result.RowsImported = 0;
            return new JobOutcome(JobState.Failed, result, load.Errors, load.Warnings);
        }

        if (load.RowsLoaded == 0)
            return new JobOutcome(JobState.Failed, result, [new JobMessage(null, null, "import.noGoodRow", string.Create(CultureInfo.InvariantCulture, $"All {load.RowsRejected:N0} rows have errors. Nothing was loaded; the file of refused rows names the reasons."))], load.Warnings);

        // Known content is dropped here; what two uploads bring at the same moment is found again in the final transaction.
        var activation = new CostActivation(import.Id, import.Number, import.Mode, load, predicates.All.Count, result);
        if (await activation.FindDuplicateAsync(database, context.OrganizationId, cancellationToken) is null) await writer.CommitAsync(cancellationToken);
        await context.ReportAsync(0.97, "allocating");
        return new JobOutcome(JobState.Succeeded, result, Warnings: load.Warnings) { Commit = activation.CommitAsync };
    }

    private Task<CostImport?> FindAsync(JobContext context, CancellationToken cancellationToken)
    {
        var id = context.ReadInput<CostImportInput>().ImportId;
        return database.ReadAsync(DataScope.Of(context.OrganizationId), db => db.Set<CostImport>().SingleOrDefaultAsync(i => i.Id == id, cancellationToken), cancellationToken);
    }

    private Task<LinePredicates> PredicatesAsync(Guid organizationId, CancellationToken cancellationToken) =>
        database.ReadAsync(DataScope.Of(organizationId), db => LinePredicates.LoadAsync(new CostDb(db), cancellationToken), cancellationToken);

    /// <summary>Removes the lines and daily sums of this import's earlier attempts and of imports that ended without being activated.</summary>
    private async Task CleanUpAsync(Guid organizationId, Guid importId, CancellationToken cancellationToken)
    {
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
        var left = await open.Db.Set<CostImport>()
            .Where(i => i.OrganizationId == organizationId && i.State == CostImportState.Pending && (i.Id == importId || open.Db.Set<Job>().Any(j => j.Id == i.JobId && j.EndedAtUtc != null)))
            .OrderByDescending(i => i.Number).Take(100).Select(i => i.Number).ToListAsync(cancellationToken);
        var db = new CostDb(open.Db);
        foreach (var number in left)
        {
            (string, object?)[] range = [("owner", organizationId), ("low", number << 32), ("high", (number + 1) << 32)];
            await db.ExecuteAsync("DELETE FROM cost_lines WHERE id >= @low AND id < @high AND organization_id = @owner", cancellationToken, range);
            await db.ExecuteAsync("DELETE FROM cost_daily WHERE organization_id = @owner AND slice_id >= @low AND slice_id < @high", cancellationToken, range);
        }

        await open.CommitAsync(cancellationToken);
    }
}
