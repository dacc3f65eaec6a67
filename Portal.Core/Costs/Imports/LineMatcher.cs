using System.Globalization;
using System.Text;
using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Costs.Focus;

namespace Hexabase.Portal.Costs.Imports;

/// <summary>Evaluates the line predicates on the rows of one file.</summary>
internal sealed class LineMatcher
{
    private readonly List<(string Number, AllocationCondition Condition, int Unknown)> _predicates = [];
    private readonly Dictionary<string, string> _interned = new(StringComparer.Ordinal);
    private readonly StringBuilder _text = new();

    public LineMatcher(LinePredicates predicates, FocusHeader header)
    {
        foreach (var (number, condition) in predicates.All)
        {
            var unknown = condition.Column is null ? IndexOf(header.UnknownColumns, condition.Name) : -1;
            _predicates.Add((number.ToString(CultureInfo.InvariantCulture), condition, unknown));
        }
    }

    /// <summary>The numbers of the predicates that hold, with commas; empty for none.</summary>
    public string Match(FocusRow row)
    {
        if (_predicates.Count == 0) return "";
        _text.Clear();
        foreach (var (number, condition, unknown) in _predicates)
        {
            if (!condition.Holds(Value(row, condition, unknown))) continue;
            if (_text.Length > 0) _text.Append(',');
            _text.Append(number);
        }

        var text = _text.ToString();
        if (_interned.TryGetValue(text, out var known)) return known;
        return _interned[text] = text;
    }

    private static string? Value(FocusRow row, AllocationCondition condition, int unknown)
    {
        if (condition.Column is not { } column)
        {
            var cell = unknown < 0 ? default : row.Unknown(unknown);
            return cell.IsEmpty ? null : Encoding.UTF8.GetString(cell);
        }

        var definition = FocusSpecification.Get(column);
        if (definition.Type == FocusColumnType.DateTime) return row.Time(column).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        // A null cost counts as 0, as it is stored.
        if (row.IsNull(column)) return definition.IsCost ? "0" : null;
        return definition.Type == FocusColumnType.Decimal ? row.Number(column).ToString() : Encoding.UTF8.GetString(row.Text(column));
    }

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (string.Equals(names[i], name, StringComparison.Ordinal)) return i;
        }

        return -1;
    }
}
