using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Hexabase.Portal.Audit.Search;

/// <summary>
/// The terms of the index: one byte that says what it is, then the value. Lower case = folded text of at most <see cref="MaxBytes"/> bytes; upper case = the same field's value as the
/// 16 bytes of a UUID. Terms are compared byte by byte.
/// </summary>
internal static class AuditTerms
{
    public const int MaxBytes = 200;

    /// <summary>Held by every entry of a segment that is still readable.</summary>
    public const byte Every = (byte)'*';
    public const byte Text = (byte)'t';
    public const byte Actor = (byte)'a';
    public const byte Action = (byte)'c';
    public const byte Resource = (byte)'r';
    public const byte Workspace = (byte)'w';
    public const byte Status = (byte)'s';
    public const byte Ip = (byte)'i';

    /// <summary>4 or 6, then the address in network order: a network is a range of these.</summary>
    public const byte Address = (byte)'h';
    public const byte Kind = (byte)'k';
    public const byte Source = (byte)'o';

    /// <summary>The code of a qualifier whose values are terms.</summary>
    public static byte CodeOf(string? qualifier) => qualifier switch
    {
        null => Text,
        "actor" => Actor,
        "action" => Action,
        "resource" => Resource,
        "workspace" => Workspace,
        "status" => Status,
        "ip" => Ip,
        "kind" => Kind,
        "source" => Source,
        _ => throw new InvalidOperationException($"The qualifier {qualifier} has no terms."),
    };

    /// <summary>The same field's code for UUIDs.</summary>
    public static byte ForId(byte code) => (byte)(code & ~0x20);

    public static byte[] Of(byte code, ReadOnlySpan<byte> folded) => AuditTokens.IsId(folded) ? [ForId(code), .. IdBytes(folded)] : [code, .. Cut(folded)];

    public static byte[] Of(byte code, Guid id)
    {
        var term = new byte[17];
        term[0] = ForId(code);
        id.TryWriteBytes(term.AsSpan(1), bigEndian: true, out _);
        return term;
    }

    /// <summary>At most <see cref="MaxBytes"/> bytes, never ending inside a character.</summary>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> folded)
    {
        if (folded.Length <= MaxBytes) return folded;
        var end = MaxBytes;
        while ((folded[end] & 0xC0) == 0x80) end--;
        return folded[..end];
    }

    public static byte[] IdBytes(ReadOnlySpan<byte> folded)
    {
        var bytes = new byte[16];
        WriteId(folded, bytes);
        return bytes;
    }

    public static void WriteId(ReadOnlySpan<byte> folded, Span<byte> bytes)
    {
        for (int i = 0, digit = 0; i < folded.Length; i++)
        {
            if (folded[i] == '-') continue;
            var value = folded[i] <= '9' ? folded[i] - '0' : folded[i] - 'a' + 10;
            if ((digit & 1) == 0) bytes[digit >> 1] = (byte)(value << 4);
            else bytes[digit >> 1] |= (byte)value;
            digit++;
        }
    }

    /// <summary>Address as 4 or 6 and its bytes; IPv4 mapped into IPv6 counts as IPv4. 0 = no address.</summary>
    public static int WriteAddress(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        // Only dotted quads and colon forms: IPAddress would also read "1" or "0x7f" as addresses.
        if (!text.Contains(':') && text.Count('.') != 3) return 0;
        if (!IPAddress.TryParse(text, out var address)) return 0;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (!address.TryWriteBytes(bytes[1..], out var written)) return 0;
        bytes[0] = (byte)(written == 4 ? 4 : 6);
        return written + 1;
    }

    /// <summary>Stable across processes and versions: filters in the database are made of it.</summary>
    public static ulong Hash(byte code, ReadOnlySpan<byte> value)
    {
        var hash = (code + 1UL) * 0x9E3779B97F4A7C15UL ^ ((ulong)value.Length << 32);
        while (value.Length >= 8)
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(value));
            value = value[8..];
        }

        var rest = 0UL;
        for (var i = 0; i < value.Length; i++) rest |= (ulong)value[i] << (8 * i);
        return Mix(hash ^ rest);
    }

    private static ulong Mix(ulong value)
    {
        var high = Math.BigMul(value ^ 0xA0761D6478BD642FUL, 0xE7037ED1A0B428DBUL, out var low);
        return high ^ low;
    }

    /// <summary>For messages and tests.</summary>
    public static string Show(ReadOnlySpan<byte> term) => (char)term[0] + ":" + (char.IsUpper((char)term[0]) ? Convert.ToHexStringLower(term[1..]) : Encoding.UTF8.GetString(term[1..]));
}
