using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Factors;

public sealed class TotpTest
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    /// <summary>RFC 6238, appendix B (SHA-1): the last six of its eight digits.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Code_IsThatOfTheRfc(long unixSeconds, string expected)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(unixSeconds).UtcDateTime;
        Totp.Code(Secret, Totp.StepOf(at)).ShouldBe(expected);
        Totp.FindStep(Secret, expected, at, 0).ShouldBe(unixSeconds / 30);
    }

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Neighbours_AreTaken_OthersAreNot(int off, bool taken)
    {
        var now = new DateTime(2026, 11, 20, 12, 0, 15, DateTimeKind.Utc);
        (Totp.FindStep(Secret, Totp.Code(Secret, Totp.StepOf(now) + off), now, 0) is not null).ShouldBe(taken);
    }

    [Theory]
    [InlineData("050 471")]
    [InlineData(" 050471 ")]
    [InlineData("０５０４７１")]
    public void Code_IsReadAsPeopleTypeIt(string typed) => Totp.FindStep(Secret, typed, DateTimeOffset.FromUnixTimeSeconds(1111111111).UtcDateTime, 0).ShouldNotBeNull();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("05047")]
    [InlineData("0504711")]
    [InlineData("05047a")]
    [InlineData("-50471")]
    public void AnythingElse_IsNoCode(string? typed) => Totp.FindStep(Secret, typed, DateTimeOffset.FromUnixTimeSeconds(1111111111).UtcDateTime, 0).ShouldBeNull();

    [Fact]
    public void Step_IsTakenOnce_WhateverTheTime() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt>(), ArbMap.Default.ArbFor<byte[]>(), (seconds, key) =>
        {
            var secret = key.Length == 0 ? Secret : key;
            var now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000L + seconds.Get).UtcDateTime;
            var step = Totp.FindStep(secret, Totp.Code(secret, Totp.StepOf(now)), now, 0);
            return step is { } used && Totp.FindStep(secret, Totp.Code(secret, used), now, used) is null;
        }));

    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_IsThatOfRfc4648(string text, string expected) => Totp.Base32(Encoding.ASCII.GetBytes(text)).ShouldBe(expected);

    [Fact]
    public void Uri_IsEscaped() =>
        Totp.Uri("Hexabase Portal", "mori+x@example.test", Secret).ShouldBe("otpauth://totp/Hexabase%20Portal:mori%2Bx%40example.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Hexabase%20Portal");

    [Fact]
    public void RecoveryCodes_AreReadAsPeopleTypeThem_AndDiffer()
    {
        var codes = Enumerable.Range(0, 100).Select(_ => RecoveryCodes.NewCode()).ToList();
        codes.Distinct(StringComparer.Ordinal).Count().ShouldBe(100);
        var salt = RecoveryCodes.NewSalt();
        RecoveryCodes.IsOne(codes[0]).ShouldBeTrue();
        RecoveryCodes.Hash(codes[0].ToUpper(CultureInfo.InvariantCulture).Replace('-', ' '), salt).ShouldBe(RecoveryCodes.Hash(codes[0], salt));
        RecoveryCodes.IsOne("123456").ShouldBeFalse();
        RecoveryCodes.IsOne(null).ShouldBeFalse();
    }
}
