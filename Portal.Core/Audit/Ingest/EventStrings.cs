using System.Buffers.Binary;
using System.Text;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>The short texts that events of one body repeat (actors, actions, programs, addresses), each made once while it stays in its slot. Not for several threads.</summary>
internal sealed class EventStrings
{
    private const int SlotBits = 11;
    private const int MaxBytes = 128;
    private readonly string?[] _slots = new string?[1 << SlotBits];

    public string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes || IsUnique(utf8)) return Encoding.UTF8.GetString(utf8);
        ref var slot = ref _slots[Slot(utf8)];
        if (slot is { } known && known.Length == utf8.Length && Ascii.Equals(utf8, known)) return known;
        return slot = Encoding.UTF8.GetString(utf8);
    }

    /// <summary>Ids and times, which seldom come twice.</summary>
    private static bool IsUnique(ReadOnlySpan<byte> text) => text.Length >= 19 && (text[8] == '-' || (text[4] == '-' && text[7] == '-'));

    private static int Slot(ReadOnlySpan<byte> text)
    {
        var hash = (ulong)text.Length;
        while (text.Length >= 8)
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(text)) * 0x9E3779B97F4A7C15UL;
            hash ^= hash >> 29;
            text = text[8..];
        }

        foreach (var b in text) hash = (hash ^ b) * 0x9E3779B97F4A7C15UL;
        return (int)(hash >> (64 - SlotBits));
    }
}
