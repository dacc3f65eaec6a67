using Hexabase.Portal.Access.Conditions;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Hexabase.Portal.Workspaces;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Roles;

public sealed class ConditionTest
{
    // A Wednesday, 10:30 in Tokyo.
    private static readonly DateTime Now = new(2026, 3, 4, 1, 30, 0, DateTimeKind.Utc);
    private static readonly PlaceFacts Payments = new(WorkspaceEnvironment.Production, DataClassification.Confidential, ["ap-northeast-1", "eu-central-1"], new Dictionary<string, string> { ["team"] = "payments" }, "sato@example.test");

    [Theory]
    [InlineData("time in 09:00-18:00 Asia/Tokyo", Outcome.True)]
    [InlineData("time in 09:00-10:30 Asia/Tokyo", Outcome.False)]
    [InlineData("time in 22:00-06:00, 10:30-10:31 Asia/Tokyo", Outcome.True)]
    [InlineData("time in 22:00-02:00 UTC", Outcome.True)]
    [InlineData("weekday in mon-fri Asia/Tokyo", Outcome.True)]
    [InlineData("weekday in sat-mon, thu Asia/Tokyo", Outcome.False)]
    [InlineData("ip in 192.0.2.0/24", Outcome.True)]
    [InlineData("ip in 10.0.0.0/8, 2001:db8::/32", Outcome.False)]
    [InlineData("ip in 192.0.2.7", Outcome.True)]
    [InlineData("mfa", Outcome.True)]
    [InlineData("mfa within 15m", Outcome.False)]
    [InlineData("mfa within 1h", Outcome.True)]
    [InlineData("environment in production, staging", Outcome.True)]
    [InlineData("classification <= confidential", Outcome.True)]
    [InlineData("classification > confidential", Outcome.False)]
    [InlineData("residency in jp, eu", Outcome.True)]
    [InlineData("residency in jp", Outcome.False)]
    [InlineData("residency in ap-northeast-1, eu-central-1", Outcome.True)]
    [InlineData("label team = \"payments\"", Outcome.True)]
    [InlineData("label team in retail, \"payments\"", Outcome.True)]
    [InlineData("label app = \"x\"", Outcome.False)]
    [InlineData("owner", Outcome.True)]
    [InlineData("not (owner and mfa) or not mfa", Outcome.False)]
    [InlineData("NOT environment IN staging AND Owner", Outcome.True)]
    public void Condition_ComesTo(string text, Outcome expected) => Evaluate(text, Here(Payments)).ShouldBe(expected);

    [Fact]
    public void WhatCannotBeTold_IsUnknown_AndWhatThePlaceHasNot_DoesNotApply()
    {
        var nowhere = Sato with { IpAddress = null };
        Evaluate("ip in 10.0.0.0/8", Here(Payments), nowhere).ShouldBe(Outcome.Unknown);
        Evaluate("not ip in 10.0.0.0/8", Here(Payments), nowhere).ShouldBe(Outcome.Unknown);
        Evaluate("ip in 10.0.0.0/8 or mfa", Here(Payments), nowhere).ShouldBe(Outcome.True);
        Evaluate("ip in 10.0.0.0/8 and not mfa", Here(Payments), nowhere).ShouldBe(Outcome.False);
        Evaluate("environment in production", new AccessTarget(Ids.New())).ShouldBe(Outcome.NotApplicable);
        Evaluate("not environment in production", new AccessTarget(Ids.New())).ShouldBe(Outcome.NotApplicable);
        Evaluate("environment in production", Here(null)).ShouldBe(Outcome.Unknown, "a workspace of which nothing was read");
        Evaluate("residency in jp", Here(Payments with { Regions = [] })).ShouldBe(Outcome.Unknown);
        Evaluate("owner", Here(Payments), Sato with { Kind = ActorKind.Token }).ShouldBe(Outcome.False);
        Evaluate("mfa", Here(Payments), Sato with { MfaAtUtc = null }).ShouldBe(Outcome.False);
    }

    [Theory]
    [InlineData("", 1, "condition.expected")]
    [InlineData("mfaa", 1, "condition.unknownNear")]
    [InlineData("mfa and", 8, "condition.expected")]
    [InlineData("mfa or (owner", 14, "condition.expected")]
    [InlineData("mfa owner", 5, "condition.expected")]
    [InlineData("time in 9-18 Asia/Tokyo", 9, "condition.expected")]
    [InlineData("time in 09:00-18:00", 20, "condition.expected")]
    [InlineData("time in 09:00-18:00 Asia/Tokio", 21, "condition.unknownNear")]
    [InlineData("weekday in monday Asia/Tokyo", 12, "condition.expected")]
    [InlineData("ip in 10.0.0.1/8", 7, "condition.expected")]
    [InlineData("ip in 10.1", 7, "condition.expected")]
    [InlineData("ip in ::/129", 7, "condition.expected")]
    [InlineData("environment in prod", 16, "condition.unknown")]
    [InlineData("environment in productoin", 16, "condition.unknownNear")]
    [InlineData("classification confidential", 16, "condition.expected")]
    [InlineData("residency in japan", 14, "condition.unknown")]
    [InlineData("label team payments", 12, "condition.expected")]
    [InlineData("label team = \"payments", 14, "condition.openQuote")]
    [InlineData("mfa; drop", 4, "condition.character")]
    [InlineData("mfa within 15", 12, "condition.expected")]
    public void WrongCondition_SaysWhereAndWhat(string text, int position, string code)
    {
        Condition.TryParse(text, out _, out var error).ShouldBeFalse();
        error.ShouldNotBeNull().Position.ShouldBe(position, error.Message);
        error.Code.ShouldBe(code, error.Message);
    }

