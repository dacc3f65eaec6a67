using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>Reads the cells of a record by what FOCUS says about their columns, into the one <see cref="FocusRow"/>.</summary>
internal sealed class FocusRowReader
{
    private readonly Plan[] _plans;
    private readonly FocusHeader _header;
    private readonly CsvRecords _records;
    private readonly FocusRow _row;
    private readonly FocusCellReader _cells;
    private byte[] _scratch = new byte[4 * 1024];
    private int _scratchUsed;

    public FocusRowReader(FocusHeader header, CsvRecords records, FocusRow row, FocusReadOptions options)
    {
        (_header, _records, _row) = (header, records, row);
        _cells = new FocusCellReader(row);
        _plans = new Plan[header.Names.Count];
        for (var i = 0; i < _plans.Length; i++)
        {
            var definition = header.Columns[i] is { } column ? FocusSpecification.Get(column) : null;
            _plans[i] = new Plan(
                i, header.Names[i], definition, definition?.Type ?? FocusColumnType.Text, definition?.AllowsNull ?? true,
                definition is null or { Type: FocusColumnType.Json } ? options.MaxJsonBytes : options.MaxTextBytes,
                definition?.Type switch
                {
                    FocusColumnType.Json => new CellCache(2048),
                    FocusColumnType.Allowed or FocusColumnType.Currency => new CellCache(128),
                    _ => null,
                });
        }
    }

    public void Read(long number)
    {
        _row.Begin(number);
        if (_records.CellCount != _plans.Length)
        {
            _row.Blank();
            _row.Fail(null, "focus.row.ragged", string.Create(CultureInfo.InvariantCulture, $"The row has {_records.CellCount} cells and the header {_plans.Length} columns (RFC 4180: the same number in each). A comma or a quote inside a cell is not quoted, or cells are missing."), string.Create(CultureInfo.InvariantCulture, $"{_records.CellCount} / {_plans.Length}"));
            return;
        }

        _row.Cells = _records.Cells;
        _scratchUsed = 0;
        if (_records.IsSuspect && !Vet()) return;

        var cells = _row.Cells;
        for (var i = 0; i < _plans.Length; i++) ReadCell(_plans[i], ref cells[i]);
        CheckPeriod(FocusColumn.ChargePeriodStart, FocusColumn.ChargePeriodEnd);
        CheckPeriod(FocusColumn.BillingPeriodStart, FocusColumn.BillingPeriodEnd);
        CheckUnit(FocusColumn.PricingQuantity, FocusColumn.PricingUnit);
        CheckUnit(FocusColumn.ConsumedQuantity, FocusColumn.ConsumedUnit);
    }

    private void ReadCell(Plan plan, ref CsvCell cell)
    {
        // A JSON cell in quotes is looked up as it stands in the file; most are known and need no unescaping.
        if (plan.Type == FocusColumnType.Json && cell.Length > 4 && cell.Marks <= (CsvCellMarks.Quoted | CsvCellMarks.Escaped) && _cells.TryCached(plan, ref cell)) return;
        if (cell.Marks > CsvCellMarks.Quoted && !Unquote(plan, ref cell)) return;
        if (cell.Length == 0 || (cell.Length == 4 && cell.Span is [(byte)'N', (byte)'U', (byte)'L', (byte)'L'] or [(byte)'n', (byte)'u', (byte)'l', (byte)'l']))
        {
            _cells.ReadNull(plan, ref cell);
            return;
        }

        if (cell.Length > plan.MaxBytes)
        {
            _row.Fail(plan.Name, "focus.cell.tooLong", string.Create(CultureInfo.InvariantCulture, $"{plan.Name} has {cell.Length} bytes; at most {plan.MaxBytes} are read: {FocusMessages.Show(cell.Span)}. Shorten the value."), FocusMessages.Show(cell.Span));
            return;
        }

        switch (plan.Type)
        {
            case FocusColumnType.Text:
                break;
            case FocusColumnType.Decimal:
                _cells.ReadNumber(plan, cell);
                break;
            case FocusColumnType.DateTime:
                _cells.ReadTime(plan, cell);
                break;
            default:
                _cells.ReadCached(plan, ref cell);
                break;
        }
    }

