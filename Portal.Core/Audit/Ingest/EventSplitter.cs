using System.Buffers;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>
/// Cuts a body into events as it streams in: lines of JSON, one JSON array, the source's own wrapping (<c>{"Records":[...]}</c>, several of them one after the
/// other too), or objects written over several lines. Holds one event and a read-ahead, never the body. A part that cannot be an event is answered as a refusal,
/// and the cutting goes on behind it wherever that is possible.
/// </summary>
internal sealed class EventSplitter(Stream body, IReadOnlyList<string> envelope) : IDisposable
{
    private const int ReadBytes = 128 * 1024;
    private const int MaxBytes = EventJson.MaxBytes;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(ReadBytes * 4);
    private int _start;
    private int _end;
    private bool _ended;
    private bool _begun;
    private bool _afterComma;
    private EventForm _form;

    /// <summary>The line, or the element's number, of what was last answered.</summary>
    public long Line { get; private set; }

    /// <summary>The event's bytes, valid until the next call; empty where <see cref="Refusal"/> says why there is none.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    public EventRefusal? Refusal { get; private set; }

    /// <summary>Goes to the next event or refusal; false at the end of the body.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        (Current, Refusal) = (default, null);
        while (true)
        {
            if (_form == EventForm.Unknown && !await BeginAsync(cancellationToken)) return false;
            switch (_form)
            {
                case EventForm.Lines:
                    return await NextLineAsync(cancellationToken);
                case EventForm.Objects:
                    if (!await SkipBlankAsync(cancellationToken)) return false;
                    return await NextValueAsync(cancellationToken);
                default:
                    if (await NextElementAsync(cancellationToken)) return true;
                    if (_form != EventForm.Unknown) return false;
                    break;
            }
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>Looks at what comes first and decides the form; false where nothing comes.</summary>
    private async ValueTask<bool> BeginAsync(CancellationToken cancellationToken)
    {
        var first = !_begun;
        var decided = await DecideAsync(cancellationToken);
        // Blank lines before the first event count where lines are counted.
        if (first && _form != EventForm.Lines) Line = 0;
        return decided;
    }

    private async ValueTask<bool> DecideAsync(CancellationToken cancellationToken)
    {
        if (!_begun)
        {
            while (_end - _start < 3 && await FillAsync(cancellationToken))
            {
            }

            if (_buffer.AsSpan(_start, _end - _start).StartsWith("\uFEFF"u8)) _start += 3;
        }

        if (!await SkipBlankAsync(cancellationToken, !_begun)) return false;
        _begun = true;
        if (_buffer[_start] == '[')
        {
            _start++;
            _form = EventForm.Array;
            return true;
        }

        if (_buffer[_start] != '{')
        {
            _form = EventForm.Lines;
            return true;
        }

        while (true)
        {
            var look = EventForms.Look(_buffer.AsSpan(_start, _end - _start), envelope, out var arrayAt);
            if (look == EventForm.Unknown && _end - _start <= MaxBytes && await FillAsync(cancellationToken)) continue;
            _form = look == EventForm.Unknown ? EventForm.Lines : look;
            if (_form == EventForm.Wrapped) _start += arrayAt;
            return true;
        }
    }

    private async ValueTask<bool> NextLineAsync(CancellationToken cancellationToken)
    {
        var (scanned, tooLong) = (0, false);
        while (true)
        {
            var newline = _buffer.AsSpan(_start + scanned, _end - _start - scanned).IndexOf((byte)'\n');
            if (newline < 0)
            {
                scanned = _end - _start;
                if (scanned > MaxBytes)
                {
                    tooLong = true;
                    _start = _end;
                    scanned = 0;
                }

                if (await FillAsync(cancellationToken)) continue;
            }

            if (newline < 0 && _start == _end && !tooLong) return false;
            var line = _buffer.AsMemory(_start, newline < 0 ? _end - _start : scanned + newline);
            _start += line.Length + (newline < 0 ? 0 : 1);
            scanned = 0;
            Line++;
            if (tooLong || line.Length > MaxBytes + 1)
            {
                Refusal = EventJson.TooLong;
                return true;
            }

            if (line.Span.IndexOfAnyExcept(" \t\r"u8) < 0) continue;
            Current = EventScan.Trim(line);
            return true;
        }
    }

    /// <summary>The next element of an array; false at its end, behind which a wrapped form may begin anew.</summary>
    private async ValueTask<bool> NextElementAsync(CancellationToken cancellationToken)
    {
        if (!await SkipBlankAsync(cancellationToken))
        {
            Line++;
            return Refuse(EventJson.Truncated);
        }

        if (_buffer[_start] != ']') return await NextValueAsync(cancellationToken);
        if (_afterComma)
        {
            // A comma promises another element.
            _afterComma = false;
            Line++;
            Refusal = EventJson.Malformed(1);
            return true;
        }

        _start++;
        if (_form == EventForm.Array)
        {
            _form = EventForm.Lines;
            if (!await SkipBlankAsync(cancellationToken)) return false;
            _start = _end;
            _ended = true;
            Line++;
            return Refuse(new EventRefusal("json.trailing", "Something follows behind the array."));
        }

        // The rest of the wrapping object, member by member, is passed over.
        var depth = envelope.Count;
        var inString = false;
        while (depth > 0 && await AtLeastOneAsync(cancellationToken))
        {
            var b = _buffer[_start++];
            if (inString)
            {
                if (b == '\\' && await AtLeastOneAsync(cancellationToken)) _start++;
                else if (b == '"') inString = false;
            }
            else if (b == '"')
            {
                inString = true;
            }
            else
            {
                depth += b is (byte)'{' or (byte)'[' ? 1 : b is (byte)'}' or (byte)']' ? -1 : 0;
            }
        }

        _form = EventForm.Unknown;
        return false;
    }

    /// <summary>The value that begins here, up to the comma or bracket of its array or, in a row of objects, to its own end.</summary>
    private async ValueTask<bool> NextValueAsync(CancellationToken cancellationToken)
    {
        var (at, depth, inString, tooLong) = (0, 0, false, false);
        Line++;
        while (true)
        {
            var end = EventScan.End(_buffer.AsSpan(_start, _end - _start), ref at, ref depth, ref inString, _form == EventForm.Objects);
            if (end < 0)
            {
                if (at > MaxBytes)
                {
                    tooLong = true;
                    _start += at;
                    at = 0;
                }

                if (await FillAsync(cancellationToken)) continue;
                _start = _end;
                return Refuse(tooLong ? EventJson.TooLong : EventJson.Truncated);
            }

            var value = EventScan.Trim(_buffer.AsMemory(_start, end));
            _start += end;
            _afterComma = _form != EventForm.Objects && _buffer[_start] == ',';
            if (_afterComma) _start++;

            if (tooLong || value.Length > MaxBytes) Refusal = EventJson.TooLong;
            else if (value.IsEmpty) Refusal = EventJson.Malformed(1);
            else Current = value;
            return true;
        }
    }

    /// <summary>The last answer of this body.</summary>
    private bool Refuse(EventRefusal refusal)
    {
        (Refusal, _form) = (refusal, EventForm.Lines);
        return true;
    }

    private async ValueTask<bool> SkipBlankAsync(CancellationToken cancellationToken, bool countLines = false)
    {
        while (true)
        {
            var span = _buffer.AsSpan(_start, _end - _start);
            var first = span.IndexOfAnyExcept(" \t\r\n"u8);
            if (first >= 0)
            {
                if (countLines) Line += span[..first].Count((byte)'\n');
                _start += first;
                return true;
            }

            if (countLines) Line += span.Count((byte)'\n');
            _start = _end;
            if (!await FillAsync(cancellationToken)) return false;
        }
    }

    private async ValueTask<bool> AtLeastOneAsync(CancellationToken cancellationToken) => _start < _end || await FillAsync(cancellationToken);

    /// <summary>Reads on; false at the end. Bytes before <see cref="_start"/> are given up.</summary>
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_ended) return false;
        if (_start > 0 && (_start == _end || _buffer.Length - _end < ReadBytes))
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_buffer.Length - _end < ReadBytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _end + ReadBytes));
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var read = await body.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        _ended = read == 0;
        return read > 0;
    }
}
