using System.Globalization;
using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Support.Components;
using QRCoder;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access;

public sealed class TotpOfferViewTest
{
    [Fact]
    public async Task Drawing_HasEveryDarkModuleOfTheCode()
    {
        const string Uri = "otpauth://totp/Hexabase%20Portal:mori%40example.test?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Hexabase%20Portal";
        await using var context = new ComponentContext();
        var cut = await context.RenderAsync<TotpOfferView>(p => p.Add(x => x.Offer, new TotpOffer("JBSW Y3DP", Uri)));

        using var code = QRCodeGenerator.GenerateQrCode(Uri, QRCodeGenerator.ECCLevel.M);
        var side = code.ModuleMatrix.Count;
        var expected = from y in Enumerable.Range(0, side) from x in Enumerable.Range(0, side) where code.ModuleMatrix[y][x] select (x, y);
        // "M4 4h7v1h-7z" is a run of seven modules.
        var drawn = (cut.Find("svg.qr path").GetAttribute("d") ?? "").Split('M', StringSplitOptions.RemoveEmptyEntries).Select(r => r.Split(' ', 'h', 'v'))
            .SelectMany(run => Enumerable.Range(Number(run[0]), Number(run[2])).Select(x => (x, Number(run[1]))));
        drawn.ShouldBe(expected);
        cut.Find("svg.qr").GetAttribute("viewBox").ShouldBe($"0 0 {side} {side}");
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
