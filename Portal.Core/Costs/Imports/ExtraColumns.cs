using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hexabase.Portal.Costs.Focus;

namespace Hexabase.Portal.Costs.Imports;

/// <summary>The columns that FOCUS does not know as one JSON object of texts per line, so that nothing of the file is lost.</summary>
internal sealed class ExtraColumns : IDisposable
{
    private readonly JsonEncodedText[] _names;
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly Utf8JsonWriter _json;

    public ExtraColumns(FocusHeader header)
    {
        _names = [.. header.UnknownColumns.Select(n => JsonEncodedText.Encode(n, JavaScriptEncoder.UnsafeRelaxedJsonEscaping))];
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <summary>Valid until the next call; empty where every such column is null.</summary>
    public ReadOnlySpan<byte> Encode(FocusRow row)
    {
        var any = false;
        for (var i = 0; i < _names.Length; i++)
        {
            var cell = row.Unknown(i);
            if (cell.IsEmpty) continue;
            if (!any)
            {
                _buffer.ResetWrittenCount();
                _json.Reset();
                _json.WriteStartObject();
                any = true;
            }

            _json.WriteString(_names[i], cell);
        }

        if (!any) return default;
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan;
    }

    public void Dispose() => _json.Dispose();
}
