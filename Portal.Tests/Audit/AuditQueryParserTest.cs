using FsCheck;
using FsCheck.Fluent;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit;

public sealed class AuditQueryParserTest
{
    private static string Shape(string query) => string.Join(" | ", AuditQueryParser.Parse(query).Value.Select(t =>
        $"{(t.IsNegated ? "-" : "")}{t.Qualifier ?? "text"}={string.Join(",", t.Values.Select(v => v.Text + (v.IsPrefix ? "*" : "")))}"));

    [Theory]
    [InlineData("", "")]
    [InlineData("actor:Alice -status:failure", "actor=alice | -status=failure")]
    [InlineData("action:budget.*,quota.set", "action=budget.*,quota.set")]
    [InlineData("resource:\"Finance, BU\",x free 財務", "resource=finance, bu,x | text=free | text=財務")]
    [InlineData("\"a \\\" b\" 12:30 - -x", "text=a \" b | text=12:30 | text=- | -text=x")]
    [InlineData("ip:10.0.0.0/8 after:2026-01-01 before:2026-02-01T09:00:00Z", "ip=10.0.0.0/8 | after=2026-01-01 | before=2026-02-01t09:00:00z")]
    public void Reads(string query, string expected) => Shape(query).ShouldBe(expected);

    [Theory]
    [InlineData("ok colour:red", "audit.query.qualifier", "4")]
    [InlineData("status:maybe", "audit.query.status", "8")]
    [InlineData("x \"open", "audit.query.quote", "3")]
    [InlineData("after:soon", "audit.query.time", "7")]
    [InlineData("ip:10.0.0.0/33", "audit.query.network", "4")]
    [InlineData("actor:", "audit.query.empty", "7")]
    [InlineData("actor:a,", "audit.query.empty", "9")]
    public void Errors_TellTheColumn(string query, string code, string column)
    {
        var error = AuditQueryParser.Parse(query).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().ShouldHaveSingleItem();
        error.ShouldSatisfyAllConditions(e => e.Code.ShouldBe(code), e => e.Column.ShouldBe(column), e => e.Field.ShouldBe("q"));
    }

    [Fact]
    public void AnyText_IsReadOrRefused_NeverThrown()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => AuditQueryParser.Parse(text) is { Problem: null } or { Problem.Kind: ProblemKind.Refused }).QuickCheckThrowOnFailure();
        var pieces = Gen.Elements("actor:", "ip:", "-", "\"", "\\", ",", "*", " ", "a", "10.0.0.0/8", "after:", "2026-01-01", "\ud800", "\0", "財");
        Prop.ForAll(pieces.ListOf().Select(string.Concat).ToArbitrary(), text => AuditQueryParser.Parse(text) is { Problem: null } or { Problem.Kind: ProblemKind.Refused }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void NaughtyStrings_AreReadOrRefused()
    {
        foreach (var text in NaughtyStrings.Read().SelectMany(s => new[] { s, "actor:" + s }))
            (AuditQueryParser.Parse(text).Problem?.Kind ?? ProblemKind.Refused).ShouldBe(ProblemKind.Refused);
    }

    [Theory]
    [InlineData("10.1.0.0/20", "10.1.15.255", true)]
    [InlineData("10.1.0.0/20", "10.1.16.0", false)]
    [InlineData("10.1.0.0/20", "::ffff:10.1.2.3", true)]
    [InlineData("2001:db8::/33", "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::1", false)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "s3.amazonaws.com", false)]
    public void Networks_HoldTheirAddresses(string network, string address, bool expected)
    {
        AuditNetwork.TryParse(network, out var parsed).ShouldBeTrue();
        parsed!.Contains(address).ShouldBe(expected);
    }
}
