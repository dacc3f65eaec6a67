using System.Text.Json.Nodes;
using Hexabase.Portal.Access.Sso.Jose;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Oidc;

/// <summary>Claims of the known families of attacks, beyond what <see cref="IdTokenTest"/> holds, and ID tokens as the large providers make them.</summary>
public sealed class IdTokenAttackTest
{
    private const string Issuer = "https://login.example/t1";
    private static readonly DateTimeOffset Now = TokenForge.Now;
    private static readonly long Sec = Now.ToUnixTimeSeconds();
    private static readonly JwsAlgorithm Rs256 = Algorithm("RS256");
    private static readonly IdTokenExpectation Expected = new(Issuer, "portal", "n-1", "access", "code", null, null, null);

    /// <summary>SEC+N stands for N seconds from now.</summary>
    [Theory]
    [InlineData("iss", "\"http://login.example/t1\"", "issuer")]
    [InlineData("iss", "\"https://login.example/t1\\u0000\"", "issuer")]
    [InlineData("iss", "\"https://login.example/t1 \"", "issuer")]
    [InlineData("iss", "\"https://login.example/t1?\"", "issuer")]
    [InlineData("iss", "\"https://login.example/./t1\"", "issuer")]
    [InlineData("iss", "\"https://login.example:443/t1\"", "issuer")]
    [InlineData("iss", "\"https://login.example/T1\"", "issuer")]
    [InlineData("iss", "\"https://login.exаmple/t1\"", "issuer")]
    [InlineData("iss", "\"https://login.example/t１\"", "issuer")]
    [InlineData("iss", "\"https://login.example/%741\"", "issuer")]
    [InlineData("iss", "\"https://user@login.example/t1\"", "issuer")]
    [InlineData("iss", "\"\"", "issuer")]
    [InlineData("iss", "null", "issuer")]
    [InlineData("iss", "{\"iss\":\"https://login.example/t1\"}", "issuer")]
    [InlineData("aud", "\"portal \"", "audience")]
    [InlineData("aud", "\"portal,other\"", "audience")]
    [InlineData("aud", "\"portal other\"", "audience")]
    [InlineData("aud", "\"\"", "audience")]
    [InlineData("aud", "null", "audience.missing")]
    [InlineData("aud", "{\"portal\":true}", "audience.missing")]
    [InlineData("aud", "[\"portal\",null]", "audience.missing")]
    [InlineData("aud", "[[\"portal\"]]", "audience.missing")]
    [InlineData("aud", "[\"other\"]", "audience")]
    [InlineData("aud", "[\"portal\",\"\"]", "audience.others")]
    [InlineData("aud", "[\"portal\",\"PORTAL\"]", "audience.others")]
    [InlineData("azp", "\"\"", "party")]
    [InlineData("azp", "\"PORTAL\"", "party")]
    [InlineData("azp", "null", "malformed")]
    [InlineData("azp", "[\"portal\"]", "malformed")]
    [InlineData("exp", "SEC+0", "time.order")]
    [InlineData("exp", "SEC-60", "expired")]
    [InlineData("exp", "0", "expired")]
    [InlineData("exp", "1e15", "time.malformed")]
    [InlineData("exp", "1e300", "time.malformed")]
    [InlineData("exp", "253402300800", "time.malformed")]
    [InlineData("exp", "9223372036854775808", "time.malformed")]
    [InlineData("exp", "null", "time.malformed")]
    [InlineData("exp", "\"never\"", "time.malformed")]
    [InlineData("exp", "[99999999999]", "time.malformed")]
    [InlineData("exp", "true", "time.malformed")]
    [InlineData("iat", "SEC+61", "future")]
    [InlineData("iat", "SEC-3661", "old")]
    [InlineData("iat", "0", "old")]
    [InlineData("iat", "-1", "time.malformed")]
    [InlineData("iat", "\"now\"", "time.malformed")]
    [InlineData("iat", "null", "time.malformed")]
    [InlineData("nbf", "SEC+61", "early")]
    [InlineData("nbf", "253402300799", "early")]
    [InlineData("nbf", "-1", "time.malformed")]
    [InlineData("nbf", "\"0\"", "time.malformed")]
    [InlineData("nbf", "null", "time.malformed")]
    [InlineData("sub", "null", "subject")]
    [InlineData("sub", "[\"ann\"]", "subject")]
    [InlineData("sub", "\"ann\\u0000\"", "subject")]
    [InlineData("sub", "\"ann\\r\\nadmin\"", "subject")]
    [InlineData("sub", "\"\\u0085\"", "subject")]
    [InlineData("nonce", "\"\"", "nonce")]
    [InlineData("nonce", "\"N-1\"", "nonce")]
    [InlineData("nonce", "\"n-1 \"", "nonce")]
    [InlineData("nonce", "null", "nonce.missing")]
    [InlineData("nonce", "{\"n\":\"n-1\"}", "nonce.missing")]
    [InlineData("at_hash", "\"\"", "hash")]
    [InlineData("at_hash", "null", "malformed")]
    [InlineData("c_hash", "\"AAAAAAAAAAAAAAAAAAAAAA\"", "hash")]
    [InlineData("c_hash", "[]", "malformed")]
    [InlineData("sid", "\"\"", "malformed")]
    [InlineData("sid", "\"s\\u0000\"", "malformed")]
    [InlineData("sid", "7", "malformed")]
    [InlineData("sid", "null", "malformed")]
    [InlineData("auth_time", "\"x\"", "malformed")]
    [InlineData("auth_time", "-5", "malformed")]
    [InlineData("auth_time", "null", "malformed")]
    [InlineData("auth_time", "SEC+61", "authTime")]
    [InlineData("acr", "7", "malformed")]
    [InlineData("acr", "[\"mfa\"]", "malformed")]
    [InlineData("amr", "{}", "malformed")]
    [InlineData("amr", "[1]", "malformed")]
    public void HostileClaim_IsRefused(string name, string json, string code)
    {
        var claims = Claims();
        claims[name] = JsonNode.Parse(json.StartsWith("SEC", StringComparison.Ordinal) ? (Sec + long.Parse(json[3..], System.Globalization.CultureInfo.InvariantCulture)).ToString(System.Globalization.CultureInfo.InvariantCulture) : json);
        if (name == "exp" && code == "time.order") claims["iat"] = Sec + 30;
        var refusal = Check(claims).Refusal.ShouldNotBeNull(json);
        refusal.Code.ShouldBe($"oidc.token.{code}");
        refusal.Change.ShouldNotBeEmpty();
    }

