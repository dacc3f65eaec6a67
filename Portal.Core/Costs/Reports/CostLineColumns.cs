using System.Data.Common;
using System.Text.Json;
using Hexabase.Portal.Costs.Focus;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Reports;

/// <summary>A line put together again from its own columns (alias l) and those of its key (alias k).</summary>
internal sealed record CostLineColumns(long Id, long SliceId, long KeyId, Guid ImportId, DateOnly Day, IReadOnlyDictionary<string, string> Columns)
{
    private const int First = 5;

    private static readonly FocusColumn[] All = [.. CostColumns.LineTimes, .. CostColumns.LineTexts, .. CostColumns.LineNumbers, .. CostColumns.Keys];

    public static string Select(CostSql sql) => string.Join(", ", All.Select(c =>
    {
        var column = $"{(CostColumns.IsKey(c) ? "k" : "l")}.{CostColumns.Name(c)}";
        return CostColumns.IsTime(c) ? sql.TimeText(column) : FocusSpecification.Get(c).Type == FocusColumnType.Decimal ? sql.NumberText(column) : column;
    }).Append("l.extra"));

    public static CostLineColumns Read(DbDataReader reader)
    {
        var columns = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < All.Length; i++)
        {
            if (reader.Text(First + i) is { } text) columns[All[i].ToString()] = FocusSpecification.Get(All[i]).Type == FocusColumnType.Decimal ? WideAmount.Parse(text).ToString() : text;
        }

        if (reader.Text(First + All.Length) is { } extra)
        {
            foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string>>(extra, JobJson.Options) ?? []) columns[name] = value;
        }

        return new CostLineColumns(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetGuid(3), reader.Day(4), columns);
    }
}
