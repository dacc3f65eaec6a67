using System.Globalization;
using System.Text;

namespace Hexabase.Portal.Access;

/// <summary>
/// A QR code (ISO/IEC 18004, byte mode, error correction level L) as the path of an SVG: one unit a module. Drawn on the server, so that the secret in it goes to nobody else's service.
/// Takes up to 858 bytes (version 20).
/// </summary>
internal sealed class QrCode
{
    private const int MaxVersion = 20;

    // Level L, by version.
    private static readonly int[] EccPerBlock = [0, 7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28];
    private static readonly int[] Blocks = [0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8];

    private readonly bool[,] _dark;
    private readonly bool[,] _fixed;
    private readonly int _version;

    private QrCode(int version)
    {
        (_version, Size) = (version, (version * 4) + 17);
        (_dark, _fixed) = (new bool[Size, Size], new bool[Size, Size]);
    }

    /// <summary>Modules along an edge, without the quiet zone.</summary>
    public int Size { get; }

    public bool this[int x, int y] => _dark[y, x];

    public static QrCode Of(string text)
    {
        var data = Encoding.UTF8.GetBytes(text);
        var version = 1;
        while (version <= MaxVersion && Capacity(version) * 8 < 4 + CountBits(version) + (data.Length * 8)) version++;
        if (version > MaxVersion) throw new ArgumentException("The text is too long for a QR code of this size.", nameof(text));
        var code = new QrCode(version);
        code.DrawPatterns();
        code.DrawCodewords(Interleave(Codewords(data, version), version));
        code.ApplyBestMask();
        return code;
    }

    /// <summary>The dark modules as SVG path data, with a quiet zone of four units on each side.</summary>
    public string ToPath()
    {
        var path = new StringBuilder();
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
                if (_dark[y, x]) path.Append(CultureInfo.InvariantCulture, $"M{x + 4} {y + 4}h1v1h-1z");
        }

