using System.Numerics;
using System.Runtime.InteropServices;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>
/// Remembers what a cell of a column was turned into, by its bytes: a bill repeats its tag sets, categories and currencies. Direct-mapped with a full comparison,
/// so that colliding cells cost time and never correctness. Slots keep their arrays: a warm cache allocates nothing.
/// </summary>
internal sealed class CellCache(int slots)
{
    private const int MaxKey = 4 * 1024;

    private readonly Slot[] _slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)slots)];

    /// <summary>The result for these bytes; valid until the next <see cref="Add"/>.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, out byte[] value, out int length, out FocusCellNotes notes)
    {
        ref var slot = ref _slots[Hash(key) & (uint)(_slots.Length - 1)];
        value = slot.Value;
        length = slot.ValueLength;
        notes = slot.Notes;
        return slot.Key is not null && key.SequenceEqual(slot.Key.AsSpan(0, slot.KeyLength));
    }

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, FocusCellNotes notes)
    {
        if (key.Length > MaxKey || value.Length > MaxKey) return;
        ref var slot = ref _slots[Hash(key) & (uint)(_slots.Length - 1)];
        Store(ref slot.Key, ref slot.KeyLength, key);
        Store(ref slot.Value, ref slot.ValueLength, value);
        slot.Notes = notes;
    }

    private static void Store(ref byte[] array, ref int length, ReadOnlySpan<byte> bytes)
    {
        if (array is null || array.Length < bytes.Length) array = new byte[BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, bytes.Length))];
        bytes.CopyTo(array);
        length = bytes.Length;
    }

    private static uint Hash(ReadOnlySpan<byte> key)
    {
        const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;
        var hash = (ulong)key.Length * Multiplier;
        var words = MemoryMarshal.Cast<byte, ulong>(key);
        foreach (var word in words) hash = BitOperations.RotateLeft((hash ^ word) * Multiplier, 29);
        foreach (var b in key[(words.Length * 8)..]) hash = (hash ^ b) * Multiplier;
        return (uint)(hash >> 32);
    }

    private struct Slot
    {
        public byte[] Key;
        public int KeyLength;
        public byte[] Value;
        public int ValueLength;
        public FocusCellNotes Notes;
    }
}

/// <summary>The warnings that a cell's content carries, kept beside its result.</summary>
[Flags]
internal enum FocusCellNotes
{
    None = 0,
    Spelling = 1,
    DuplicateKey = 2,
    NestedValue = 4,
}
