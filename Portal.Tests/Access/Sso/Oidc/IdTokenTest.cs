using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Hexabase.Portal.Access.Sso.Jose;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Oidc;

public sealed class IdTokenTest
{
    private const string Issuer = "https://login.example/t1";
    private static readonly DateTimeOffset Now = TokenForge.Now;
    private static readonly long Sec = Now.ToUnixTimeSeconds();
    private static readonly JwsAlgorithm Rs256 = JwsAlgorithm.Find("RS256").TryGet(out var a, out _) ? a : throw new InvalidOperationException();
    private static readonly IdTokenExpectation Expected = new(Issuer, "portal", "n-1", "access", "code", null, null, null);

    [Fact]
    public void GoodToken_IsAccepted()
    {
        Check(Claims(c =>
        {
            c["at_hash"] = Rs256.HalfHash("access"u8);
            c["c_hash"] = Rs256.HalfHash("code"u8);
            c["sid"] = "s1";
            c["azp"] = "portal";
            c["amr"] = new JsonArray("pwd", "mfa");
        })).TryGet(out var token, out var refusal).ShouldBeTrue(refusal?.ToString());
        token!.Subject.ShouldBe("ann");
        token.SessionId.ShouldBe("s1");
        token.Amr.ShouldBe(["pwd", "mfa"]);
    }

    /// <summary>OpenID Connect Core appendix A.3: at_hash of that example's access token.</summary>
    [Fact]
    public void HalfHash_IsThatOfTheExample() => Rs256.HalfHash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"u8).ShouldBe("77QmUPtjPfzWtF2AnpK9RQ");

    [Theory]
    [InlineData("iss", "\"https://login.example/t1/\"", "oidc.token.issuer")]
    [InlineData("iss", "\"https://LOGIN.example/t1\"", "oidc.token.issuer")]
    [InlineData("iss", null, "oidc.token.issuer")]
    [InlineData("iss", "[\"https://login.example/t1\"]", "oidc.token.issuer")]
    [InlineData("aud", "\"other\"", "oidc.token.audience")]
    [InlineData("aud", "\"Portal\"", "oidc.token.audience")]
    [InlineData("aud", "[\"portal\",\"other\"]", "oidc.token.audience.others")]
    [InlineData("aud", "[]", "oidc.token.audience.missing")]
    [InlineData("aud", "[7]", "oidc.token.audience.missing")]
    [InlineData("aud", null, "oidc.token.audience.missing")]
    [InlineData("azp", "\"other\"", "oidc.token.party")]
    [InlineData("azp", "7", "oidc.token.malformed")]
    [InlineData("exp", null, "oidc.token.time.missing")]
    [InlineData("iat", null, "oidc.token.time.missing")]
    [InlineData("exp", "\"99999999999\"", "oidc.token.time.malformed")]
    [InlineData("exp", "1e200", "oidc.token.time.malformed")]
    [InlineData("exp", "-1", "oidc.token.time.malformed")]
    [InlineData("nbf", "true", "oidc.token.time.malformed")]
    [InlineData("sub", null, "oidc.token.subject")]
    [InlineData("sub", "\"\"", "oidc.token.subject")]
    [InlineData("sub", "7", "oidc.token.subject")]
    [InlineData("nonce", null, "oidc.token.nonce.missing")]
    [InlineData("nonce", "\"n-2\"", "oidc.token.nonce")]
    [InlineData("nonce", "[\"n-1\"]", "oidc.token.nonce.missing")]
    [InlineData("at_hash", "\"AAAAAAAAAAAAAAAAAAAAAA\"", "oidc.token.hash")]
    [InlineData("at_hash", "7", "oidc.token.malformed")]
    [InlineData("c_hash", "\"AAAAAAAAAAAAAAAAAAAAAA\"", "oidc.token.hash")]
    [InlineData("auth_time", "\"x\"", "oidc.token.malformed")]
    [InlineData("amr", "\"mfa\"", "oidc.token.malformed")]
    [InlineData("acr", "7", "oidc.token.malformed")]
    [InlineData("sid", "\"\"", "oidc.token.malformed")]
    public void WrongClaim_IsRefusedWithItsReason(string name, string? json, string code) => Refused(Claims(c => Put(c, name, json)), code);

