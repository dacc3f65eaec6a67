using System.Globalization;
using System.Numerics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Kernel;

public sealed class AmountTest
{
    private static readonly BigInteger Limit = BigInteger.Pow(10, 38);

    // Whole numbers of attos of every magnitude up to 38 digits.
    private static readonly Gen<BigInteger> Attos =
        from digits in Gen.Choose(0, 38) from parts in Gen.Choose(0, 999_999_999).ArrayOf(5) from sign in Gen.Elements(-1, 1)
        select sign * (parts.Aggregate(BigInteger.Zero, (value, part) => (value * 1_000_000_000) + part) % BigInteger.Pow(10, digits));

    private static readonly Gen<string> Numbers =
        from sign in Gen.Elements("", "-", "+")
        from whole in Digits(24)
        from point in Gen.Elements("", ".")
        from fraction in Digits(26)
        from exponent in Gen.OneOf(Gen.Constant(""), Gen.Choose(-30, 30).Select(e => string.Create(CultureInfo.InvariantCulture, $"E{e}")))
        select sign + whole + (point + (point.Length > 0 ? fraction : "")) + exponent;

    [Fact]
    public void Text_RoundTrips() => Prop.ForAll(Attos.ToArbitrary(), attos =>
    {
        var amount = new Amount((Int128)attos);
        Amount.Parse(amount.ToString()).ShouldBe(amount);
        Span<byte> utf8 = stackalloc byte[64];
        amount.TryFormat(utf8, out var written).ShouldBeTrue();
        Encoding.ASCII.GetString(utf8[..written]).ShouldBe(amount.ToString());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sum_IsExact() => Prop.ForAll(Attos.Select(atto => atto / 1000).ListOf().ToArbitrary(), list =>
        (BigInteger)list.Aggregate(Amount.Zero, (sum, atto) => sum + new Amount((Int128)atto)).Atto == list.Aggregate(BigInteger.Zero, BigInteger.Add)).QuickCheckThrowOnFailure();

    [Fact]
    public void Reading_AgreesWithRationalArithmetic() => Prop.ForAll(Numbers.ToArbitrary(), text =>
    {
        var reading = AmountText.Read(Encoding.ASCII.GetBytes(text), out var amount);
        var (expected, value) = Reference(text);
        reading.ShouldBe(expected, text);
        if (expected is AmountReading.Exact or AmountReading.Rounded) ((BigInteger)amount.Atto).ShouldBe(value, text);
        Amount.TryParse(text, out _).ShouldBe(expected == AmountReading.Exact);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Round_IsHalfAwayFromZero() => Prop.ForAll(Attos.ToArbitrary(), Gen.Choose(0, 18).ToArbitrary(), (attos, digits) =>
    {
        var unit = BigInteger.Pow(10, 18 - digits);
        var expected = attos.Sign * (((BigInteger.Abs(attos) * 2) + unit) / (unit * 2)) * unit;
        ((BigInteger)new Amount((Int128)attos).Round(digits).Atto).ShouldBe(expected);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decimal_RoundTrips() => Prop.ForAll(Attos.Select(atto => atto / 10_000_000_000).ToArbitrary(), attos =>
        Amount.FromDecimal(new Amount((Int128)attos).ToDecimal()) == new Amount((Int128)attos)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("1.50", "1.5")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("+333", "333")]
    [InlineData("35.2E-7", "0.00000352")]
    [InlineData("35.2e+7", "352000000")]
    [InlineData("0.000000000000000001", "0.000000000000000001")]
    [InlineData("99999999999999999999.999999999999999999", "99999999999999999999.999999999999999999")]
    [InlineData("-99999999999999999999.999999999999999999", "-99999999999999999999.999999999999999999")]
    [InlineData("1.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000", "1")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000000000000000000000000000012", "12")]
    [InlineData("0e-99999", "0")]
    [InlineData("0.00000080000", "0.0000008")]
    public void LegalText_IsRead(string text, string canonical) => Amount.Parse(text).ToString().ShouldBe(canonical);

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.2.3")]
    [InlineData("1,000")]
    [InlineData(" 1")]
    [InlineData("1e")]
    [InlineData("e5")]
    [InlineData("1e1.5")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("100000000000000000000")]
    [InlineData("0.0000000000000000001")]
    [InlineData("99999999999999999999.9999999999999999999")]
    [InlineData("٣")]
    public void IllegalText_IsRefused(string text) => Amount.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Extremes_AreWritten()
    {
        new Amount(Int128.MinValue).ToString().ShouldBe("-170141183460469231731.687303715884105728");
        new Amount(Int128.MaxValue).ToString().ShouldBe("170141183460469231731.687303715884105727");
        Amount.Parse("99999999999999999999.999999999999999999").ToDecimal().ShouldBe(100_000_000_000_000_000_000m);
        Amount.FromInteger(5).ToDecimal().ToString(CultureInfo.InvariantCulture).ShouldBe("5");
        Should.Throw<OverflowException>(() => new Amount(Int128.MaxValue) + new Amount(1));
    }

    [Fact]
    public void ShortDestination_IsRefused() => Amount.Parse("123.5").TryFormat(new byte[4], out _).ShouldBeFalse();

    private static Gen<string> Digits(int most) =>
        from count in Gen.Choose(0, most) from digits in Gen.Frequency((1, Gen.Constant('0')), (1, Gen.Elements("0123456789".ToCharArray()))).ArrayOf(count) select new string(digits);

    private static (AmountReading Reading, BigInteger Attos) Reference(string text)
    {
        var parts = text.TrimStart('+', '-').Split('E');
        var mantissa = parts[0].Split('.');
        var digits = mantissa[0] + (mantissa.Length > 1 ? mantissa[1] : "");
        if (digits.Length == 0) return (AmountReading.Unreadable, 0);
        var power = (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0) - (mantissa.Length > 1 ? mantissa[1].Length : 0) + 18;
        var whole = BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        var (numerator, denominator) = power >= 0 ? (whole * BigInteger.Pow(10, power), BigInteger.One) : (whole, BigInteger.Pow(10, -power));
        var exact = numerator % denominator == 0;
        var attos = ((numerator * 2) + denominator) / (denominator * 2);
        if (attos >= Limit) return (AmountReading.TooLarge, 0);
        return (exact ? AmountReading.Exact : AmountReading.Rounded, text.StartsWith('-') ? -attos : attos);
    }
}
