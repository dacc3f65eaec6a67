namespace Hexabase.Portal.Access;

/// <summary>How hard a masked QR code is to read (ISO/IEC 18004, 7.8.3): long runs, blocks, false finder patterns, an uneven share of dark.</summary>
internal static class QrPenalty
{
    private static readonly bool[] Finder = [true, false, true, true, true, false, true];

    public static int Of(bool[,] dark, int size)
    {
        var penalty = 0;
        var count = 0;
        for (var i = 0; i < size; i++)
        {
            penalty += Line(size, j => dark[i, j]) + Line(size, j => dark[j, i]);
            for (var j = 0; j < size; j++)
            {
                if (dark[i, j]) count++;
                if (i + 1 < size && j + 1 < size && dark[i, j] == dark[i, j + 1] && dark[i, j] == dark[i + 1, j] && dark[i, j] == dark[i + 1, j + 1]) penalty += 3;
            }
        }

        var total = size * size;
        return penalty + (((Math.Abs((count * 20) - (total * 10)) + total - 1) / total) - 1) * 10;
    }

    private static int Line(int size, Func<int, bool> at)
    {
        var penalty = 0;
        for (int start = 0, i = 1; i <= size; i++)
        {
            if (i < size && at(i) == at(start)) continue;
            if (i - start >= 5) penalty += i - start - 2;
            start = i;
        }

        for (var i = 0; i + 7 <= size; i++)
        {
            var found = true;
            for (var k = 0; k < 7 && found; k++) found = at(i + k) == Finder[k];
            if (found && (Light(size, at, i - 4, i) || Light(size, at, i + 7, i + 11))) penalty += 40;
        }

        return penalty;
    }

    /// <summary>Outside of the code everything is light.</summary>
    private static bool Light(int size, Func<int, bool> at, int from, int to)
    {
        for (var i = Math.Max(0, from); i < Math.Min(size, to); i++)
            if (at(i)) return false;
        return true;
    }
}
