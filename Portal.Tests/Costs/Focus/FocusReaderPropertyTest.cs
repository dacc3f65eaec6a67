using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Costs.Focus;

public sealed class FocusReaderPropertyTest
{
    private static readonly string[] Pieces = ["a", "\"", "\"\"", ",", "\n", "\r\n", "\r", " ", "é", "日本", "🎉", "NULLs", "=1+1", ";", "'", "\t", "x\u00A0y", new string('z', 70)];

    private static readonly Gen<string> Cell = Gen.Elements(Pieces).ArrayOf().Select(string.Concat).Where(cell => cell is not "NULL" and not "null");

    [Fact]
    public void RandomCells_ComeBackAtAnyBufferSize()
    {
        var files = from rows in Cell.Three().ListOf() from size in Gen.Choose(16, 3000) from lineEnd in Gen.Elements("\n", "\r\n", "\r") from quoteAll in Gen.Elements(true, false) select (rows, size, lineEnd, quoteAll);

        Prop.ForAll(files.ToArbitrary(), async file =>
        {
            var text = new StringBuilder(string.Join(',', new FocusFile().Column("ResourceName").Column("x_A").Column("x_B").Text().TrimEnd()) + file.lineEnd);
            var sound = new FocusFile().Row().Text().Split('\n')[1];
            foreach (var (a, b, c) in file.rows) text.Append(sound).Append(',').AppendJoin(',', new[] { a, b, c }.Select(cell => file.quoteAll ? $"\"{cell.Replace("\"", "\"\"")}\"" : FocusFile.Quote(cell))).Append(file.lineEnd);
            var reading = await FocusReading.OfAsync(Encoding.UTF8.GetBytes(text.ToString()), new FocusReadOptions { BufferBytes = file.size });
            reading.Rows.SelectMany(row => row.Errors).ShouldBeEmpty();
            reading.Rows.Select(row => (row.Text[FocusColumn.ResourceName], row.Unknown[0], row.Unknown[1])).ShouldBe(file.rows);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void RandomBytes_NeverThrow()
    {
        var start = new FocusFile().Row().Bytes();
        var bytes = Gen.OneOf(Gen.Choose(0, 255).Select(value => (byte)value), Gen.Elements(",\"\r\n{}0."u8.ToArray())).ArrayOf();

        Prop.ForAll(bytes.ToArbitrary(), async tail =>
        {
            await FocusReading.OfAsync(tail, new FocusReadOptions { BufferBytes = 32 });
            await FocusReading.OfAsync([.. start, .. tail], new FocusReadOptions { BufferBytes = 32 });
            await FocusReading.OfAsync([0x1F, 0x8B, .. tail]);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void TagsOfTheSameMeaning_BecomeTheSameBytes()
    {
        var tags = Gen.Zip(Cell, Cell).ListOf();
        Prop.ForAll(tags.ToArbitrary(), async pairs =>
        {
            var unique = pairs.GroupBy(pair => pair.Item1).Select(group => group.Last()).ToList();
            var one = Object(unique, compact: true);
            var two = Object(Enumerable.Reverse(unique), compact: false);
            var reading = await FocusReading.OfAsync(new FocusFile().Row(("Tags", one)).Row(("Tags", two)).Row(("Tags", one)));
            reading.Errors.ShouldBeEmpty();
            var canonical = reading.Rows[0].Text[FocusColumn.Tags];
            reading.Rows.ShouldAllBe(row => row.Text[FocusColumn.Tags] == canonical);
            using var parsed = JsonDocument.Parse(canonical);
            parsed.RootElement.EnumerateObject().Select(tag => (tag.Name, tag.Value.GetString())).ShouldBe(
                unique.OrderBy(pair => Encoding.UTF8.GetBytes(pair.Item1), Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))).Select(pair => (pair.Item1, (string?)pair.Item2)));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("{ \"b\" : 1.50 , \"a\" : [ 1 , { \"z\" : null , \"y\" : true } ] }", "{\"a\":[1,{\"y\":true,\"z\":null}],\"b\":1.50}")]
    [InlineData("{\"a\":\"1\",\"b\":\"2\",\"a\":\"3\"}", "{\"a\":\"3\",\"b\":\"2\"}")]
    [InlineData("{\"\\u0061\":\"\\u00e9\\/\\n\"}", "{\"a\":\"é/\\u000a\"}")]
    [InlineData(" {} ", "{}")]
    public async Task Tags_AreCanonical(string tags, string expected)
    {
        var reading = await FocusReading.OfAsync(new FocusFile().Row(("Tags", tags)).Row(("Tags", tags)));

        reading.Errors.ShouldBeEmpty();
        reading.Rows.Select(row => row.Text[FocusColumn.Tags]).ShouldBe([expected, expected]);
    }

    [Fact]
    public async Task NaughtyStrings_ComeBackOrAreRefused()
    {
        var path = Path.Combine(SharedData.PathOrSkip("vectors/naughty-strings"), "blns.base64.json");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(path));
        var strings = json.RootElement.EnumerateArray().Select(item => Encoding.UTF8.GetString(item.GetBytesFromBase64())).Where(text => text.Length > 0).ToList();
        strings.Count.ShouldBeGreaterThan(300);

        var file = new FocusFile().Column("x_Text");
        foreach (var text in strings) file.Row(("ServiceName", text), ("x_Text", text));
        var reading = await FocusReading.OfAsync(file);

        reading.Fatal.ShouldBeNull();
        reading.Rows.Count.ShouldBe(strings.Count);
        foreach (var (row, text) in reading.Rows.Zip(strings))
        {
            if (text.Any(c => c is < ' ' and not ('\t' or '\n' or '\r') or '\u007F')) row.Errors.ShouldAllBe(error => error.Code == "focus.cell.control");
            else (row.Text[FocusColumn.ServiceName], row.Unknown[0]).ShouldBe(text is "NULL" or "null" ? ("", "") : (text, text));
        }
    }

    [Fact]
    public async Task JsonVectors_AreReadOrRefused()
    {
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(SharedData.PathOrSkip("vectors/json-parsing/jsontestsuite.json")));
        var content = new FocusFile().Row().Bytes();
        var cut = Encoding.UTF8.GetString(content).LastIndexOf(",\"{", StringComparison.Ordinal) + 1;
        foreach (var vector in json.RootElement.EnumerateArray().Where(vector => vector.TryGetProperty("body_b64", out _)))
        {
            var body = vector.GetProperty("body_b64").GetBytesFromBase64();
            byte[] quoted = [.. "\""u8, .. Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(body).Replace("\"", "\"\"")), .. "\"\n"u8];

            var reading = await FocusReading.OfAsync([.. content[..cut], .. quoted]);

            var name = vector.GetProperty("name").GetString();
            reading.Fatal.ShouldBeNull(name);
            var isNull = body.Length == 0 || body.AsSpan().SequenceEqual("null"u8);
            // An escaped U+0000 is legal JSON that no database keeps as text.
            var isKept = body.AsSpan().StartsWith("{"u8) && body.AsSpan().IndexOf("\\u0000"u8) < 0;
            var expect = vector.GetProperty("expect").GetString();
            if (expect == "accept") (reading.Rows[0].Errors.Count == 0).ShouldBe(isNull || isKept, name);
            if (expect == "reject" && !isNull) reading.Rows[0].Errors.ShouldNotBeEmpty(name);
        }
    }

    private static string Object(IEnumerable<(string Key, string Value)> pairs, bool compact) =>
        "{" + string.Join(compact ? "," : " ,\n ", pairs.Select(pair => JsonSerializer.Serialize(pair.Key) + (compact ? ":" : " : ") + JsonSerializer.Serialize(pair.Value))) + "}";
}
