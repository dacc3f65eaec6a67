using System.Buffers;
using System.Text;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Kernel;

public sealed class SheetRowTest
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a & b < c > d \"e\"", "a & b < c > d \"e\"")]
    [InlineData("=SUM(A1)", "=SUM(A1)")]
    [InlineData("two\r\nlines\tand a tab", "two\r\nlines\tand a tab")]
    [InlineData("bell \u0007", "bell _x0007_")]
    [InlineData("_x0041_ but _x00 and _", "_x005F_x0041_ but _x00 and _")]
    [InlineData("\uFFFE", "_xFFFE_")]
    [InlineData("財務 🙂", "財務 🙂")]
    public void Text_IsXmlThatSaysTheSame(string text, string expected) => Read(new SheetCell(text)).ShouldBe([expected]);

    [Fact]
    public void LongText_IsCutAtWhatACellHolds_NotInsideACharacter()
    {
        Read(new SheetCell(new string('a', 40_000)))[0].Length.ShouldBe(SheetRow.MaxCharacters);
        Read(new SheetCell(new string('a', SheetRow.MaxCharacters - 1) + "🙂"))[0].Length.ShouldBe(SheetRow.MaxCharacters - 1);
        (SheetRow.IsCut(new string('a', SheetRow.MaxCharacters)), SheetRow.IsCut(new string('a', SheetRow.MaxCharacters + 1)), SheetRow.IsCut(null)).ShouldBe((false, true, false));
    }

    [Fact]
    public void NumbersAndEmptyCells_KeepTheirPlaces() => Read(new SheetCell(null), new SheetCell("12345678901234567890.5", true), new SheetCell("x")).ShouldBe(["", "12345678901234567890.5", "x"]);

    private static List<string> Read(params SheetCell[] cells)
    {
        var buffer = new ArrayBufferWriter<byte>();
        SheetRow.Write(cells, buffer);
        return [.. XElement.Parse(Encoding.UTF8.GetString(buffer.WrittenSpan), LoadOptions.PreserveWhitespace).Elements("c").Select(c => c.Value)];
    }
}