    [Fact]
    public void Times_AreCheckedWithAMinuteOfDifference()
    {
        Refused(Claims(c => c["exp"] = Sec - 60), "oidc.token.expired");
        Check(Claims(c => c["exp"] = Sec - 59)).Refusal.ShouldBeNull();
        Refused(Claims(c => (c["iat"], c["exp"]) = (Sec + 61, Sec + 300)), "oidc.token.future");
        Refused(Claims(c => c["nbf"] = Sec + 61), "oidc.token.early");
        Check(Claims(c => c["nbf"] = Sec + 60)).Refusal.ShouldBeNull();
        Refused(Claims(c => c["iat"] = Sec - 3661), "oidc.token.old");
        Refused(Claims(c => (c["iat"], c["exp"]) = (Sec + 30, Sec + 30)), "oidc.token.time.order");
        Check(Claims(c => c["exp"] = 253402300799)).Refusal.ShouldBeNull();
    }

    [Fact]
    public void FreshAndStrongSignIn_IsDemanded()
    {
        Refused(Claims(), "oidc.token.authTime.missing", Expected with { MaxAgeSeconds = 300 });
        Refused(Claims(c => c["auth_time"] = Sec - 361), "oidc.token.authTime.old", Expected with { MaxAgeSeconds = 300 });
        Check(Claims(c => c["auth_time"] = Sec - 359), Expected with { MaxAgeSeconds = 300 }).Refusal.ShouldBeNull();
        Refused(Claims(c => c["auth_time"] = Sec + 61), "oidc.token.authTime");
        Refused(Claims(), "oidc.token.acr", Expected with { AcceptedAcr = ["urn:mfa"] });
        Refused(Claims(c => c["acr"] = "urn:MFA"), "oidc.token.acr", Expected with { AcceptedAcr = ["urn:mfa"] });
        Refused(Claims(c => c["amr"] = new JsonArray("pwd")), "oidc.token.mfa", Expected with { AcceptedAmr = ["mfa", "hwk"] });
        Check(Claims(c => c["amr"] = new JsonArray("pwd", "hwk")), Expected with { AcceptedAmr = ["mfa", "hwk"] }).Refusal.ShouldBeNull();
        Refused(Claims(c => c["at_hash"] = Rs256.HalfHash("access"u8)), "oidc.token.hash", Expected with { AccessToken = null });
    }

    [Theory]
    [InlineData("iss", "\"https://evil.example\"", "oidc.logout.issuer")]
    [InlineData("aud", "\"other\"", "oidc.logout.audience")]
    [InlineData("nonce", "\"n-1\"", "oidc.logout.nonce")]
    [InlineData("nonce", "null", "oidc.logout.nonce")]
    [InlineData("events", null, "oidc.logout.events")]
    [InlineData("events", "{}", "oidc.logout.events")]
    [InlineData("events", """{"http://schemas.openid.net/event/backchannel-logout":true}""", "oidc.logout.events")]
    [InlineData("events", """["http://schemas.openid.net/event/backchannel-logout"]""", "oidc.logout.events")]
    [InlineData("jti", null, "oidc.logout.jti")]
    [InlineData("jti", "\"\"", "oidc.logout.jti")]
    [InlineData("sub", null, "oidc.logout.who")]
    [InlineData("sub", "7", "oidc.logout.malformed")]
    [InlineData("exp", null, "oidc.logout.time.missing")]
    [InlineData("iat", "1", "oidc.logout.old")]
    public async Task WrongLogoutToken_IsRefusedWithItsReason(string name, string? json, string code)
    {
        var claims = Logout();
        Put(claims, name, json);
        (await LogoutToken.CheckAsync(TokenForge.Claims(claims.ToJsonString()), Issuer, "portal", new ReplayMemory(), Now, CancellationToken.None)).Refusal.ShouldNotBeNull().Code.ShouldBe(code);
    }

    [Fact]
    public async Task LogoutToken_CountsOnce()
    {
        var memory = new ReplayMemory();
        var claims = TokenForge.Claims(Logout().ToJsonString());
        (await LogoutToken.CheckAsync(claims, Issuer, "portal", memory, Now, CancellationToken.None)).TryGet(out var token, out var refusal).ShouldBeTrue(refusal?.ToString());
        token!.Subject.ShouldBe("ann");
        (await LogoutToken.CheckAsync(claims, Issuer, "portal", memory, Now, CancellationToken.None)).Refusal!.Code.ShouldBe("oidc.logout.replay");
    }