    /// <summary>Takes doubled quotes apart. False where the cell's end is a guess.</summary>
    private bool Unquote(Plan plan, ref CsvCell cell)
    {
        if ((cell.Marks & CsvCellMarks.TextAfterQuote) != 0)
        {
            _row.Fail(plan.Name, "focus.csv.quote", $"{plan.Name} has text behind its closing quote (RFC 4180): {FocusMessages.Show(cell.Span)}. Double the quotes inside the value.", FocusMessages.Show(cell.Span));
            return false;
        }

        if ((cell.Marks & CsvCellMarks.BareQuote) != 0)
        {
            _row.Warn(FocusWarning.BareQuote, plan.Ordinal, cell);
            return true;
        }

        // All cells of a record unescaped are no longer than the record: one array serves the row.
        if (_scratchUsed == 0 && _scratch.Length < _records.Raw.Length) _scratch = new byte[Math.Max(_records.Raw.Length, _scratch.Length * 2)];
        var from = cell.Span;
        var start = _scratchUsed;
        while (true)
        {
            var quote = from.IndexOf((byte)'"');
            var take = quote < 0 ? from : from[..(quote + 1)];
            take.CopyTo(_scratch.AsSpan(_scratchUsed));
            _scratchUsed += take.Length;
            if (quote < 0) break;
            from = from[(quote + 2)..];
        }

        (cell.Array, cell.Start, cell.Length) = (_scratch, start, _scratchUsed - start);
        return true;
    }

    /// <summary>Names the cells with bytes that are no UTF-8 or are control characters.</summary>
    private bool Vet()
    {
        var sound = true;
        for (var i = 0; i < _plans.Length; i++)
        {
            var cell = _row.Cells[i].Span;
            if (!Utf8.IsValid(cell)) _row.Fail(_plans[i].Name, "focus.encoding.invalid", $"Broken encoding: {_plans[i].Name} is no valid UTF-8: {FocusMessages.Show(cell)}. Save the file as UTF-8.", FocusMessages.Show(cell));
            else if (CsvRecords.HasControl(cell)) _row.Fail(_plans[i].Name, "focus.cell.control", $"{_plans[i].Name} holds a control character: {FocusMessages.Show(cell)}. Remove it.", FocusMessages.Show(cell));
            else continue;
            sound = false;
        }

        if (!sound) _row.Blank();
        return sound;
    }

    private void CheckPeriod(FocusColumn start, FocusColumn end)
    {
        // A date that could not be read has its own error and is the default here.
        if (_row.Time(start) == default || _row.Time(end) == default || _row.Time(end) > _row.Time(start)) return;
        var name = _plans[_header.Ordinal(end)].Name;
        _row.Fail(name, "focus.period.inverted", string.Create(CultureInfo.InvariantCulture, $"{name} is {_row.Time(end):yyyy-MM-ddTHH:mm:ssZ}, which is not after {start} ({_row.Time(start):yyyy-MM-ddTHH:mm:ssZ}). FOCUS periods have an inclusive start and an exclusive, later end."), string.Create(CultureInfo.InvariantCulture, $"{_row.Time(end):yyyy-MM-ddTHH:mm:ssZ}"));
    }

    private void CheckUnit(FocusColumn quantity, FocusColumn unit)
    {
        var ordinal = _header.Ordinal(unit);
        if (ordinal >= 0 && _row.Cells[ordinal].Length == 0 && !_row.IsNull(quantity)) _row.Warn(FocusWarning.UnitMissing, ordinal, _row.Cells[ordinal]);
    }

    /// <summary>How one column of this file is read.</summary>
    internal sealed record Plan(int Ordinal, string Name, FocusColumnDefinition? Definition, FocusColumnType Type, bool AllowsNull, int MaxBytes, CellCache? Cache)
    {
        /// <summary>The FOCUS column; only for plans that have a definition.</summary>
        public FocusColumn Column { get; } = Definition?.Column ?? default;

        /// <summary>The last date-time of the column and what it was: periods repeat from row to row.</summary>
        public byte[] LastTime { get; } = new byte[32];

        public int LastTimeLength { get; set; }

        public DateTime LastTimeUtc { get; set; }

        public FocusTimeReading LastTimeReading { get; set; }
    }
}
