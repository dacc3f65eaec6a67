using System.Text;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Ingest;

public sealed class EventMappingTest
{
    private static OutsideEvent Read(Dictionary<string, string> fields, string json, params string[] failures)
    {
        EventMapping.TryMake(fields, failures, out var mapping).ShouldBeEmpty();
        EventSources.Find("generic", mapping)!.TryRead(Encoding.UTF8.GetBytes(json), OutsideSamples.Now, out var read, out var refusal).ShouldBeTrue(refusal?.ToString());
        return read!;
    }

    [Fact]
    public void OurOwnNames_AreTheDefault()
    {
        var read = Read([], """{"timestamp":"2026-01-02T03:04:05Z","source_id":"7","actor_kind":"token","actor_name":"ci","action":"budget.create","resource":"budget/42","status":"failure","reason":"no","old_value":{"a":1},"new_value":{"a":2},"ip_address":"192.0.2.1","user_agent":"curl","request_id":"r","session_id":"0198c0de-0000-7000-8000-000000000001"}""");
        (read.SourceId, read.ActorKind, read.ActorName, read.ResourceKind, read.ResourceId, read.Status, read.OldValue, read.NewValue).ShouldBe(("7", "token", "ci", "budget", "42", AuditStatus.Failure, "{\"a\":1}", "{\"a\":2}"));
        read.SessionId.ShouldBe(Guid.Parse("0198c0de-0000-7000-8000-000000000001"));
    }

    [Fact]
    public void Paths_Positions_Alternatives_AndFixedTexts_AreFollowed()
    {
        var read = Read(
            new() { ["timestamp"] = "$.meta.at", ["action"] = "nope | what", ["actor_name"] = "who[1].mail", ["resource_kind"] = "'door'", ["resource_id"] = "[\"a.b\"].c", ["status"] = "ok" },
            """{"meta":{"at":1767323045},"what":"open","who":[{},{"mail":"ann@example.test"}],"a.b":{"c":5},"ok":"nein"}""", "nein");
        (read.Action, read.ActorName, read.ResourceKind, read.ResourceId, read.Status).ShouldBe(("open", "ann@example.test", "door", "5", AuditStatus.Failure));
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData("a[")]
    [InlineData("a[x]")]
    [InlineData("a[-1]")]
    [InlineData("a |")]
    [InlineData("| a")]
    [InlineData("'")]
    [InlineData("$")]
    [InlineData("a b")]
    [InlineData("a.*")]
    [InlineData("[\"a]")]
    [InlineData("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r")]
    public void Paths_ThatCannotBeRead_AreRefused(string path) =>
        EventMapping.TryMake(new Dictionary<string, string> { ["action"] = path }, [], out var mapping).ShouldHaveSingleItem().Code.ShouldBe("mapping.path");

    [Fact]
    public void UnknownFields_AreRefused() => EventMapping.TryMake(new Dictionary<string, string> { ["colour"] = "a" }, [], out _).ShouldHaveSingleItem().Code.ShouldBe("mapping.field");
}
