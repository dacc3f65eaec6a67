using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Hexabase.Portal.Access.Sso.Jose;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hexabase.Portal.Access.Sso.Oidc;

/// <summary>A small OpenID provider on this machine: it checks PKCE and the client's proof, and misbehaves on request.</summary>
internal sealed class TestOidcProvider : IAsyncDisposable
{
    public const string ClientId = "portal app";
    public const string Secret = "s/e+c r:et";
    private readonly WebApplication _app;
    private readonly Dictionary<string, (string Challenge, string Nonce)> _codes = [];

    private TestOidcProvider(WebApplication app) => _app = app;

    public TokenForge Forge { get; } = new();

    public string Issuer => _app.Urls.Single();

    /// <summary>Changes the ID token's claims.</summary>
    public Action<JsonObject> Change { get; set; } = _ => { };

    public string UserInfoSubject { get; set; } = "ann";

    /// <summary>What the token endpoint answers instead, of the ID token.</summary>
    public Func<string, IResult>? Tokens { get; set; }

    public Func<IResult>? UserInfo { get; set; }

    public Func<IResult>? KeySet { get; set; }

    public string[] Authentications { get; set; } = ["client_secret_basic"];

    public string? LastAuthentication { get; private set; }

    public static async Task<TestOidcProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var provider = new TestOidcProvider(builder.Build());
        provider._app.MapGet("/.well-known/openid-configuration", () => Json(provider.Document()));
        provider._app.MapGet("/keys", () => provider.KeySet?.Invoke() ?? Results.Text(TokenForge.Set(provider.Forge.RsaJwk()), "application/json"));
        provider._app.MapGet("/moved/.well-known/openid-configuration", () => Results.Redirect("/.well-known/openid-configuration"));
        provider._app.MapGet("/large/.well-known/openid-configuration", () => Results.Text(new string(' ', 2_000_000)));
        provider._app.MapGet("/userinfo", (HttpRequest r) => provider.UserInfo is { } other ? other() : r.Headers.Authorization == "Bearer access" ? Json(new JsonObject { ["sub"] = provider.UserInfoSubject, ["groups"] = new JsonArray("finance") }) : Results.StatusCode(401));
        provider._app.MapPost("/token", provider.TokenAsync);
        await provider._app.StartAsync(Xunit.TestContext.Current.CancellationToken);
        return provider;
    }

    /// <summary>The browser's part: a person agrees, the provider sends a code back.</summary>
    public List<KeyValuePair<string, string>> Agree(OidcRequest request)
    {
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(request.Address.Query);
        var code = Convert.ToHexString(RandomNumberGenerator.GetBytes(8));
        _codes[code] = (query["code_challenge"].ToString(), query["nonce"].ToString());
        return [new("code", code), new("state", query["state"].ToString()), new("iss", Issuer)];
    }

    public string Sign(JsonObject claims, string typ = "JWT") => Forge.Rs256(claims.ToJsonString(), $$"""{"alg":"RS256","kid":"r1","typ":"{{typ}}"}""");

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static IResult Json(JsonObject body, int status = 200) => Results.Text(body.ToJsonString(), "application/json", Encoding.UTF8, status);

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        if (!Authenticated(request, form)) return Json(new JsonObject { ["error"] = "invalid_client" }, 401);
        if (!_codes.Remove(form["code"].ToString(), out var known) || known.Challenge != TokenForge.B64(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())))) return Json(new JsonObject { ["error"] = "invalid_grant" }, 400);
        var now = TokenForge.Now.ToUnixTimeSeconds();
        var claims = new JsonObject { ["iss"] = Issuer, ["aud"] = ClientId, ["sub"] = "ann", ["nonce"] = known.Nonce, ["iat"] = now, ["exp"] = now + 300 };
        Change(claims);
        return Tokens?.Invoke(Sign(claims)) ?? Json(new JsonObject { ["token_type"] = "Bearer", ["access_token"] = "access", ["id_token"] = Sign(claims) });
    }

    private bool Authenticated(HttpRequest request, IFormCollection form)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith("Basic ", StringComparison.Ordinal))
        {
            LastAuthentication = "client_secret_basic";
            return Encoding.ASCII.GetString(Convert.FromBase64String(header[6..])) == "portal+app:s%2Fe%2Bc+r%3Aet";
        }

        if (form.ContainsKey("client_assertion"))
        {
            LastAuthentication = "private_key_jwt";
            return TokenForge.Verify(form["client_assertion"].ToString(), TokenForge.Keys(TokenForge.Set(Forge.EcJwk()))).TryGet(out var claims, out _) && claims.Text("aud") == Issuer;
        }

        LastAuthentication = "client_secret_post";
        return form["client_id"] == ClientId && form["client_secret"] == Secret;
    }

    private JsonObject Document() => new()
    {
        ["issuer"] = Issuer,
        ["authorization_endpoint"] = Issuer + "/authorize",
        ["token_endpoint"] = Issuer + "/token",
        ["jwks_uri"] = Issuer + "/keys",
        ["userinfo_endpoint"] = Issuer + "/userinfo",
        ["response_types_supported"] = new JsonArray("code"),
        ["code_challenge_methods_supported"] = new JsonArray("S256"),
        ["token_endpoint_auth_methods_supported"] = new JsonArray([.. Authentications.Select(a => JsonValue.Create(a))]),
        ["authorization_response_iss_parameter_supported"] = true,
    };
}
