namespace Hexabase.Portal.Costs.Focus;

/// <summary>
/// Reads a FOCUS 1.0, 1.1 or 1.2 file (CSV in UTF-8, or gzip of it) record by record in constant memory, and checks it against the specification in two
/// grades: errors forbid the row, warnings are counted. What is wrong with the file is a <see cref="FocusIssue"/>, never an exception; only cancellation and
/// failures of the given stream itself throw.
/// </summary>
public sealed class FocusReader : IAsyncDisposable
{
    private readonly FocusSource _source;
    private readonly CsvRecords _records;
    private readonly FocusReadOptions _options;
    private FocusRowReader? _rows;
    private FocusWarningTally _tally = new(0);
    private bool _ended;

    private FocusReader(FocusSource source, FocusReadOptions options)
    {
        (_source, _options) = (source, options);
        _records = new CsvRecords(source, options);
        Header = new FocusHeader([], [], []);
        Current = new FocusRow(Header, _records);
    }

    public FocusHeader Header { get; private set; }

    /// <summary>The last record read; one instance for all of them.</summary>
    public FocusRow Current { get; private set; }

    /// <summary>Data records read, those with errors included.</summary>
    public long RowsRead { get; private set; }

    /// <summary>Bytes taken from the given stream (packed ones where it is gzip), for progress against its length.</summary>
    public long BytesRead => _source.BytesRead;

    /// <summary>What ended the reading before the end of the file: broken packing, UTF-16, an open quote, no row at all. Null while nothing did.</summary>
    public FocusIssue? Fatal { get; private set; }

    /// <summary>The warnings of the header and of all rows without errors so far, by code and column.</summary>
    public IReadOnlyCollection<FocusWarningCount> WarningCounts => _tally.Counts;

    /// <summary>SHA-256 of the unpacked content in lower-case hex, the same for gzip and plain; empty before the end of the file was reached.</summary>
    public string ContentSha256 { get; private set; } = "";

    /// <summary>
    /// Reads the header. The stream stays the caller's: it is read forward, once, and left open. Look at <see cref="FocusHeader.Issues"/> and
    /// <see cref="Fatal"/> before reading rows; with either no row comes.
    /// </summary>
    public static async Task<FocusReader> OpenAsync(Stream content, FocusReadOptions options, CancellationToken cancellationToken)
    {
        var reader = new FocusReader(await FocusSource.OpenAsync(content, options, cancellationToken), options);
        try
        {
            await reader.ReadHeaderAsync(cancellationToken);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts the next record into <see cref="Current"/>; false at the end or where <see cref="Fatal"/> says why. Completes synchronously within a buffer.</summary>
    public ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_ended || _rows is null) return new(false);
        var step = _records.Next();
        return step == CsvStep.NeedMore ? ReadOnAsync(cancellationToken) : new(Take(step, _rows));
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async ValueTask<bool> ReadOnAsync(CancellationToken cancellationToken)
    {
        var step = CsvStep.NeedMore;
        while (step == CsvStep.NeedMore)
        {
            await _records.FillAsync(cancellationToken);
            step = _records.Next();
        }

        return _rows is not null && Take(step, _rows);
    }

    private bool Take(CsvStep step, FocusRowReader rows)
    {
        // What stands before a break in the bytes is whole only up to the last line end.
        if (step == CsvStep.Record && !(_source.Broken is not null && _records.IsLast))
        {
            rows.Read(++RowsRead);
            if (!Current.HasErrors) Current.CountWarnings(_tally);
            return true;
        }

        End(step, RowsRead + 1);
        if (Fatal is null && RowsRead == 0) Fatal = new(0, null, "focus.file.noRows", "The file has a header and no row. There is nothing to import; export the period again.");
        return false;
    }

    private async ValueTask ReadHeaderAsync(CancellationToken cancellationToken)
    {
        await _records.FillAsync(cancellationToken);
        if (FocusMessages.ForeignFormat(_records.Ahead) is { } foreign)
        {
            _ended = true;
            Fatal = new(0, null, foreign.Code, foreign.Message);
            return;
        }

        _records.SkipMark();
        var step = _records.Next();
        while (step == CsvStep.NeedMore)
        {
            await _records.FillAsync(cancellationToken);
            step = _records.Next();
        }

        if (step != CsvStep.Record || (_source.Broken is not null && _records.IsLast))
        {
            End(step, 0);
            Fatal ??= new(0, null, "focus.file.empty", "The file is empty. A FOCUS file has a header and at least one row.");
            return;
        }

        (Header, _tally) = FocusHeaderReader.Read(_records);
        _ended = Header.Issues.Count > 0;
        _records.MaxCells = Header.Names.Count;
        Current = new FocusRow(Header, _records);
        _rows = new FocusRowReader(Header, _records, Current, _options);
    }

    private void End(CsvStep step, long row)
    {
        _ended = true;
        var names = Header.Names;
        var column = _records.CellCount < names.Count ? names[_records.CellCount] : null;
        if (_source.Broken is { } broken) Fatal = new(row, null, broken.Code, broken.Message);
        else if (step == CsvStep.OpenQuote) Fatal = new(row, column, "focus.csv.openQuote", FocusMessages.OpenQuote(column));
        else if (step == CsvStep.RecordTooLong) Fatal = new(row, column, "focus.row.tooLong", FocusMessages.RowTooLong(_options.MaxRowBytes, column));
        else if (step == CsvStep.TooManyCells) Fatal = new(row, null, "focus.header.tooManyColumns", FocusMessages.TooManyColumns(_options.MaxColumns));
        else ContentSha256 = _source.ContentSha256();
    }
}