    [Fact]
    public void UnknownWord_NamesTheNearestKnown()
    {
        Condition.TryParse("environment in productoin", out _, out var error).ShouldBeFalse();
        error.ShouldNotBeNull().Message.ShouldContain("'production'");
    }

    [Fact]
    public void TooDeep_TooManyAndTooLong_AreRefused()
    {
        Condition.TryParse(new string('(', 40) + "mfa" + new string(')', 40), out _, out var deep).ShouldBeFalse();
        deep.ShouldNotBeNull().Code.ShouldBe("condition.tooDeep");
        Condition.TryParse(string.Join(" or ", Enumerable.Repeat("mfa", 65)), out _, out var many).ShouldBeFalse();
        many.ShouldNotBeNull().Code.ShouldBe("condition.tooMany");
        Condition.TryParse(new string('x', 100_000), out _, out var longer).ShouldBeFalse();
        longer.ShouldNotBeNull().Code.ShouldBe("condition.tooLong");
        Condition.TryParse(string.Concat(Enumerable.Repeat("not ", 400)) + "mfa", out _, out var nots).ShouldBeFalse();
        nots.ShouldNotBeNull().Code.ShouldBe("condition.tooDeep");
    }

    [Fact]
    public void Stored_WhatCannotBeReadAnyMore_HoldsForNobody() => Evaluate(Condition.OfStored("moon in full"), Here(Payments)).ShouldBe(Outcome.Unknown);

    [Fact]
    public void Text_IsOneSpelling_AndReadsBackToItself()
    {
        var random = new Random(7);
        for (var i = 0; i < 3000; i++)
        {
            var text = RandomCondition.Text(random, 4);
            Condition.TryParse(text, out var first, out var error).ShouldBeTrue($"{text}: {error?.Message}");
            Condition.TryParse(first.Text, out var second, out error).ShouldBeTrue($"{first.Text}: {error?.Message}");
            second.Text.ShouldBe(first.Text);
            var place = i % 3 == 0 ? new AccessTarget(Ids.New()) : Here(Payments);
            Evaluate(second, place).ShouldBe(Evaluate(first, place), text);
        }
    }

    [Fact]
    public void AnyText_IsReadOrRefused_NeverMore()
    {
        var random = new Random(11);
        const string alphabet = "mfa owner()time in,09:00-18:00 Asia/Tokyo\"=<>not and or ip 10.0.0.0/8\\\u0000日本";
        for (var i = 0; i < 5000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(60)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            if (!Condition.TryParse(text, out _, out var error)) error.ShouldNotBeNull().Position.ShouldBeInRange(1, text.Length + 1);
        }
    }

    private static Actor Sato { get; } = TestPortal.Actor("orgUser", Ids.New()) with { Name = "Sato@example.test", MfaAtUtc = Now.AddMinutes(-20) };

    private static AccessTarget Here(PlaceFacts? facts) => new(Ids.New(), null, Ids.New()) { Facts = facts };

    private static Outcome Evaluate(string text, AccessTarget place, Actor? actor = null)
    {
        Condition.TryParse(text, out var condition, out var error).ShouldBeTrue(error?.Message);
        return Evaluate(condition, place, actor);
    }

    private static Outcome Evaluate(Condition condition, AccessTarget place, Actor? actor = null)
    {
        var at = new Circumstances(actor ?? Sato, Now, place);
        return condition.Evaluate(ref at);
    }
}

/// <summary>Conditions of every kind, made up.</summary>
internal static class RandomCondition
{
    private static readonly string[] Terms =
    [
        "mfa", "mfa within 15m", "mfa within 120m", "owner", "time in 09:00-18:00 Asia/Tokyo", "time in 22:00-6:00, 12:00-13:00 UTC", "weekday in mon-fri Asia/Tokyo", "weekday in sat-mon, thu UTC",
        "ip in 10.0.0.0/8, 2001:db8::/32", "ip in 192.0.2.7", "environment in production", "environment in staging, preview", "classification <= internal", "classification > public", "residency in jp, eu", "residency in ap-northeast-1",
        "label team = \"pay\\\"ments\"", "label \"a b\" in x, \"y z\", \"\\\\\"",
    ];

    public static string Text(Random random, int depth) => depth == 0 || random.Next(3) == 0
        ? Terms[random.Next(Terms.Length)]
        : random.Next(4) switch
        {
            0 => $"not {Bracketed(random, depth)}",
            1 => Bracketed(random, depth),
            2 => string.Join(" and ", Enumerable.Range(0, 2 + random.Next(2)).Select(_ => Bracketed(random, depth))),
            _ => string.Join(" or ", Enumerable.Range(0, 2 + random.Next(2)).Select(_ => Text(random, depth - 1))),
        };

    private static string Bracketed(Random random, int depth) => $"({Text(random, depth - 1)})";
}
