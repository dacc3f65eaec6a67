using System.Buffers.Binary;
using System.Numerics;
using Hexabase.Portal.Costs.Imports;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Costs;

public sealed class PgNumericTest
{
    [Fact]
    public void AnyAmount_IsReadBackAsItWas()
    {
        var random = new Random(7);
        var one = (Int128)1_000_000_000_000_000_000;
        List<Int128> values = [0, 1, -1, one, one - 1, one + 1, -one, ulong.MaxValue, (Int128)ulong.MaxValue + 1];
        for (var bits = 0; bits < 126; bits++)
        {
            // Around each power of two and each multiple of one next to it, where an estimated quotient would go wrong.
            var power = (Int128)1 << bits;
            var multiple = power / one * one;
            values.AddRange([power, power - 1, power + 1, -power, multiple, multiple - 1, multiple + 1]);
            for (var i = 0; i < 200; i++) values.Add((power - 1) & (Int128)new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64() * 2));
        }

        var buffer = new byte[PgNumeric.MaxBytes];
        foreach (var value in values.Where(v => Int128.Abs(v) < Kernel.Amount.Pow10(38)))
        {
            buffer.AsSpan().Fill(0xAA);
            Read(buffer.AsSpan(0, PgNumeric.Write(value, buffer))).ShouldBe((BigInteger)value);
        }
    }

    /// <summary>Attos of the binary form: length, digit count, weight, sign, displayed scale, digits of base 10000.</summary>
    private static BigInteger Read(ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.ReadInt32BigEndian(bytes).ShouldBe(bytes.Length - 4);
        var (count, weight) = (BinaryPrimitives.ReadInt16BigEndian(bytes[4..]), BinaryPrimitives.ReadInt16BigEndian(bytes[6..]));
        bytes.Length.ShouldBe(12 + (count * 2));
        var result = BigInteger.Zero;
        for (var i = 0; i < count; i++)
        {
            var exponent = ((weight - i) * 4) + 18;
            var digit = new BigInteger(BinaryPrimitives.ReadInt16BigEndian(bytes[(12 + (i * 2))..]));
            result += exponent >= 0 ? digit * BigInteger.Pow(10, exponent) : digit / BigInteger.Pow(10, -exponent);
        }

        return BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]) == 0x4000 ? -result : result;
    }
}
