using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>
/// Brings a key-value cell (FOCUS KeyValueFormat) into one form: compact, keys in the order of their UTF-8 bytes, the last of equal keys, strings escaped only
/// where JSON must. Equal tag sets become equal bytes. Numbers keep their digits.
/// </summary>
internal sealed class FocusJson
{
    private const int MaxDepth = 16;

    private static readonly SearchValues<byte> MustEscape = SearchValues.Create([.. Enumerable.Range(0, 32).Select(c => (byte)c), (byte)'"', (byte)'\\']);

    private byte[] _output = new byte[256];
    private int _length;
    private byte[] _text = new byte[256];

    /// <summary>The canonical form; valid until the next call. Empty with a reason where the cell is no JSON object.</summary>
    public ReadOnlySpan<byte> Canonicalize(ReadOnlySpan<byte> json, out FocusCellNotes notes, out string? problem)
    {
        notes = FocusCellNotes.None;
        problem = null;
        _length = 0;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                problem = "it is no object";
            }
            else
            {
                WriteObject(ref reader, ref notes);
                // The reader throws at anything but white space behind the object.
                while (reader.Read())
                {
                }
            }
        }
        catch (JsonException broken)
        {
            problem = string.Create(CultureInfo.InvariantCulture, $"byte {broken.BytePositionInLine + 1} cannot stand there");
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair in an escape: JSON's grammar has it, Unicode text does not.
            problem = "it escapes half a character";
        }

        return problem is null ? _output.AsSpan(0, _length) : default;
    }

    private void WriteObject(ref Utf8JsonReader reader, ref FocusCellNotes notes)
    {
        List<(byte[] Key, int Start, int Length)> members = [];
        var start = _length;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = ReadText(ref reader).ToArray();
            reader.Read();
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) notes |= FocusCellNotes.NestedValue;
            var at = _length;
            WriteValue(ref reader, ref notes);
            members.Add((key, at, _length - at));
        }

        // The values stand one after the other; they are put between their keys in order, the last of equal keys kept.
        var values = _output.AsSpan(start, _length - start).ToArray();
        _length = start;
        var order = Enumerable.Range(0, members.Count).ToArray();
        Array.Sort(order, (a, b) =>
        {
            var byKey = members[a].Key.AsSpan().SequenceCompareTo(members[b].Key);
            return byKey != 0 ? byKey : a.CompareTo(b);
        });

        Write("{"u8);
        var first = true;
        for (var i = 0; i < order.Length; i++)
        {
            var (key, at, length) = members[order[i]];
            if (i + 1 < order.Length && key.AsSpan().SequenceEqual(members[order[i + 1]].Key))
            {
                notes |= FocusCellNotes.DuplicateKey;
                continue;
            }

            if (!first) Write(","u8);
            first = false;
            WriteString(key);
            Write(":"u8);
            Write(values.AsSpan(at - start, length));
        }

        Write("}"u8);
    }

    private void WriteArray(ref Utf8JsonReader reader, ref FocusCellNotes notes)
    {
        Write("["u8);
        for (var first = true; reader.Read() && reader.TokenType != JsonTokenType.EndArray; first = false)
        {
            if (!first) Write(","u8);
            WriteValue(ref reader, ref notes);
        }

        Write("]"u8);
    }

    private void WriteValue(ref Utf8JsonReader reader, ref FocusCellNotes notes)
    {
        if (reader.TokenType == JsonTokenType.StartObject) WriteObject(ref reader, ref notes);
        else if (reader.TokenType == JsonTokenType.StartArray) WriteArray(ref reader, ref notes);
        else if (reader.TokenType == JsonTokenType.String) WriteString(ReadText(ref reader));
        else Write(reader.ValueSpan);
    }

    private ReadOnlySpan<byte> ReadText(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return reader.ValueSpan;
        if (_text.Length < reader.ValueSpan.Length) _text = new byte[reader.ValueSpan.Length];
        var text = _text.AsSpan(0, reader.CopyString(_text));
        // U+0000 can be escaped in JSON and stored by no database as text.
        return text.Contains((byte)0) ? throw new JsonException("U+0000", null, 0, reader.TokenStartIndex) : text;
    }

    private void WriteString(ReadOnlySpan<byte> text)
    {
        Write("\""u8);
        while (true)
        {
            var plain = text.IndexOfAny(MustEscape);
            Write(plain < 0 ? text : text[..plain]);
            if (plain < 0) break;
            var c = text[plain];
            if (c is (byte)'"' or (byte)'\\') Write([(byte)'\\', c]);
            else Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{c:x4}")));
            text = text[(plain + 1)..];
        }

        Write("\""u8);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (_output.Length - _length < bytes.Length) Array.Resize(ref _output, Math.Max(_output.Length * 2, _length + bytes.Length));
        bytes.CopyTo(_output.AsSpan(_length));
        _length += bytes.Length;
    }
}
