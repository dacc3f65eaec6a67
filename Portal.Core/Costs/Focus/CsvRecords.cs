using System.Buffers;
using System.Text.Unicode;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>What <see cref="CsvRecords.Next"/> found.</summary>
internal enum CsvStep
{
    Record,
    NeedMore,
    End,
    RecordTooLong,
    OpenQuote,
    TooManyCells,
}

/// <summary>
/// Cuts a stream of bytes into CSV records (RFC 4180; LF, CRLF and CR end a record, empty lines are skipped) inside one buffer. Cells point into the buffer
/// until the next record is asked for. No allocation per record.
/// </summary>
internal sealed class CsvRecords(FocusSource source, FocusReadOptions options)
{
    private static readonly SearchValues<byte> PlainEnd = SearchValues.Create(",\r\n\""u8);
    private static readonly SearchValues<byte> CellEnd = SearchValues.Create(",\r\n"u8);
    private static readonly SearchValues<byte> Controls = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    private byte[] _buffer = new byte[Math.Max(16, Math.Min(options.BufferBytes, options.MaxRowBytes))];
    private int _recordStart;
    private int _recordEnd;
    private int _at;
    private int _end;
    private int _vetted;
    private bool _ended;

    /// <summary>The cells of the last record; longer than <see cref="CellCount"/>.</summary>
    public CsvCell[] Cells { get; private set; } = new CsvCell[64];

    public int CellCount { get; private set; }

    /// <summary>More cells than this are counted, not kept.</summary>
    public int MaxCells { get; set; } = options.MaxColumns + 1;

    /// <summary>The last record as it was read, without its line end.</summary>
    public ReadOnlySpan<byte> Raw => _buffer.AsSpan(_recordStart, _recordEnd - _recordStart);

    /// <summary>Whether the record needs a closer look: somewhere near it stand bytes that are no UTF-8 or control characters.</summary>
    public bool IsSuspect => _recordEnd > _vetted;

    /// <summary>Whether the record ends with the bytes and not with a line end.</summary>
    public bool IsLast => _ended && _recordEnd == _end;

    public static bool HasControl(ReadOnlySpan<byte> cell) => cell.ContainsAny(Controls);

    /// <summary>The next record of what the buffer holds; synchronous.</summary>
    public CsvStep Next()
    {
        while (_at < _end && _buffer[_at] is (byte)'\n' or (byte)'\r') _at++;
        _recordStart = _recordEnd = _at;
        if (_at < _end) return Scan();
        return _ended ? CsvStep.End : CsvStep.NeedMore;
    }

    /// <summary>Moves what is left to the front and reads on, until the buffer is well filled or the source ends.</summary>
    public async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        var left = _end - _recordStart;
        if (_recordStart > 0)
        {
            _buffer.AsSpan(_recordStart, left).CopyTo(_buffer);
            _vetted = Math.Max(0, _vetted - _recordStart);
            (_recordStart, _recordEnd, _at, _end) = (0, 0, 0, left);
        }

        if (left > _buffer.Length / 2 && _buffer.Length < options.MaxRowBytes)
        {
            Array.Resize(ref _buffer, (int)Math.Min(_buffer.Length * 2L, options.MaxRowBytes));
        }

        // A record is scanned again from its start after each fill: small reads are gathered first, or a slow sender would make that quadratic.
        var enough = _end + ((_buffer.Length - _end + 1) / 2);
        while (_end < enough)
        {
            var read = await source.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            _ended = read == 0;
            if (_ended) break;
            _end += read;
        }

        Vet();
    }

    /// <summary>Leaves out the byte order mark of UTF-8 at the start of the first buffer.</summary>
    public void SkipMark()
    {
        if (_at == 0 && _buffer.AsSpan(0, _end).StartsWith("\uFEFF"u8)) _at = 3;
    }

    /// <summary>What is in the buffer and not consumed, for a look at the start of the file.</summary>
    public ReadOnlySpan<byte> Ahead => _buffer.AsSpan(_at, _end - _at);

    private CsvStep Scan()
    {
        var data = _buffer.AsSpan(0, _end);
        var at = _at;
        var count = 0;
        while (true)
        {
            var marks = CsvCellMarks.None;
            int start;
            int length;
            if (at < data.Length && data[at] == (byte)'"')
            {
                marks = CsvCellMarks.Quoted;
                start = ++at;
                while (true)
                {
                    var quote = data[at..].IndexOf((byte)'"');
                    if (quote < 0 || (at + quote + 1 == data.Length && !_ended)) return Unfinished(count);
                    at += quote + 1;
                    if (at == data.Length || data[at] != (byte)'"') break;
                    marks |= CsvCellMarks.Escaped;
                    at++;
                }

                length = at - 1 - start;
                if (at < data.Length && data[at] is not ((byte)',' or (byte)'\n' or (byte)'\r'))
                {
                    marks |= CsvCellMarks.TextAfterQuote;
                    var end = data[at..].IndexOfAny(CellEnd);
                    if (end < 0 && !_ended) return Unfinished(count);
                    at = end < 0 ? data.Length : at + end;
                    length = at - start;
                }
            }
            else
            {
                start = at;
                var end = data[at..].IndexOfAny(PlainEnd);
                if (end >= 0 && data[at + end] == (byte)'"')
                {
                    marks = CsvCellMarks.BareQuote;
                    end = data[at..].IndexOfAny(CellEnd);
                }

                if (end < 0 && !_ended) return Unfinished(count);
                at = end < 0 ? data.Length : at + end;
                length = at - start;
            }

            Keep(count++, start, length, marks);
            if (at < data.Length && data[at] == (byte)',')
            {
                at++;
                continue;
            }

            _recordEnd = _at = at;
            CellCount = count;
            if (_recordEnd - _recordStart > options.MaxRowBytes) return CsvStep.RecordTooLong;
            return count > options.MaxColumns && MaxCells > options.MaxColumns ? CsvStep.TooManyCells : CsvStep.Record;
        }
    }

    private CsvStep Unfinished(int cells)
    {
        CellCount = cells;
        if (_ended) return CsvStep.OpenQuote;
        return _end - _recordStart >= options.MaxRowBytes ? CsvStep.RecordTooLong : CsvStep.NeedMore;
    }

    private void Keep(int index, int start, int length, CsvCellMarks marks)
    {
        if (index >= MaxCells) return;
        if (index == Cells.Length)
        {
            var cells = Cells;
            Array.Resize(ref cells, index * 2);
            Cells = cells;
        }

        ref var cell = ref Cells[index];
        cell.Array = cell.SourceArray = _buffer;
        cell.Start = cell.SourceStart = start;
        cell.Length = cell.SourceLength = length;
        cell.Marks = marks;
    }

    // One pass over each buffer instead of one per cell. The mark stops before trouble; records behind it are looked at one by one until the next fill.
    private void Vet()
    {
        var fresh = _buffer.AsSpan(_vetted, _end - _vetted);
        var whole = _ended ? fresh.Length : fresh.Length - SplitCharacter(fresh);
        fresh = fresh[..whole];
        if (Utf8.IsValid(fresh) && !HasControl(fresh)) _vetted += whole;
    }

    /// <summary>The number of bytes at the end that begin a character whose rest is still to come.</summary>
    private static int SplitCharacter(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var b = bytes[^back];
            if ((b & 0xC0) == 0x80) continue;
            var size = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC0 ? 2 : 1;
            return size > back ? back : 0;
        }

        return 0;
    }
}
