using System.Security.Cryptography;
using System.Text;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access;

/// <summary>Held against the npm package qrcode 1.5.4 (same text, level L, byte mode, same mask); jsQR 1.4.0 reads them back.</summary>
public sealed class QrCodeTest
{
    [Theory]
    [InlineData("HELLO hello 1", 21, "11295a1006fb789395fc380b20a6f0a162354c9b8d775a73af7aa9ac7cde2eb2")]
    [InlineData("otpauth://totp/Hexabase%20Portal:mori%40example.test?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Hexabase%20Portal", 41, "8b98a5d7f5c40dd91ad809b605add4cb1cb60256702991e878df5ca982e3f829")]
    public void Modules_AreThoseOfAnotherEncoder(string text, int size, string hash)
    {
        var code = QrCode.Of(text);
        code.Size.ShouldBe(size);
        var rows = Enumerable.Range(0, size).Select(y => new string([.. Enumerable.Range(0, size).Select(x => code[x, y] ? '1' : '0')]));
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', rows)))).ShouldBe(hash);
    }

    [Fact]
    public void TooLongText_IsRefused()
    {
        QrCode.Of(new string('x', 858)).Size.ShouldBe(97);
        Should.Throw<ArgumentException>(() => QrCode.Of(new string('x', 859)));
    }
}
