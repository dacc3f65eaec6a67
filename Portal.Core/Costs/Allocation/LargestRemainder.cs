using System.Numerics;

namespace Hexabase.Portal.Costs.Allocation;

/// <summary>Divides an amount so that the parts add up to it exactly.</summary>
internal static class LargestRemainder
{
    /// <summary>Weights as whole numbers in the same proportions.</summary>
    public static BigInteger[] Scale(IReadOnlyList<decimal> weights)
    {
        var scale = weights.Max(w => w.Scale);
        var factor = BigInteger.Pow(10, scale);
        return [.. weights.Select(w => ToWhole(w, scale, factor))];
    }

    /// <summary>
    /// Parts in attos: each is truncated toward zero, and the attos left over go one each to the greatest remainders; of equal remainders the earlier target first.
    /// </summary>
    /// <param name="atto">The amount; negative amounts divide like positive ones.</param>
    /// <param name="weights">None negative, at least one positive.</param>
    public static BigInteger[] Divide(BigInteger atto, IReadOnlyList<BigInteger> weights)
    {
        var total = BigInteger.Zero;
        foreach (var weight in weights) total += weight;
        if (total.Sign <= 0) throw new ArgumentException("The weights have no positive sum.", nameof(weights));
        var magnitude = BigInteger.Abs(atto);
        var parts = new BigInteger[weights.Count];
        var remainders = new BigInteger[weights.Count];
        var left = magnitude;
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = BigInteger.DivRem(magnitude * weights[i], total, out remainders[i]);
            left -= parts[i];
        }

        if (!left.IsZero)
        {
            var order = Enumerable.Range(0, parts.Length).OrderByDescending(i => remainders[i]).ThenBy(i => i);
            foreach (var i in order.Take((int)left)) parts[i] += BigInteger.One;
        }

        if (atto.Sign < 0)
        {
            for (var i = 0; i < parts.Length; i++) parts[i] = -parts[i];
        }

        return parts;
    }

    private static BigInteger ToWhole(decimal weight, int scale, BigInteger factor)
    {
        // A decimal is a whole number and a power of ten.
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(weight, bits);
        var mantissa = ((BigInteger)(uint)bits[2] << 64) + ((BigInteger)(uint)bits[1] << 32) + (uint)bits[0];
        return (bits[3] < 0 ? -mantissa : mantissa) * factor / BigInteger.Pow(10, weight.Scale);
    }
}
