using System.Security.Cryptography;
using System.Text;
using Hexabase.Portal.Support.Components;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Jose;

public sealed class JwksCacheTest
{
    private static readonly Uri Address = new("https://login.example/keys");
    private static readonly TokenForge Forge = new();
    private readonly ManualClock _clock = new(TokenForge.Now);
    private string? _published = TokenForge.Set(Forge.RsaJwk("old"));
    private int _fetches;

    [Fact]
    public async Task KnownKey_IsFetchedOnce()
    {
        var cache = Cache();
        for (var i = 0; i < 5; i++) (await Verify(cache, "old")).ShouldBeNull();
        _fetches.ShouldBe(1);
    }

    [Fact]
    public async Task RotatedKey_IsFetchedAtOnce_AndForgedOnesAtMostOnceAMinute()
    {
        var cache = Cache();
        (await Verify(cache, "old")).ShouldBeNull();
        _clock.Advance(JwksCache.BetweenFetches);
        _published = TokenForge.Set(Forge.RsaJwk("new"));
        (await Verify(cache, "new")).ShouldBeNull();
        _fetches.ShouldBe(2);
        for (var i = 0; i < 20; i++) (await Verify(cache, $"forged{i}")).ShouldBe("jose.key.unknown");
        _fetches.ShouldBe(2);
        _clock.Advance(JwksCache.BetweenFetches);
        (await Verify(cache, "forged")).ShouldBe("jose.key.unknown");
        _fetches.ShouldBe(3);
    }

    [Fact]
    public async Task WithdrawnKey_CountsNoLongerThanAnHour()
    {
        var cache = Cache();
        (await Verify(cache, "old")).ShouldBeNull();
        _published = TokenForge.Set(Forge.RsaJwk("new"));
        _clock.Advance(JwksCache.FreshFor);
        (await Verify(cache, "old")).ShouldBe("jose.key.unknown");
    }

    [Fact]
    public async Task ProviderThatIsDown_IsBridgedForADay_AndNotStormed()
    {
        var cache = Cache();
        (await Verify(cache, "old")).ShouldBeNull();
        _published = null;
        _clock.Advance(TimeSpan.FromHours(2));
        for (var i = 0; i < 5; i++) (await Verify(cache, "old")).ShouldBeNull();
        _fetches.ShouldBe(2);
        _clock.Advance(JwksCache.UsableFor);
        (await Verify(cache, "old")).ShouldBe("test.down");
        (await Verify(cache, "old")).ShouldBe("test.down");
        _fetches.ShouldBe(3);
    }

    [Fact]
    public async Task ManyAddresses_AreBounded()
    {
        var cache = new JwksCache(Fetch, _clock, maxAddresses: 10);
        CompactJws.Parse(Token("old"), "jwt").TryGet(out var jws, out _).ShouldBeTrue();
        for (var i = 0; i < 50; i++) (await cache.VerifyAsync(jws!, new Uri($"https://login{i}.example/keys"), CancellationToken.None)).Refusal.ShouldBeNull();
        cache.Count.ShouldBe(10);
    }

    private static string Token(string kid) => TokenForge.Sign($$"""{"alg":"RS256","kid":"{{kid}}"}""", "{}", d => Forge.Rsa.SignData(d, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    private static async Task<string?> Verify(JwksCache cache, string kid)
    {
        CompactJws.Parse(Token(kid), "jwt").TryGet(out var jws, out _).ShouldBeTrue();
        return (await cache.VerifyAsync(jws!, Address, CancellationToken.None)).Refusal?.Code;
    }

    private JwksCache Cache() => new(Fetch, _clock);

    private Task<Checked<byte[]>> Fetch(Uri address, CancellationToken cancellationToken)
    {
        _fetches++;
        return Task.FromResult<Checked<byte[]>>(_published is { } json ? Encoding.UTF8.GetBytes(json) : new SsoRefusal("test.down", "Down.", null, "Wait."));
    }
}
