using System.Buffers;
using System.Buffers.Text;
using System.IO.Compression;
using System.Text;
using Hexabase.Portal.Costs.Focus;

namespace Hexabase.Portal.Samples;

/// <summary>Writes lines as CSV (RFC 4180) through gzip, at most a buffer of them at a time.</summary>
internal sealed class SampleCsv : IAsyncDisposable
{
    private const int FlushBytes = 128 * 1024;

    private static readonly SearchValues<byte> NeedQuotes = SearchValues.Create("\",\r\n"u8);

    private readonly GZipStream _gzip;
    private readonly SampleProvider _provider;
    private readonly ArrayBufferWriter<byte> _buffer = new(FlushBytes * 2);

    public SampleCsv(Stream destination, SampleProvider provider)
    {
        _gzip = new GZipStream(destination, CompressionLevel.Fastest, leaveOpen: true);
        _provider = provider;
        // Azure's exports begin with a byte order mark and end their lines in the Windows way.
        if (provider.WindowsText) _buffer.Write("\uFEFF"u8);
        for (var i = 0; i < provider.Columns.Length + provider.ExtraColumns.Length; i++)
        {
            if (i > 0) _buffer.Write(","u8);
            _buffer.Write(Encoding.ASCII.GetBytes(i < provider.Columns.Length ? provider.Columns[i].ToString() : provider.ExtraColumns[i - provider.Columns.Length]));
        }

        EndLine();
    }

    public async ValueTask WriteAsync(SampleLine line, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _provider.Columns.Length; i++)
        {
            if (i > 0) _buffer.Write(","u8);
            var column = _provider.Columns[i];
            if (FocusSpecification.Get(column).Type == FocusColumnType.Decimal) WriteNumber(line.Number(column));
            else WriteText(line[column]);
        }

        for (var i = 0; i < _provider.ExtraColumns.Length; i++)
        {
            _buffer.Write(","u8);
            WriteText(line.Extra(i));
        }

        EndLine();
        if (_buffer.WrittenCount >= FlushBytes) await FlushAsync(cancellationToken);
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _gzip.WriteAsync(_buffer.WrittenMemory, cancellationToken);
        _buffer.ResetWrittenCount();
    }

    public ValueTask DisposeAsync() => _gzip.DisposeAsync();

    private void EndLine() => _buffer.Write(_provider.WindowsText ? "\r\n"u8 : "\n"u8);

    private void WriteNumber(decimal? number)
    {
        if (number is not { } value) return;
        Utf8Formatter.TryFormat(value, _buffer.GetSpan(40), out var written);
        _buffer.Advance(written);
    }

    private void WriteText(string? text)
    {
        if (string.IsNullOrEmpty(text)) return;
        var span = _buffer.GetSpan((text.Length * 3) + 2);
        var length = Encoding.UTF8.GetBytes(text, span);
        if (span[..length].IndexOfAny(NeedQuotes) >= 0) length = Encoding.UTF8.GetBytes('"' + text.Replace("\"", "\"\"", StringComparison.Ordinal) + '"', _buffer.GetSpan((text.Length * 6) + 2));
        _buffer.Advance(length);
    }
}