    /// <summary>at_hash and c_hash are halves of the hash that the token's own algorithm names.</summary>
    [Fact]
    public void HashOfAnotherSize_IsRefused()
    {
        foreach (var (alg, other) in new[] { ("RS256", "RS512"), ("ES384", "ES256"), ("PS512", "PS256") })
        {
            Check(Claims(c => c["at_hash"] = Algorithm(alg).HalfHash("access"u8)), alg: alg).Refusal.ShouldBeNull();
            Check(Claims(c => c["at_hash"] = Algorithm(other).HalfHash("access"u8)), alg: alg).Refusal!.Code.ShouldBe("oidc.token.hash");
        }

        Check(Claims(c => c["at_hash"] = Rs256.HalfHash("other"u8))).Refusal!.Code.ShouldBe("oidc.token.hash");
        Check(Claims(c => c["at_hash"] = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData("access"u8)))).Refusal!.Code.ShouldBe("oidc.token.hash");
    }

    [Theory]
    [InlineData("sub", "\"a\\u0000\"", "malformed")]
    [InlineData("sid", "\"a\\n\"", "malformed")]
    [InlineData("sub", "\"\"", "malformed")]
    [InlineData("sid", "null", "malformed")]
    [InlineData("aud", "[\"portal\",\"other\"]", "audience.others")]
    [InlineData("iss", "\"https://login.example/t1/\"", "issuer")]
    [InlineData("iat", "SEC+61", "future")]
    [InlineData("exp", "SEC-61", "expired")]
    [InlineData("exp", "\"x\"", "time.malformed")]
    [InlineData("nbf", "SEC+61", "early")]
    [InlineData("jti", "7", "jti")]
    [InlineData("nonce", "\"\"", "nonce")]
    [InlineData("events", "\"http://schemas.openid.net/event/backchannel-logout\"", "events")]
    [InlineData("events", """{"http://schemas.openid.net/event/backchannel-logout":null}""", "events")]
    [InlineData("events", """{"http://schemas.openid.net/event/backchannel-logout":[]}""", "events")]
    [InlineData("events", """{"https://schemas.openid.net/event/backchannel-logout":{}}""", "events")]
    [InlineData("events", """{"HTTP://schemas.openid.net/event/backchannel-logout":{}}""", "events")]
    public async Task HostileLogout_IsRefused(string name, string json, string code)
    {
        var claims = new JsonObject { ["iss"] = Issuer, ["aud"] = "portal", ["sub"] = "ann", ["sid"] = "s", ["jti"] = "j1", ["iat"] = Sec, ["exp"] = Sec + 120, ["events"] = new JsonObject { [LogoutToken.EventName] = new JsonObject() } };
        claims[name] = JsonNode.Parse(json.StartsWith("SEC", StringComparison.Ordinal) ? (Sec + long.Parse(json[3..], System.Globalization.CultureInfo.InvariantCulture)).ToString(System.Globalization.CultureInfo.InvariantCulture) : json);
        (await LogoutToken.CheckAsync(TokenForge.Claims(claims.ToJsonString()), Issuer, "portal", new ReplayMemory(), Now, CancellationToken.None)).Refusal.ShouldNotBeNull(json).Code.ShouldBe($"oidc.logout.{code}");
    }

    /// <summary>Entra ID, Okta, Keycloak, Google, ADFS, Auth0, Ping: claims beside the standard ones are theirs to send.</summary>
    [Theory]
    [InlineData("""{"aio":"x","idp":"https://sts.windows.net/x/","oid":"0f1e","rh":"0.A","tid":"t","uti":"u","ver":"2.0","preferred_username":"ann@example.com","groups":["a-b-c"],"wids":["x"],"xms_pl":"ja","login_hint":"O.C","sid":"s","nbf":"SEC-300","iat":"SEC-300"}""")]
    [InlineData("""{"ver":1,"amr":["mfa","otp","pwd"],"idp":"00o1","auth_time":"SEC-5","at_hash":"HASH","jti":"ID.x","email":"ann@example.com","preferred_username":"ann@example.com","groups":["Everyone"]}""")]
    [InlineData("""{"typ":"ID","azp":"portal","session_state":"s","sid":"s","acr":"1","auth_time":"SEC-5","at_hash":"HASH","email_verified":true,"realm_access":{"roles":["a"]},"resource_access":{"account":{"roles":["b"]}},"name":"Ann Ng"}""")]
    [InlineData("""{"azp":"portal","hd":"example.com","email":"ann@example.com","email_verified":true,"at_hash":"HASH","picture":"https://lh3.example/a","given_name":"Ann","locale":"ja"}""")]
    [InlineData("""{"aud":["portal"],"upn":"ann@example.com","unique_name":"EXAMPLE\\ann","apptype":"Confidential","appid":"portal","authmethod":"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport","auth_time":"SEC-5","ver":"1.0","scp":"openid","sid":"S-1-5-21"}""")]
    [InlineData("""{"sub":"auth0|507f1f77bcf86cd799439020","https://example.com/roles":["a"],"nickname":"ann","updated_at":"2026-11-20T00:00:00.000Z","acr":"http://schemas.openid.net/pape/policies/2007/06/multi-factor","amr":["mfa"]}""")]
    [InlineData("""{"sub":"山田太郎","pi.sri":"x","acr":"Single_Factor","auth_time":"SEC-3000","iat":"SEC-30","exp":"SEC+86400"}""")]
    [InlineData("""{"sub":"a b/c+d=e:f@g","aud":["portal","portal"],"exp":"SEC+1","iat":"SEC+30"}""", false)]
    public void TokenOfALargeProvider_IsAccepted(string more, bool isAccepted = true)
    {
        var claims = Claims();
        foreach (var (name, value) in JsonNode.Parse(more)!.AsObject())
            claims[name] = value is JsonValue text && text.TryGetValue<string>(out var t) ? t.StartsWith("SEC", StringComparison.Ordinal) ? Sec + long.Parse(t[3..], System.Globalization.CultureInfo.InvariantCulture) : t == "HASH" ? Rs256.HalfHash("access"u8) : t : value!.DeepClone();
        Check(claims).TryGet(out var token, out var refusal).ShouldBe(isAccepted, refusal?.ToString());
        if (isAccepted) ClaimsMapping.Default.Map(token!, null).Refusal.ShouldBeNull();
    }

    private static JsonObject Claims(Action<JsonObject>? change = null)
    {
        var claims = new JsonObject { ["iss"] = Issuer, ["aud"] = "portal", ["sub"] = "ann", ["nonce"] = "n-1", ["iat"] = Sec - 60, ["exp"] = Sec + 300 };
        change?.Invoke(claims);
        return claims;
    }

    private static JwsAlgorithm Algorithm(string name) => JwsAlgorithm.Find(name).TryGet(out var found, out _) ? found : throw new InvalidOperationException(name);

    private static Checked<IdToken> Check(JsonObject claims, string alg = "RS256") => IdToken.Check(TokenForge.Claims(claims.ToJsonString()), Algorithm(alg), Expected, Now);
}