    [Fact]
    public void AnyValueOfAnyClaim_IsCheckedWithoutAnException() => Prop.ForAll(ArbMap.Default.ArbFor<(PositiveInt Name, string Text, double Number, int Kind)>(), x =>
    {
        string[] names = ["iss", "aud", "azp", "exp", "iat", "nbf", "sub", "nonce", "at_hash", "auth_time", "acr", "amr", "sid", "groups", "_claim_names"];
        var claims = Claims();
        claims[names[x.Name.Get % names.Length]] = (Math.Abs(x.Kind) % 4) switch { 0 => JsonValue.Create(x.Text), 1 when double.IsFinite(x.Number) => JsonValue.Create(x.Number), 2 => new JsonArray(x.Text), _ => new JsonObject { ["a"] = x.Text } };
        return !JsonMembers.TryParse(System.Text.Encoding.UTF8.GetBytes(claims.ToJsonString()), 100_000, out var members, out _)
            || !IdToken.Check(members, Rs256, Expected, Now).TryGet(out var token, out var refusal)
            || ClaimsMapping.Default.Map(token, null) is { } mapped && (mapped.Refusal is null || mapped.Refusal.Change.Length > 0);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Mapping_ReadsGroupsOfEveryTemplate()
    {
        var rules = new Dictionary<string, string> { ["finance"] = "FinanceManager", ["audit"] = "Auditor" };
        Map(ClaimsMapping.Default with { RoleOfGroup = rules }, c => c["groups"] = new JsonArray("finance", "x", "finance")).Roles.ShouldBe(["FinanceManager"]);
        Map(ClaimsMapping.Default with { Roles = ["realm_access", "roles"], RoleOfGroup = rules }, c => c["realm_access"] = new JsonObject { ["roles"] = new JsonArray("audit") }).Roles.ShouldBe(["Auditor"]);
        Map(ClaimsMapping.Default, c => c["_claim_names"] = new JsonObject { ["groups"] = "src1" }).GroupsAreElsewhere.ShouldBeTrue();
        Map(ClaimsMapping.Default, c => c["hasgroups"] = true).GroupsAreElsewhere.ShouldBeTrue();
        Map(ClaimsMapping.Default, c => c["groups"] = new JsonArray()).GroupsAreElsewhere.ShouldBeFalse();
        var verified = Map(ClaimsMapping.Default, c => (c["email"], c["email_verified"]) = ("ann@example.com", "true"));
        verified.EmailVerified.ShouldBeFalse();
        Map(ClaimsMapping.Default, c => (c["email"], c["email_verified"]) = ("ann@example.com", true)).EmailVerified.ShouldBeTrue();
    }

    [Fact]
    public void UserInfoOfSomebodyElse_IsRefused()
    {
        Check(Claims()).TryGet(out var token, out _).ShouldBeTrue();
        ClaimsMapping.Default.Map(token!, TokenForge.Claims("""{"sub":"eve"}""")).Refusal!.Code.ShouldBe("oidc.userinfo.subject");
        ClaimsMapping.Default.Map(token!, TokenForge.Claims("{}")).Refusal!.Code.ShouldBe("oidc.userinfo.subject");
        ClaimsMapping.Default.Map(token!, TokenForge.Claims("""{"sub":"ann","groups":["g"]}""")).TryGet(out var person, out _).ShouldBeTrue();
        person!.Groups.ShouldBe(["g"]);
        ClaimsMapping.Default.Map(token!, TokenForge.Claims("""{"sub":"ann","groups":{"a":1}}""")).Refusal!.Code.ShouldBe("oidc.groups.malformed");
    }

    private static MappedIdentity Map(ClaimsMapping mapping, Action<JsonObject> change)
    {
        Check(Claims(change)).TryGet(out var token, out var refusal).ShouldBeTrue(refusal?.ToString());
        mapping.Map(token!, null).TryGet(out var person, out refusal).ShouldBeTrue(refusal?.ToString());
        return person!;
    }

    private static JsonObject Claims(Action<JsonObject>? change = null)
    {
        var claims = new JsonObject { ["iss"] = Issuer, ["aud"] = "portal", ["sub"] = "ann", ["nonce"] = "n-1", ["iat"] = Sec - 60, ["exp"] = Sec + 300 };
        change?.Invoke(claims);
        return claims;
    }

    private static JsonObject Logout() => new() { ["iss"] = Issuer, ["aud"] = "portal", ["sub"] = "ann", ["jti"] = "j1", ["iat"] = Sec, ["exp"] = Sec + 120, ["events"] = new JsonObject { [LogoutToken.EventName] = new JsonObject() } };

    private static void Put(JsonObject claims, string name, string? json)
    {
        if (json is null) claims.Remove(name);
        else claims[name] = JsonNode.Parse(json);
    }

    private static Checked<IdToken> Check(JsonObject claims, IdTokenExpectation? expected = null) => IdToken.Check(TokenForge.Claims(claims.ToJsonString()), Rs256, expected ?? Expected, Now);

    private static void Refused(JsonObject claims, string code, IdTokenExpectation? expected = null)
    {
        var refusal = Check(claims, expected).Refusal.ShouldNotBeNull(code);
        refusal.Code.ShouldBe(code);
        refusal.Change.ShouldNotBeEmpty();
    }
}
