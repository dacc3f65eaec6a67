using System.Buffers.Binary;
using System.Text;

namespace Hexabase.Portal.Integrations.Outbound;

/// <summary>What a datagram or stream from a name server is to a question.</summary>
public enum DnsAnswerState
{
    /// <summary>Of another question: whoever asks goes on waiting.</summary>
    Foreign,

    /// <summary>Of this question, and not to be read.</summary>
    Unreadable,

    /// <summary>Cut off: to be asked again by TCP.</summary>
    Truncated,

    Answered,
}

/// <summary>An answer as far as it was read.</summary>
/// <param name="Code">RCODE: 0 = no error, 2 = server failure, 3 = no such name, 5 = refused.</param>
/// <param name="Texts">One text a TXT record, its strings joined without anything between them (RFC 7208 section 3.3), a character a byte.</param>
public sealed record DnsAnswer(DnsAnswerState State, int Code, IReadOnlyList<string> Texts)
{
    internal static DnsAnswer Of(DnsAnswerState state) => new(state, 0, []);
}

/// <summary>
/// Questions for TXT records and their answers (RFC 1035), as a stub resolver needs them. Reads nothing outside of the message, follows a compression pointer only backwards, so that no
/// message keeps it busy, and believes only what answers the very question.
/// </summary>
public static class DnsMessage
{
    public const int MaxBytes = 65_535;
    private const int HeaderBytes = 12;
    private const int MaxNameBytes = 255;
    private const int MaxAliases = 8;
    private const ushort Txt = 16;
    private const ushort Alias = 5;
    private const ushort Internet = 1;

    /// <summary>True for a name that fits: labels of 1 to 63 bytes, 255 in all, ASCII.</summary>
    public static bool CanHold(string name) => name.Length <= MaxNameBytes - 2 && Ascii.IsValid(name) && name.Split('.').All(l => l.Length is > 0 and <= 63);

    /// <summary>The question for a name that <see cref="CanHold"/>, recursion desired.</summary>
    public static byte[] Question(ushort id, string name)
    {
        var labels = name.Split('.');
        var message = new byte[HeaderBytes + name.Length + 2 + 4];
        BinaryPrimitives.WriteUInt16BigEndian(message, id);
        message[2] = 1;
        message[5] = 1;
        var at = HeaderBytes;
        foreach (var label in labels)
        {
            message[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label, message.AsSpan(at));
        }

        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at + 1), Txt);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at + 3), Internet);
        return message;
    }

    public static DnsAnswer Read(ReadOnlySpan<byte> message, ushort id, string name)
    {
        // An answer (QR) to a standard query (opcode 0) with this id and this one question.
        if (message.Length is < HeaderBytes or > MaxBytes || BinaryPrimitives.ReadUInt16BigEndian(message) != id || (message[2] & 0xF8) != 0x80 || Number(message, 4) != 1) return DnsAnswer.Of(DnsAnswerState.Foreign);
        var at = HeaderBytes;
        if (!TryReadName(message, ref at, out var asked) || message.Length - at < 4 || asked != Fold(name) || Number(message, at) != Txt || Number(message, at + 2) != Internet) return DnsAnswer.Of(DnsAnswerState.Foreign);
        at += 4;
        if ((message[2] & 2) != 0) return DnsAnswer.Of(DnsAnswerState.Truncated);
        var code = message[3] & 15;
        if (code != 0) return new DnsAnswer(DnsAnswerState.Answered, code, []);
        var records = new List<(string Owner, string Text)>();
        var aliases = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var left = Number(message, 6); left > 0; left--)
        {
            if (!TryReadName(message, ref at, out var owner) || message.Length - at < 10) return DnsAnswer.Of(DnsAnswerState.Unreadable);
            var (type, network, length) = (Number(message, at), Number(message, at + 2), Number(message, at + 8));
            at += 10;
            if (message.Length - at < length) return DnsAnswer.Of(DnsAnswerState.Unreadable);
            if (network == Internet && type == Txt)
            {
                if (Text(message.Slice(at, length)) is not { } text) return DnsAnswer.Of(DnsAnswerState.Unreadable);
                records.Add((owner, text));
            }
            else if (network == Internet && type == Alias)
            {
                var start = at;
                if (!TryReadName(message, ref start, out var target) || start != at + length) return DnsAnswer.Of(DnsAnswerState.Unreadable);
                aliases[owner] = target;
            }

            at += length;
        }

        for (var i = 0; i < MaxAliases && aliases.TryGetValue(asked, out var next); i++) asked = next;
        return new DnsAnswer(DnsAnswerState.Answered, code, [.. records.Where(r => r.Owner == asked).Select(r => r.Text)]);
    }

    /// <summary>The strings of a TXT record joined; null where they do not fill it to the last byte.</summary>
    private static string? Text(ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder(data.Length);
        if (data.IsEmpty) return null;
        while (!data.IsEmpty)
        {
            var length = data[0];
            if (data.Length <= length) return null;
            text.Append(Encoding.Latin1.GetString(data.Slice(1, length)));
            data = data[(1 + length)..];
        }

        return text.ToString();
    }

    /// <summary>Reads a name, lower-case with a dot after each label but the last; <paramref name="at"/> comes to stand behind it.</summary>
    private static bool TryReadName(ReadOnlySpan<byte> message, ref int at, out string name)
    {
        name = "";
        var text = new StringBuilder();
        var (from, segment, end, bytes) = (at, at, -1, 0);
        while (true)
        {
            if (from >= message.Length) return false;
            int length = message[from];
            if (length == 0) break;
            if ((length & 0xC0) == 0xC0)
            {
                if (from + 1 >= message.Length) return false;
                var target = ((length & 0x3F) << 8) | message[from + 1];
                // To before where this piece of the name began, and never into the header: each jump has less before it than the one before.
                if (target >= segment || target < HeaderBytes) return false;
                if (end < 0) end = from + 2;
                from = segment = target;
                continue;
            }

            bytes += length + 1;
            if ((length & 0xC0) != 0 || bytes >= MaxNameBytes || from + 1 + length > message.Length) return false;
            if (text.Length > 0) text.Append('.');
            foreach (var letter in message.Slice(from + 1, length))
            {
                // A dot inside of a label separates nothing.
                if (letter is (byte)'.' or (byte)'\\') text.Append('\\');
                text.Append((char)letter);
            }

            from += 1 + length;
        }

        at = end < 0 ? from + 1 : end;
        name = Fold(text.ToString());
        return true;
    }

    private static string Fold(string name) => string.Create(name.Length, name, static (folded, original) =>
    {
        for (var i = 0; i < folded.Length; i++) folded[i] = char.IsAsciiLetterUpper(original[i]) ? (char)(original[i] | 0x20) : original[i];
    });

    private static int Number(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
}
