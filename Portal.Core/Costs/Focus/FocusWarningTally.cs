namespace Hexabase.Portal.Costs.Focus;

/// <summary>Counts warnings by kind and column. A warning already met costs one addition: its message is made once, from the first row.</summary>
public sealed class FocusWarningTally
{
    /// <summary>How many row numbers are kept as examples.</summary>
    public const int MaxExamples = 20;

    private readonly List<Entry> _entries = [];
    private readonly Entry?[] _byColumn;
    private readonly int _columns;

    internal FocusWarningTally(int columns)
    {
        _columns = columns;
        _byColumn = new Entry?[columns * (1 + (int)FocusWarning.HeaderSpelling)];
    }

    /// <summary>A snapshot, in order of first appearance.</summary>
    public IReadOnlyCollection<FocusWarningCount> Counts => [.. _entries.Select(entry => entry.ToCount())];

    internal void Add(FocusWarning warning, int ordinal, string column, long row, ReadOnlySpan<byte> cell)
    {
        ref var entry = ref _byColumn[((int)warning * _columns) + ordinal];
        if (entry is null)
        {
            entry = new Entry(FocusMessages.Code(warning), column, row, FocusMessages.Text(warning, column, cell), cell.IsEmpty ? null : FocusMessages.Show(cell));
            _entries.Add(entry);
        }

        entry.Met(row);
    }

    private sealed class Entry(string code, string column, long firstRow, string message, string? found)
    {
        private readonly List<long> _examples = [];
        private long _count;

        public void Met(long row)
        {
            _count++;
            if (_examples.Count < MaxExamples) _examples.Add(row);
        }

        public FocusWarningCount ToCount() => new(code, column, _count, firstRow, message, [.. _examples], found);
    }
}
