using System.Globalization;
using System.Text.Json;
using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Costs.Imports;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs;

/// <summary>Imports and allocation rules as files.</summary>
internal static class CostListFiles
{
    public static readonly ListFile<CostImportRow> Imports = new(
        "cost-imports",
        ("fileName", i => i.FileName), ("state", i => i.State), ("mode", i => Words.Of(i.Mode)), ("onError", i => Words.Of(i.OnError)), (ListCell.Number("rowsImported"), i => ListCell.Of(i.RowsImported)),
        (ListCell.Number("rowsRejected"), i => ListCell.Of(i.RowsRejected)), ("createdBy", i => i.CreatedByName), ("createdAtUtc", i => ListCell.Utc(i.CreatedAtUtc)),
        ("completedAtUtc", i => ListCell.Utc(i.CompletedAtUtc)), ("duplicateOf", i => i.DuplicateOf?.ToString()), ("jobId", i => i.JobId.ToString()), ("id", i => i.Id.ToString()));

    /// <summary>One row a rule, in the order in which the rules of a version apply; match and destination are the API's JSON.</summary>
    public static readonly ListFile<AllocationRuleSetRow> AllocationRules = new(
        "allocation-rules",
        [ListCell.Number("version"), "effectiveFrom", "createdBy", "createdAtUtc", ListCell.Number("rule"), "name", "match", "target", "split", ListCell.Number("markupPercent")],
        set => set.Rules.Select((r, i) => (IReadOnlyList<string?>)
        [
            ListCell.Of(set.Version), ListCell.Day(set.EffectiveFrom), set.CreatedByName, ListCell.Utc(set.CreatedAtUtc), (i + 1).ToString(CultureInfo.InvariantCulture), r.Name,
            Json(r.Match), Json(r.Target), Json(r.Split), ListCell.Of(r.MarkupPercent),
        ]));

    private static string? Json<T>(T? value) => value is null ? null : JsonSerializer.Serialize(value, ApiJson.Options);
}
