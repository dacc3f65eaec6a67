using System.Text.Json.Nodes;
using Hexabase.Portal.Access.Scim;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Scim;

public sealed class ScimFilterTest
{
    private static readonly JsonObject Taro = (JsonObject)JsonNode.Parse("""
        {"userName":"Taro@Example.test","externalId":"Ext-1","active":true,"displayName":"Taro \"T\" 森","name":{"familyName":"Mori"},
         "emails":[{"value":"t@example.test","type":"work","primary":true},{"value":"home@example.test","type":"home"}],
         "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Ops","manager":{"value":"m1"}},
         "meta":{"lastModified":"2026-01-31T12:00:00.000Z"}}
        """)!;

    [Theory]
    [InlineData("userName eq \"taro@example.test\"", true)]
    [InlineData("USERNAME EQ \"TARO@EXAMPLE.TEST\"", true)]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"TARO\"", true)]
    [InlineData("externalId eq \"ext-1\"", false)]
    [InlineData("externalId eq \"Ext-1\"", true)]
    [InlineData("emails eq \"HOME@example.test\"", true)]
    [InlineData("emails[type eq \"work\" and value co \"home\"]", false)]
    [InlineData("emails[type eq \"work\"].value eq \"t@example.test\"", true)]
    [InlineData("emails[not (type eq \"work\")]", true)]
    [InlineData("emails.type eq \"work\" and emails.value eq \"home@example.test\"", true)]
    [InlineData("active eq true", true)]
    [InlineData("active eq False", false)]
    [InlineData("active ne false", true)]
    [InlineData("title pr", false)]
    [InlineData("not(title pr)", true)]
    [InlineData("title eq null", true)]
    [InlineData("title ne \"x\"", true)]
    [InlineData("name.familyName gt \"Mora\" and name.familyName le \"MORI\"", true)]
    [InlineData("meta.lastModified ge \"2026-01-31T21:00:00+09:00\"", true)]
    [InlineData("meta.lastModified gt \"2026-01-31T12:00:00Z\"", false)]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"ops\"", true)]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"m1\"", true)]
    [InlineData("title pr or userName pr and active eq false", false)]
    [InlineData("(title pr or userName pr) and active eq true", true)]
    [InlineData("displayName co \"\\\"t\\\" \\u68ee\"", true)]
    public void Filter_FindsWhatItSays(string filter, bool matches) => ScimFilterParser.Parse(filter, ScimSchemas.Users).Matches(Taro).ShouldBe(matches);

    [Theory]
    [InlineData("")]
    [InlineData("userName")]
    [InlineData("userName pr and")]
    [InlineData("userName foo \"x\"")]
    [InlineData("userName eq")]
    [InlineData("userName eq x")]
    [InlineData("userName eq \"x")]
    [InlineData("userName eq 5")]
    [InlineData("userName eq true")]
    [InlineData("active eq \"true\"")]
    [InlineData("active gt true")]
    [InlineData("name eq \"x\"")]
    [InlineData("password eq \"x\"")]
    [InlineData("nowhere eq \"x\"")]
    [InlineData("(userName pr")]
    [InlineData("userName pr)")]
    [InlineData("emails[type eq \"work\"")]
    [InlineData("emails[emails[type pr]]")]
    [InlineData("meta.created gt \"yesterday\"")]
    [InlineData("userName eq \"\\ud800\"")]
    [InlineData("userName eq \"\\u0000\"")]
    public void Nonsense_IsAnInvalidFilter(string filter) =>
        Should.Throw<ScimRefusal>(() => ScimFilterParser.Parse(filter, ScimSchemas.Users)).Problem.Code.ShouldBe("scim.invalidFilter");

    [Fact]
    public void DeepAndLongFilters_AreRefused()
    {
        Should.Throw<ScimRefusal>(() => ScimFilterParser.Parse(new string('(', 1000) + "userName pr" + new string(')', 1000), ScimSchemas.Users));
        Should.Throw<ScimRefusal>(() => ScimFilterParser.Parse(string.Join(" or ", Enumerable.Repeat("userName pr", 200)), ScimSchemas.Users));
        Should.Throw<ScimRefusal>(() => ScimFilterParser.Parse("userName eq \"" + new string('x', 5000) + "\"", ScimSchemas.Users));
    }
}
