using System.Text.Json.Nodes;
using Hexabase.Portal.Access.Sso.Jose;
using Hexabase.Portal.Integrations.Outbound;
using Hexabase.Portal.Support.Components;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Oidc;

public sealed class OidcSignInTest : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly ManualClock _clock = new(TokenForge.Now);
    private readonly OidcCredentials _secret = OidcCredentials.OfSecret(TestOidcProvider.ClientId, TestOidcProvider.Secret);
    private readonly OidcPolicy _policy = new(ClaimsMapping.Default, true, null, null);
    private TestOidcProvider? _provider;
    private OidcClient? _client;
    private OidcSignIn? _signIn;

    private TestOidcProvider Provider => _provider!;

    public async ValueTask InitializeAsync()
    {
        _provider = await TestOidcProvider.StartAsync();
        _client = new OidcClient(Guard("127.0.0.1"), _clock);
        _signIn = new OidcSignIn(_client, new JwksCache(_client.FetchAsync, _clock), new ReplayMemory(), _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_provider is not null) await _provider.DisposeAsync();
    }

    [Theory]
    [InlineData("client_secret_basic")]
    [InlineData("client_secret_post")]
    [InlineData("private_key_jwt")]
    public async Task Person_SignsInOnce(string authentication)
    {
        Provider.Authentications = [authentication];
        var credentials = authentication == "private_key_jwt" ? OidcCredentials.OfKey(TestOidcProvider.ClientId, Provider.Forge.Ec, "e1") : _secret;
        var (discovery, request) = await BeginAsync();
        var answer = Provider.Agree(request);
        (await _signIn!.CompleteAsync(discovery, credentials, _policy, answer, request.Pending, None)).TryGet(out var person, out var refusal).ShouldBeTrue(refusal?.ToString());
        person!.Identity.Subject.ShouldBe("ann");
        person.Identity.Groups.ShouldBe(["finance"]);
        Provider.LastAuthentication.ShouldBe(authentication);
        (await _signIn.CompleteAsync(discovery, credentials, _policy, answer, request.Pending, None)).Refusal!.Code.ShouldBe("oidc.answer.replay");
    }

    [Fact]
    public async Task CodeOfAnotherBrowser_IsRefused()
    {
        var (discovery, mine) = await BeginAsync();
        var (_, other) = await BeginAsync();
        var stolen = Provider.Agree(other);
        // The attacker's code under the victim's state: PKCE holds it off at the provider.
        stolen[1] = new("state", mine.Pending.State);
        (await _signIn!.CompleteAsync(discovery, _secret, _policy, stolen, mine.Pending, None)).Refusal!.Code.ShouldBe("oidc.tokens.grant");
    }

    [Fact]
    public async Task WrongSecret_IsRefusedWithWhatToChange()
    {
        var (discovery, request) = await BeginAsync();
        var refusal = (await _signIn!.CompleteAsync(discovery, OidcCredentials.OfSecret(TestOidcProvider.ClientId, "old"), _policy, Provider.Agree(request), request.Pending, None)).Refusal.ShouldNotBeNull();
        refusal.Code.ShouldBe("oidc.tokens.client");
        refusal.Change.ShouldContain("secret");
    }

    [Fact]
    public async Task LyingProvider_IsRefused()
    {
        (await CodeAsync(c => c["nonce"] = "other")).ShouldBe("oidc.token.nonce");
        (await CodeAsync(c => c["iss"] = "https://evil.example")).ShouldBe("oidc.token.issuer");
        (await CodeAsync(c => c["exp"] = 5)).ShouldBe("oidc.token.expired");
        Provider.UserInfoSubject = "eve";
        (await CodeAsync(_ => { })).ShouldBe("oidc.userinfo.subject");
    }

    [Fact]
    public async Task AddressInside_IsNotCalled()
    {
        using var client = new OidcClient(Guard(), _clock);
        (await client.DiscoverAsync(Provider.Issuer, true, None)).Refusal.ShouldNotBeNull().Code.ShouldBe("oidc.provider.unreachable");
        (await client.DiscoverAsync("https://169.254.169.254", false, None)).Refusal.ShouldNotBeNull().Message.ShouldContain("not public");
    }

    [Fact]
    public async Task RedirectOrFloodOfTheProvider_IsRefused()
    {
        (await _client!.DiscoverAsync(Provider.Issuer + "/moved", true, None)).Refusal.ShouldNotBeNull().Code.ShouldBe("oidc.provider.redirect");
        (await _client.DiscoverAsync(Provider.Issuer + "/large", true, None)).Refusal.ShouldNotBeNull().Code.ShouldBe("oidc.provider.unreachable");
        (await _client.DiscoverAsync(Provider.Issuer + "/missing", true, None)).Refusal.ShouldNotBeNull().Code.ShouldBe("oidc.provider.status");
    }

    [Fact]
    public async Task BackChannelLogout_CountsOnce_AndIdTokensAreNone()
    {
        var (discovery, _) = await BeginAsync();
        var now = TokenForge.Now.ToUnixTimeSeconds();
        JsonObject Claims() => new() { ["iss"] = Provider.Issuer, ["aud"] = TestOidcProvider.ClientId, ["sid"] = "s1", ["jti"] = "j1", ["iat"] = now, ["exp"] = now + 60, ["events"] = new JsonObject { [LogoutToken.EventName] = new JsonObject() } };
        var token = Provider.Sign(Claims(), "logout+jwt");
        (await _signIn!.LogoutAsync(discovery, TestOidcProvider.ClientId, token, None)).TryGet(out var logout, out var refusal).ShouldBeTrue(refusal?.ToString());
        logout!.SessionId.ShouldBe("s1");
        (await _signIn.LogoutAsync(discovery, TestOidcProvider.ClientId, token, None)).Refusal!.Code.ShouldBe("oidc.logout.replay");
        (await _signIn.LogoutAsync(discovery, TestOidcProvider.ClientId, Provider.Sign(Claims(), "at+jwt"), None)).Refusal!.Code.ShouldBe("jose.typ");
        (await _signIn.LogoutAsync(discovery, TestOidcProvider.ClientId, null, None)).Refusal!.Code.ShouldBe("jose.malformed");
        var idToken = Claims();
        idToken["nonce"] = "n";
        (await _signIn.LogoutAsync(discovery, TestOidcProvider.ClientId, Provider.Sign(idToken), None)).Refusal!.Code.ShouldBe("oidc.logout.nonce");
    }

    private static OutboundGuard Guard(params string[] allowed) => new(Options.Create(new OutboundOptions { AllowedNetworks = allowed, ConnectTimeoutSeconds = 5, TimeoutSeconds = 5 }));

    private async Task<string?> CodeAsync(Action<JsonObject> change)
    {
        Provider.Change = change;
        var (discovery, request) = await BeginAsync();
        return (await _signIn!.CompleteAsync(discovery, _secret, _policy, Provider.Agree(request), request.Pending, None)).Refusal?.Code;
    }

    private async Task<(OidcDiscovery Discovery, OidcRequest Request)> BeginAsync()
    {
        (await _client!.DiscoverAsync(Provider.Issuer, true, None)).TryGet(out var discovery, out var refusal).ShouldBeTrue(refusal?.ToString());
        return (discovery!, OidcRequest.Create(discovery!, Guid.Empty, TestOidcProvider.ClientId, ["profile"], new Uri("https://portal.example/sso/oidc"), "/", new OidcWishes(), _clock.GetUtcNow()));
    }
}
