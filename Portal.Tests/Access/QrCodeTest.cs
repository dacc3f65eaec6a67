using System.Security.Cryptography;
using System.Text;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access;

/// <summary>Held against the npm package qrcode 1.5.4 (same text, level L, byte mode).</summary>
public sealed class QrCodeTest
{
    [Theory]
    [InlineData("HELLO hello 1", 21, "504f1c2bb44a919019f4f75c2938870114f4280b27b8423829d2831d3051e071")]
    [InlineData("otpauth://totp/Hexabase%20Portal:mori%40example.test?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Hexabase%20Portal", 41, "5a4a70151a639b19dce8dd4d0c82a66e373b41e92ed0e3a11b9c9197e1e718fc")]
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
