namespace Hexabase.Portal.Costs.Focus;

/// <summary>The header of a FOCUS file: which column stands where.</summary>
public sealed class FocusHeader
{
    private readonly int[] _ordinals;

    internal FocusHeader(IReadOnlyList<string> names, IReadOnlyList<FocusColumn?> columns, IReadOnlyList<FocusIssue> issues)
    {
        Names = names;
        Columns = columns;
        Issues = issues;
        _ordinals = new int[FocusSpecification.Columns.Count];
        Array.Fill(_ordinals, -1);
        List<int> unknown = [];
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i] is { } column) _ordinals[(int)column] = i;
            else unknown.Add(i);
        }

        UnknownOrdinals = [.. unknown];
        UnknownColumns = [.. unknown.Select(i => names[i])];
        Version = FocusSpecification.GuessVersion(columns.OfType<FocusColumn>());
    }

    /// <summary>The column names as written, in the file's order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The names that are no FOCUS column, in the file's order; <see cref="FocusRow.Unknown"/> counts them from 0.</summary>
    public IReadOnlyList<string> UnknownColumns { get; }

    /// <summary>"1.0", "1.1" or "1.2": the lowest version that has all the columns.</summary>
    public string Version { get; }

    /// <summary>The errors of the header (row 0). With any of them no row is read. Warnings are in <see cref="FocusReader.WarningCounts"/>.</summary>
    public IReadOnlyList<FocusIssue> Issues { get; }

    internal IReadOnlyList<FocusColumn?> Columns { get; }

    internal int[] UnknownOrdinals { get; }

    public bool Has(FocusColumn column) => _ordinals[(int)column] >= 0;

    /// <summary>The column's place in <see cref="Names"/>; -1 where the file lacks it.</summary>
    internal int Ordinal(FocusColumn column) => _ordinals[(int)column];
}
