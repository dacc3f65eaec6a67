using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Ingest;

public sealed class EventSplitterTest
{
    private static readonly string[] Records = ["Records"];

    /// <summary>"line:text" or "line!code" of every part, the same however the body arrives.</summary>
    private static async Task<List<string>> SplitAsync(string body, params string[] envelope)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var whole = Words(await OutsideSamples.SplitAsync(bytes, envelope));
        foreach (var chunk in new[] { 1, 2, 3, 7 }) Words(await OutsideSamples.SplitAsync(bytes, envelope, chunk)).ShouldBe(whole, $"in pieces of {chunk}");
        return whole;

        static List<string> Words(List<(long Line, string Text, string? Code)> parts) => parts.ConvertAll(p => p.Code is null ? $"{p.Line}:{p.Text}" : $"{p.Line}!{p.Code}");
    }

    [Fact]
    public async Task Lines_KeepTheirNumbers_BlankOnesIncluded()
    {
        (await SplitAsync("{\"a\":1}\n{\"b\":2}")).ShouldBe(["1:{\"a\":1}", "2:{\"b\":2}"]);
        (await SplitAsync("\uFEFF\n\r\n {\"a\":1} \r\n\n{\"b\":\n\nx\n{\"c\":3}\n")).ShouldBe(["3:{\"a\":1}", "5:{\"b\":", "7:x", "8:{\"c\":3}"]);
        (await SplitAsync("")).ShouldBeEmpty();
        (await SplitAsync(" \n \n")).ShouldBeEmpty();
        (await SplitAsync("hello")).ShouldBe(["1:hello"]);
    }

    [Fact]
    public async Task Arrays_AreCutAtTheirElements()
    {
        (await SplitAsync("[]")).ShouldBeEmpty();
        (await SplitAsync(" [ {\"a\":\"]},\\\"\\\\\"} ,\n{\"b\":[1,{\"c\":2}]}, 3 ]\n")).ShouldBe(["1:{\"a\":\"]},\\\"\\\\\"}", "2:{\"b\":[1,{\"c\":2}]}", "3:3"]);
        (await SplitAsync("[{\"a\":1},]")).ShouldBe(["1:{\"a\":1}", "2!json.malformed"]);
        (await SplitAsync("[,1]")).ShouldBe(["1!json.malformed", "2:1"]);
        (await SplitAsync("[1}]")).ShouldBe(["1:1}"]);
        (await SplitAsync("[{\"a\":1},{\"b\":")).ShouldBe(["1:{\"a\":1}", "2!json.truncated"]);
        (await SplitAsync("[{\"a\":1},")).ShouldBe(["1:{\"a\":1}", "2!json.truncated"]);
        (await SplitAsync("[{\"a\":1}")).ShouldBe(["1!json.truncated"]);
        (await SplitAsync("[")).ShouldBe(["1!json.truncated"]);
        (await SplitAsync("[1] x")).ShouldBe(["1:1", "2!json.trailing"]);
    }

    [Fact]
    public async Task Envelopes_AreOpened_AlsoSeveralAndDeepOnes()
    {
        (await SplitAsync("{\"Records\":[{\"a\":1},{\"b\":2}]}", Records)).ShouldBe(["1:{\"a\":1}", "2:{\"b\":2}"]);
        (await SplitAsync("{\n \"x\":{\"Records\":[9]},\n \"Records\" : [ {\"a\":1} ],\n \"y\":\"}\\\"]\", \"z\":[1,{}]\n}\n{\"Records\":[{\"b\":2}]}\n{\"c\":3}\n", Records)).ShouldBe(["1:{\"a\":1}", "2:{\"b\":2}", "3:{\"c\":3}"]);
        (await SplitAsync("{\"eventType\":\"hook\",\"data\":{\"n\":1,\"events\":[{\"a\":1}]},\"q\":1}", "data", "events")).ShouldBe(["1:{\"a\":1}"]);
        (await SplitAsync("{\"data\":{\"n\":1},\"events\":[{\"a\":1}]}", "data", "events")).ShouldBe(["1:{\"data\":{\"n\":1},\"events\":[{\"a\":1}]}"]);
        (await SplitAsync("{\"Records\":[]}", Records)).ShouldBeEmpty();
        (await SplitAsync("{\"Records\":[{\"a\":1}", Records)).ShouldBe(["1!json.truncated"]);
        // An event that has such a member deeper inside, or as no array, is an event.
        (await SplitAsync("{\"a\":{\"Records\":[]}}\n{\"Records\":1}", Records)).ShouldBe(["1:{\"a\":{\"Records\":[]}}", "2:{\"Records\":1}"]);
    }

    [Fact]
    public async Task Objects_WrittenOverLines_AreCutAtTheirEnds() =>
        (await SplitAsync("{\n  \"a\": 1\n}\n{\n  \"b\": {\"c\":\n[2]}\n}\n")).ShouldBe(["1:{\n  \"a\": 1\n}", "2:{\n  \"b\": {\"c\":\n[2]}\n}"]);

    [Fact]
    public async Task TooLongParts_AreLeftOut_AndTheNextOnesTaken()
    {
        var large = new string('x', EventJson.MaxBytes);
        (await OutsideSamples.SplitAsync(Encoding.UTF8.GetBytes($"{{\"a\":\"{large}\"}}\n{{\"b\":1}}"), [])).Select(p => (p.Line, p.Code)).ShouldBe([(1, "json.tooLong"), (2, null)]);
        (await OutsideSamples.SplitAsync(Encoding.UTF8.GetBytes($"{{\"b\":1}}\n{{\"a\":\"{large}{large}{large}\"}}\n{{\"b\":1}}"), [])).Select(p => (p.Line, p.Code)).ShouldBe([(1, null), (2, "json.tooLong"), (3, null)]);
        (await OutsideSamples.SplitAsync(Encoding.UTF8.GetBytes($"[{{\"a\":\"{large}{large}{large}\"}},{{\"b\":1}}]"), [])).Select(p => (p.Line, p.Code)).ShouldBe([(1, "json.tooLong"), (2, null)]);
        (await OutsideSamples.SplitAsync(Encoding.UTF8.GetBytes($"[{{\"a\":\"{large}{large}{large}"), [])).Select(p => (p.Line, p.Code)).ShouldBe([(1, "json.tooLong")]);
        (await OutsideSamples.SplitAsync(Encoding.UTF8.GetBytes($"{{\"a\":\"{new string('x', EventJson.MaxBytes - 8)}\"}}\n"), [])).Select(p => p.Code).ShouldBe([null]);
    }

    [Fact]
    public void AnyEvents_ComeOutAsTheyWentIn_InEveryForm() => Prop.ForAll(ArbMap.Default.ArbFor<string[]>(), ArbMap.Default.ArbFor<PositiveInt>(), (texts, chunk) =>
    {
        var events = texts.Select(t => System.Text.Json.JsonSerializer.Serialize(new { t = Clean(t), n = new object[] { 1, new { t = Clean(t) } } })).ToList();
        foreach (var body in new[] { string.Join('\n', events), $"[{string.Join(", ", events)}]", $"{{\"v\":\"1\",\"Records\":[{string.Join(',', events)}],\"w\":[{{}}]}}" })
        {
            var parts = OutsideSamples.SplitAsync(Encoding.UTF8.GetBytes(body), Records, chunk.Get).GetAwaiter().GetResult();
            parts.Select(p => p.Text).ShouldBe(events);
            parts.Select(p => p.Line).ShouldBe(Enumerable.Range(1, events.Count).Select(i => (long)i));
        }

        static string Clean(string? t) => t is null ? "" : new string([.. t.Where(c => !char.IsSurrogate(c))]);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void AnyBytes_EndWithoutFault() => Prop.ForAll(Gen.ArrayOf(Gen.Elements("{\"Records\":[],}\\ \n\t1x\"\u00e9".ToCharArray())).ToArbitrary(), ArbMap.Default.ArbFor<PositiveInt>(), (text, chunk) =>
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var whole = OutsideSamples.SplitAsync(bytes, Records).GetAwaiter().GetResult();
        OutsideSamples.SplitAsync(bytes, Records, chunk.Get).GetAwaiter().GetResult().ShouldBe(whole);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
}
