using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hexabase.Portal.Costs.Focus;

namespace Hexabase.Portal.Costs.Imports;

/// <summary>The columns that FOCUS does not know as one JSON object of texts per line, so that nothing of the file is lost.</summary>
internal sealed class ExtraColumns
{
    // Six bytes for one is the most that escaping makes of it.
    private const int MostEscaped = 6;

    private static readonly SearchValues<byte> Plain = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (byte)c).Except("\"\\"u8.ToArray())]);

    /// <summary>Each name with all that stands before its value: <c>,"name":"</c>.</summary>
    private readonly byte[][] _names;
    private byte[] _buffer = new byte[4096];
    private int _used;

    public ExtraColumns(FocusHeader header) =>
        _names = [.. header.UnknownColumns.Select(n => Encoding.UTF8.GetBytes($",\"{JsonEncodedText.Encode(n, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\":\""))];

    /// <summary>Valid until the next call; empty where every such column is null.</summary>
    public ReadOnlySpan<byte> Encode(FocusRow row)
    {
        _used = 0;
        for (var i = 0; i < _names.Length; i++)
        {
            var cell = row.Unknown(i);
            if (!cell.IsEmpty) Write(_names[i], cell);
        }

        if (_used == 0) return default;
        _buffer[0] = (byte)'{';
        _buffer[_used++] = (byte)'}';
        return _buffer.AsSpan(0, _used);
    }

    private void Write(byte[] name, ReadOnlySpan<byte> cell)
    {
        var plain = !cell.ContainsAnyExcept(Plain);
        var need = _used + name.Length + (plain ? cell.Length : cell.Length * MostEscaped) + 2;
        if (need > _buffer.Length) Array.Resize(ref _buffer, Math.Max(need, _buffer.Length * 2));
        name.CopyTo(_buffer, _used);
        _used += name.Length;
        if (plain)
        {
            cell.CopyTo(_buffer.AsSpan(_used));
            _used += cell.Length;
        }
        else
        {
            // The reader has checked that a cell is whole UTF-8.
            if (JavaScriptEncoder.UnsafeRelaxedJsonEscaping.EncodeUtf8(cell, _buffer.AsSpan(_used), out _, out var written) != OperationStatus.Done)
                throw new InvalidOperationException("A cell could not be written as JSON.");
            _used += written;
        }

        _buffer[_used++] = (byte)'"';
    }
}
