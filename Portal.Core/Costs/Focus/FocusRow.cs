using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>
/// One data record, read and checked. The reader has one instance and overwrites it with each record; spans point into its buffers and end with the next
/// <see cref="FocusReader.ReadAsync"/>.
/// </summary>
public sealed class FocusRow
{
    private readonly FocusHeader _header;
    private readonly CsvRecords _records;
    private readonly Amount[] _numbers = new Amount[FocusSpecification.Columns.Count];
    private readonly DateTime[] _times = new DateTime[FocusSpecification.Columns.Count];
    private readonly List<FocusIssue> _errors = [];
    private readonly List<Remark> _remarks = [];

    internal FocusRow(FocusHeader header, CsvRecords records)
    {
        _header = header;
        _records = records;
        Cells = new CsvCell[header.Names.Count];
    }

    /// <summary>The record's number: data records from 1.</summary>
    public long Row { get; private set; }

    /// <summary>Whether the record must not be imported.</summary>
    public bool HasErrors => _errors.Count > 0;

    public IReadOnlyList<FocusIssue> Errors => _errors;

    /// <summary>The warnings of this record, made on request; a record with errors has none. The reader counts them in any case.</summary>
    public IReadOnlyList<FocusIssue> Warnings => HasErrors ? [] : [.. _remarks.Select(ToIssue)];

    /// <summary>The record's bytes as read (unpacked), quotes and all, without its line end.</summary>
    public ReadOnlySpan<byte> Raw => _records.Raw;

    internal CsvCell[] Cells { get; set; }

    /// <summary>
    /// The cell as UTF-8: unquoted; allowed values and currencies in the specification's spelling; JSON columns compact, with sorted unique keys. Empty means
    /// null, or that the file lacks the column.
    /// </summary>
    public ReadOnlySpan<byte> Text(FocusColumn column)
    {
        var ordinal = _header.Ordinal(column);
        return ordinal < 0 ? default : Cells[ordinal].Span;
    }

    /// <summary>Whether the cell is null (empty, NULL, null) or the file lacks the column.</summary>
    public bool IsNull(FocusColumn column) => Text(column).IsEmpty;

    /// <summary>The exact number of a decimal column; zero for null.</summary>
    public Amount Number(FocusColumn column) => _numbers[(int)column];

    /// <summary>The instant of a date-time column, of kind UTC. A row without errors has all four dates.</summary>
    public DateTime Time(FocusColumn column) => _times[(int)column];

    /// <summary>A cell of a column that FOCUS does not know, unquoted; the index is that of <see cref="FocusHeader.UnknownColumns"/>. Empty means null.</summary>
    public ReadOnlySpan<byte> Unknown(int index) => Cells[_header.UnknownOrdinals[index]].Span;

    internal void Begin(long row)
    {
        Row = row;
        _errors.Clear();
        _remarks.Clear();
        Array.Clear(_numbers);
        Array.Clear(_times);
    }

    /// <summary>A record whose cells cannot be told apart shows none.</summary>
    internal void Blank() => Array.Clear(Cells);

    internal void Set(FocusColumn column, Amount number) => _numbers[(int)column] = number;

    internal void Set(FocusColumn column, DateTime time) => _times[(int)column] = time;

    internal void Fail(string? column, string code, string message, string? found = null) => _errors.Add(new(Row, column, code, message, found));

    internal void Warn(FocusWarning warning, int ordinal, CsvCell cell) => _remarks.Add(new(warning, ordinal, cell));

    internal void CountWarnings(FocusWarningTally tally)
    {
        foreach (var remark in _remarks) tally.Add(remark.Warning, remark.Ordinal, _header.Names[remark.Ordinal], Row, remark.Cell.Span);
    }

    private FocusIssue ToIssue(Remark remark)
    {
        var name = _header.Names[remark.Ordinal];
        return new(Row, name, FocusMessages.Code(remark.Warning), FocusMessages.Text(remark.Warning, name, remark.Cell.Span), remark.Cell.Length == 0 ? null : FocusMessages.Show(remark.Cell.Span));
    }

    private readonly record struct Remark(FocusWarning Warning, int Ordinal, CsvCell Cell);
}
