namespace Hexabase.Portal.Samples;

/// <summary>
/// SplitMix64, written out so that the same numbers come on every runtime and version. A generator is split by key: what one series draws never moves what another
/// draws. Only the four basic operations of IEEE 754 are used on what comes out, which are the same on every processor.
/// </summary>
internal struct SampleRandom(ulong state)
{
    private ulong _state = state;

    /// <summary>A generator of its own for a name (FNV-1a over its UTF-16 units).</summary>
    public readonly SampleRandom Split(string key)
    {
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var c in key) hash = unchecked((hash ^ c) * 1_099_511_628_211UL);
        return Split(hash);
    }

    /// <summary>A generator of its own for a number.</summary>
    public readonly SampleRandom Split(ulong key) => new(Mix(unchecked(_state + (Mix(key) * 0x9E37_79B9_7F4A_7C15UL))));

    public ulong Next() => Mix(_state = unchecked(_state + 0x9E37_79B9_7F4A_7C15UL));

    /// <summary>0 to <paramref name="bound"/> - 1.</summary>
    public int NextInt(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>0 inclusive to 1 exclusive.</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A factor around 1, at most <paramref name="spread"/> away from it, mostly near it.</summary>
    public double Noise(double spread) => 1 + (spread * (((NextUnit() + NextUnit() + NextUnit()) * 2 / 3) - 1));

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EBUL;
            return z ^ (z >> 31);
        }
    }
}
