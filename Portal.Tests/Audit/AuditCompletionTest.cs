using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit;

public sealed class AuditCompletionTest
{
    private static readonly DateTime Today = new(2026, 11, 20, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("", "actor:")]
    [InlineData("act", "action:")]
    [InlineData("-st", "-status:")]
    [InlineData("actor:mori sta", "status:")]
    [InlineData("status:f", "status:failure")]
    [InlineData("after:2026", "after:2026-11-13")]
    public void LastWord_IsCompleted(string text, string expected) => AuditCompletion.Of(text, [], Today).Select(s => s.Word).ShouldContain(expected);

    [Fact]
    public void Values_AreThoseOfTheLog_QuotedWhereNeeded()
    {
        AuditCompletion.Of("kind:person actor:mo", ["Mori Taro"], Today).ShouldHaveSingleItem().Text.ShouldBe("kind:person actor:\"Mori Taro\" ");
        AuditCompletion.Of("action:token.", ["token.create", "token.revoke"], Today).Select(s => s.Word).ShouldBe(["action:token.*", "action:token.create", "action:token.revoke"], ignoreOrder: true);
        AuditCompletion.Of("-action:token.c", ["token.create"], Today).Select(s => s.Word).ShouldBe(["-action:token.create"]);
    }

    [Theory]
    [InlineData("actor:mo", "actor", "mo")]
    [InlineData("status:failure -Actor:\"mori t", "actor", "mori t")]
    [InlineData("ip:", "ip", "")]
    [InlineData("status:f", null, null)]
    [InlineData("after:2026", null, null)]
    [InlineData("act", null, null)]
    [InlineData("", null, null)]
    public void OnlyValuesOfTheLog_AreAskedFor(string text, string? field, string? prefix) =>
        AuditCompletion.Asked(text).ShouldBe(field is null ? null : (field, prefix ?? ""));

    [Fact]
    public void EverySuggestion_CanBeRead()
    {
        string[] known = ["a \"quoted\" \\ name", "token.create", "a,b", "ends*"];
        foreach (var text in new[] { "actor:", "action:", "resource:", "kind:", "status:", "after:", "source:" })
            foreach (var (_, whole) in AuditCompletion.Of(text, known, Today)) AuditQueryParser.Parse(whole).Succeeded.ShouldBeTrue(whole);
    }

    [Fact]
    public void Grouped_EntriesOfOneRequestBecomeOneRow()
    {
        var rows = new[] { Entry("a", "x.y") with { RequestId = "1" }, Entry("a", "x.z") with { RequestId = "1" }, Entry("a", "x.y") with { RequestId = "2" }, Entry("a", "x.y"), Entry("a", "x.y") };
        AuditLine.Of(rows, grouped: true).Select(l => l.More).ShouldBe([1, 0, 0, 0]);
        AuditLine.Of(rows, grouped: false).Count.ShouldBe(5);
    }

    private static AuditEntryRow Entry(string actor, string action) => new(
        Kernel.Ids.New(), 1, Today, null, Guid.Empty, actor, "person", action, "token/1", "token", "1", "nightly import", null, null, null, "192.0.2.1", AuditStatus.Success, null, null, null, null, null, null, null, null, null, "portal");
}
