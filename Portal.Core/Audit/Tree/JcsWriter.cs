using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Text.Unicode;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>
/// Writes canonical JSON (RFC 8785) of a known shape without looking at it twice: the caller gives members in sorted order (UTF-16 code units; checked in Debug
/// builds) and leaves out what is absent. Names are ASCII without anything to escape.
/// </summary>
public ref struct JcsWriter(IBufferWriter<byte> output)
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        "\"\\\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000A\u000B\u000C\u000D\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F");

    private readonly IBufferWriter<byte> _output = output;
    private bool _needsComma;
#if DEBUG
    private readonly Stack<byte[]> _names = new();
#endif

    /// <summary>The outermost object.</summary>
    public void StartObject()
    {
        Debug.Assert(!_needsComma, "An object inside an object has a name.");
        Open();
    }

    public void StartObject(ReadOnlySpan<byte> name)
    {
        Name(name);
        Open();
    }

    public void EndObject()
    {
        _output.Write("}"u8);
        _needsComma = true;
#if DEBUG
        _names.Pop();
#endif
    }

    /// <summary>Nothing where the value is null.</summary>
    /// <exception cref="FormatException">A lone surrogate.</exception>
    public void String(ReadOnlySpan<byte> name, string? value)
    {
        if (value is null) return;
        Name(name);
        WriteQuoted(_output, value);
    }

    /// <summary>The RFC 9562 text in lower case; nothing where the value is null.</summary>
    public void String(ReadOnlySpan<byte> name, Guid? value)
    {
        if (value is not { } id) return;
        Name(name);
        var span = _output.GetSpan(38);
        span[0] = span[37] = (byte)'"';
        Utf8Formatter.TryFormat(id, span[1..], out _);
        _output.Advance(38);
    }

    /// <summary>UTC with exactly six decimals, such as <c>2026-11-20T17:00:00.123456Z</c>; what is finer is cut off. Nothing where the value is null.</summary>
    public void String(ReadOnlySpan<byte> name, DateTime? value)
    {
        if (value is not { } time) return;
        Debug.Assert(time.Kind != DateTimeKind.Local, "Times are UTC.");
        Name(name);
        var span = _output.GetSpan(30);
        span[0] = (byte)'"';
        // "O" has seven decimals; the last one gives way to the Z.
        Utf8Formatter.TryFormat(DateTime.SpecifyKind(time, DateTimeKind.Utc), span[1..], out _, new StandardFormat('O'));
        (span[27], span[28]) = ((byte)'Z', (byte)'"');
        _output.Advance(29);
    }

    /// <summary>Standard base64 with padding; nothing where the value is null.</summary>
    public void Base64(ReadOnlySpan<byte> name, byte[]? value)
    {
        if (value is null) return;
        Name(name);
        var span = _output.GetSpan(Base64Length(value.Length) + 2);
        span[0] = (byte)'"';
        System.Buffers.Text.Base64.EncodeToUtf8(value, span[1..], out _, out var written);
        span[written + 1] = (byte)'"';
        _output.Advance(written + 2);
    }

    /// <summary>A whole number; beyond ±(2^53 − 1) it has no exact JSON form.</summary>
    public void Number(ReadOnlySpan<byte> name, long value)
    {
        if (Math.Abs(value) > 9_007_199_254_740_991) throw new FormatException($"{value} is beyond the whole numbers of JSON.");
        Name(name);
        var span = _output.GetSpan(20);
        Utf8Formatter.TryFormat(value, span, out var written);
        _output.Advance(written);
    }

    internal static void WriteQuoted(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        output.Write("\""u8);
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAny(Escaped);
            Plain(output, plain < 0 ? text : text[..plain]);
            if (plain < 0) break;
            Escape(output, text[plain]);
            text = text[(plain + 1)..];
        }

        output.Write("\""u8);
    }

    private static int Base64Length(int bytes) => (bytes + 2) / 3 * 4;

    private static void Plain(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        var span = output.GetSpan(text.Length * 3);
        if (Utf8.FromUtf16(text, span, out _, out var written, replaceInvalidSequences: false) != OperationStatus.Done) throw new FormatException("A string holds a lone surrogate.");
        output.Advance(written);
    }

    private static void Escape(IBufferWriter<byte> output, char c)
    {
        switch (c)
        {
            case '"': output.Write("\\\""u8); break;
            case '\\': output.Write("\\\\"u8); break;
            case '\b': output.Write("\\b"u8); break;
            case '\t': output.Write("\\t"u8); break;
            case '\n': output.Write("\\n"u8); break;
            case '\f': output.Write("\\f"u8); break;
            case '\r': output.Write("\\r"u8); break;
            default: output.Write([(byte)'\\', (byte)'u', (byte)'0', (byte)'0', Hex(c >> 4), Hex(c & 15)]); break;
        }
    }

    private static byte Hex(int digit) => (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);

    private void Open()
    {
        _output.Write("{"u8);
        _needsComma = false;
#if DEBUG
        _names.Push([]);
#endif
    }

    private void Name(ReadOnlySpan<byte> name)
    {
#if DEBUG
        var before = _names.Pop();
        Debug.Assert(before.AsSpan().SequenceCompareTo(name) < 0, "Members stand in sorted order.");
        _names.Push(name.ToArray());
#endif
        var span = _output.GetSpan(name.Length + 4);
        var at = 0;
        if (_needsComma) span[at++] = (byte)',';
        span[at++] = (byte)'"';
        name.CopyTo(span[at..]);
        at += name.Length;
        span[at++] = (byte)'"';
        span[at++] = (byte)':';
        _output.Advance(at);
        _needsComma = true;
    }
}