        return path.ToString();
    }

    private static int CountBits(int version) => version < 10 ? 8 : 16;

    private static int RawModules(int version)
    {
        var result = (((16 * version) + 128) * version) + 64;
        if (version < 2) return result;
        var align = (version / 7) + 2;
        result -= (((25 * align) - 10) * align) - 55;
        return version < 7 ? result : result - 36;
    }

    private static int Capacity(int version) => (RawModules(version) / 8) - (EccPerBlock[version] * Blocks[version]);

    private static byte[] Codewords(byte[] data, int version)
    {
        var bits = new List<bool>();
        void Put(int value, int count)
        {
            for (var i = count - 1; i >= 0; i--) bits.Add(((value >> i) & 1) != 0);
        }

        Put(4, 4);
        Put(data.Length, CountBits(version));
        foreach (var b in data) Put(b, 8);
        var capacity = Capacity(version) * 8;
        Put(0, Math.Min(4, capacity - bits.Count));
        while (bits.Count % 8 != 0) bits.Add(false);
        for (var pad = 0xEC; bits.Count < capacity; pad ^= 0xEC ^ 0x11) Put(pad, 8);
        var result = new byte[bits.Count / 8];
        for (var i = 0; i < bits.Count; i++)
            if (bits[i]) result[i / 8] |= (byte)(0x80 >> (i % 8));
        return result;
    }

    private static byte[] Interleave(byte[] data, int version)
    {
        var (count, ecc, raw) = (Blocks[version], EccPerBlock[version], RawModules(version) / 8);
        var (shortBlocks, shortLength) = (count - (raw % count), raw / count);
        var divisor = Divisor(ecc);
        var blocks = new List<(byte[] Data, byte[] Ecc)>();
        for (int i = 0, at = 0; i < count; i++)
        {
            var part = data[at..(at + shortLength - ecc + (i < shortBlocks ? 0 : 1))];
            at += part.Length;
            blocks.Add((part, Remainder(part, divisor)));
        }

        var result = new List<byte>(raw);
        for (var i = 0; i <= shortLength - ecc; i++)
            foreach (var block in blocks)
                if (i < block.Data.Length) result.Add(block.Data[i]);
        for (var i = 0; i < ecc; i++)
            foreach (var block in blocks) result.Add(block.Ecc[i]);
        return [.. result];
    }

    private static byte[] Divisor(int degree)
    {
        var result = new byte[degree];
        result[degree - 1] = 1;
        byte root = 1;
        for (var i = 0; i < degree; i++)
        {
            for (var j = 0; j < degree; j++)
            {
                result[j] = Multiply(result[j], root);
                if (j + 1 < degree) result[j] ^= result[j + 1];
            }

            root = Multiply(root, 2);
        }

        return result;
    }

    private static byte[] Remainder(byte[] data, byte[] divisor)
    {
        var result = new byte[divisor.Length];
        foreach (var b in data)
        {
            var factor = (byte)(b ^ result[0]);
            Array.Copy(result, 1, result, 0, result.Length - 1);
            result[^1] = 0;
            for (var i = 0; i < result.Length; i++) result[i] ^= Multiply(divisor[i], factor);
        }

        return result;
    }

    /// <summary>In the field GF(2⁸) modulo x⁸ + x⁴ + x³ + x² + 1.</summary>
    private static byte Multiply(byte x, byte y)
    {
        var z = 0;
        for (var i = 7; i >= 0; i--)
        {
            z = (z << 1) ^ ((z >> 7) * 0x11D);
            z ^= ((y >> i) & 1) * x;
        }

        return (byte)z;
    }

    private void Set(int x, int y, bool dark) => (_dark[y, x], _fixed[y, x]) = (dark, true);

    private void DrawPatterns()
    {
        for (var i = 0; i < Size; i++)
        {
            Set(6, i, i % 2 == 0);
            Set(i, 6, i % 2 == 0);
        }

        DrawFinder(3, 3);
        DrawFinder(Size - 4, 3);
        DrawFinder(3, Size - 4);
        var places = AlignmentPlaces();
        for (var i = 0; i < places.Count; i++)
        {
            for (var j = 0; j < places.Count; j++)
            {
                if ((i == 0 && j == 0) || (i == 0 && j == places.Count - 1) || (i == places.Count - 1 && j == 0)) continue;
                for (var dy = -2; dy <= 2; dy++)
                    for (var dx = -2; dx <= 2; dx++) Set(places[i] + dx, places[j] + dy, Math.Max(Math.Abs(dx), Math.Abs(dy)) != 1);
            }
        }

        DrawFormat(0);
        DrawVersion();
    }

    private void DrawFinder(int x, int y)
    {
        for (var dy = -4; dy <= 4; dy++)
        {
            for (var dx = -4; dx <= 4; dx++)
            {
                var distance = Math.Max(Math.Abs(dx), Math.Abs(dy));
                if (x + dx >= 0 && x + dx < Size && y + dy >= 0 && y + dy < Size) Set(x + dx, y + dy, distance is not (2 or 4));
            }
        }
    }

    private List<int> AlignmentPlaces()
    {
        if (_version == 1) return [];
        var count = (_version / 7) + 2;
        var step = ((_version * 4) + (count * 2) + 1) / ((count * 2) - 2) * 2;
        var places = new List<int> { 6 };
        for (var i = count - 2; i >= 0; i--) places.Add(Size - 7 - (i * step));
        return places;
    }

    private void DrawFormat(int mask)
    {
        var data = (1 << 3) | mask;
        var rest = data;
        for (var i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
        var bits = ((data << 10) | rest) ^ 0x5412;
        bool Bit(int i) => ((bits >> i) & 1) != 0;
        for (var i = 0; i <= 5; i++) Set(8, i, Bit(i));
        Set(8, 7, Bit(6));
        Set(8, 8, Bit(7));
        Set(7, 8, Bit(8));
        for (var i = 9; i < 15; i++) Set(14 - i, 8, Bit(i));
        for (var i = 0; i < 8; i++) Set(Size - 1 - i, 8, Bit(i));
        for (var i = 8; i < 15; i++) Set(8, Size - 15 + i, Bit(i));
        Set(8, Size - 8, true);
    }

    private void DrawVersion()
    {
        if (_version < 7) return;
        var rest = _version;
        for (var i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >> 11) * 0x1F25);
        var bits = (_version << 12) | rest;
        for (var i = 0; i < 18; i++)
        {
            var (a, b) = (Size - 11 + (i % 3), i / 3);
            Set(a, b, ((bits >> i) & 1) != 0);
            Set(b, a, ((bits >> i) & 1) != 0);
        }
    }

    private void DrawCodewords(byte[] data)
    {
        var i = 0;
        for (var right = Size - 1; right >= 1; right -= 2)
        {
            if (right == 6) right = 5;
            for (var vertical = 0; vertical < Size; vertical++)
            {
                for (var j = 0; j < 2; j++)
                {
                    var x = right - j;
                    var y = ((right + 1) & 2) == 0 ? Size - 1 - vertical : vertical;
                    if (_fixed[y, x] || i >= data.Length * 8) continue;
                    _dark[y, x] = ((data[i >> 3] >> (7 - (i & 7))) & 1) != 0;
                    i++;
                }
            }
        }
    }

    private void ApplyBestMask()
    {
        var best = 0;
        var least = int.MaxValue;
        for (var mask = 0; mask < 8; mask++)
        {
            ApplyMask(mask);
            DrawFormat(mask);
            var penalty = QrPenalty.Of(_dark, Size);
            if (penalty < least) (best, least) = (mask, penalty);
            ApplyMask(mask);
        }

        ApplyMask(best);
        DrawFormat(best);
    }

    private void ApplyMask(int mask)
    {
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                if (_fixed[y, x]) continue;
                _dark[y, x] ^= mask switch
                {
                    0 => (x + y) % 2 == 0,
                    1 => y % 2 == 0,
                    2 => x % 3 == 0,
                    3 => (x + y) % 3 == 0,
                    4 => ((x / 3) + (y / 2)) % 2 == 0,
                    5 => (x * y % 2) + (x * y % 3) == 0,
                    6 => ((x * y % 2) + (x * y % 3)) % 2 == 0,
                    _ => (((x + y) % 2) + (x * y % 3)) % 2 == 0,
                };
            }
        }
    }
}
