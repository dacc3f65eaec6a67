using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Jose;

public sealed class JwkSetTest
{
    private static readonly TokenForge Forge = new();
    private static readonly JwsAlgorithm Rs256 = JwsAlgorithm.Find("RS256").TryGet(out var a, out _) ? a : throw new InvalidOperationException();

    [Fact]
    public void WeakOrForeignKey_IsLeftAsideWithItsReason()
    {
        using var small = RSA.Create(1024);
        LeftAside(TokenForge.RsaJwk(small), "jwk.size");
        LeftAside(Forge.RsaJwk(extra: ""","use":"enc" """), "jwk.use");
        LeftAside(Forge.RsaJwk(extra: ""","key_ops":["encrypt"]"""), "jwk.use");
        LeftAside(Forge.RsaJwk(extra: ""","key_ops":["verify","verify"]"""), "jwk.use");
        LeftAside(Forge.RsaJwk(extra: ""","key_ops":["verify","decrypt"]"""), "jwk.use");
        LeftAside(Forge.RsaJwk(extra: ""","alg":"HS256" """), "jwk.alg");
        LeftAside(Forge.RsaJwk(extra: ""","alg":"ES256" """), "jwk.alg");
        LeftAside(Forge.RsaJwk(extra: ""","alg":"RSA-OAEP" """), "jwk.alg");
        LeftAside(Forge.RsaJwk(extra: ""","d":"AQAB" """), "jwk.private");
        LeftAside(Forge.EcJwk(extra: ""","alg":"ES384" """), "jwk.alg");
        LeftAside(Forge.EcJwk(crv: "P-384"), "jwk.malformed");
        LeftAside(Forge.EcJwk(crv: "secp256k1"), "jwk.curve");
        LeftAside("""{"kty":"oct","k":"AAAA"}""", "jwk.private");
        LeftAside("""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""", "jwk.kty");
        LeftAside("""{"kid":"x"}""", "jwk.kty");
        LeftAside("""{"kty":"RSA"}""", "jwk.malformed");
        LeftAside($$"""{"kty":"EC","crv":"P-256","x":"{{TokenForge.B64(new byte[32])}}","y":"{{TokenForge.B64([.. new byte[31], 5])}}"}""", "jwk.point");
        LeftAside($$"""{"kty":"RSA","n":"{{TokenForge.B64(Forge.Rsa.ExportParameters(false).Modulus!)}}","e":"AQ"}""", "jwk.exponent");
        LeftAside($$"""{"kty":"RSA","n":"{{TokenForge.B64(Forge.Rsa.ExportParameters(false).Modulus!)}}","e":"AQAA"}""", "jwk.exponent");
        LeftAside($$"""{"kty":"RSA","n":"{{TokenForge.B64([.. Forge.Rsa.ExportParameters(false).Modulus![..255], 2])}}","e":"AQAB"}""", "jwk.malformed");
        LeftAside($$"""{"kty":"RSA","n":"{{TokenForge.B64([1, .. new byte[1500], 1])}}","e":"AQAB"}""", "jwk.size");
    }

    [Fact]
    public void LeadingZeroOfTheModulus_IsTaken()
    {
        var p = Forge.Rsa.ExportParameters(false);
        var keys = TokenForge.Keys(TokenForge.Set($$"""{"kty":"RSA","kid":"r1","n":"{{TokenForge.B64([0, .. p.Modulus!])}}","e":"AQAB"}"""));
        TokenForge.Verify(Forge.Rs256("""{"sub":"ann"}"""), keys).Refusal.ShouldBeNull();
    }

    [Fact]
    public void Choice_NeverTakesOneOfSeveral()
    {
        using var second = RSA.Create(2048);
        TokenForge.Keys(TokenForge.Set(Forge.RsaJwk("a"), TokenForge.RsaJwk(second, "a"))).Choose("a", Rs256).Refusal!.Code.ShouldBe("jose.kid.duplicate");
        TokenForge.Keys(TokenForge.Set(Forge.RsaJwk("a"), TokenForge.RsaJwk(second, "b"))).Choose(null, Rs256).Refusal!.Code.ShouldBe("jose.kid.missing");
        TokenForge.Keys(TokenForge.Set(Forge.RsaJwk("a"), Forge.EcJwk("a"))).Choose("a", Rs256).Refusal.ShouldBeNull();
        TokenForge.Keys(TokenForge.Set(Forge.RsaJwk("a"), Forge.EcJwk())).Choose(null, Rs256).Refusal.ShouldBeNull();
        TokenForge.Keys(TokenForge.Set(Forge.RsaJwk("a", ""","alg":"PS256" """))).Choose("a", Rs256).Refusal!.Code.ShouldBe("jose.key.mismatch");
        TokenForge.Keys(TokenForge.Set()).Choose("a", Rs256).Refusal!.Code.ShouldBe("jose.key.unknown");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[1]}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    public void TextThatIsNoSet_IsRefused(string json) => JwkSet.Parse(Encoding.UTF8.GetBytes(json)).Refusal!.Code.ShouldBe("jwks.malformed");

    [Fact]
    public void TooManyKeys_AreRefused() => JwkSet.Parse(Encoding.UTF8.GetBytes(TokenForge.Set([.. Enumerable.Repeat("{}", 101)]))).Refusal!.Code.ShouldBe("jwks.malformed");

    [Fact]
    public void AnyModulus_IsReadWithoutAnException() => Prop.ForAll(ArbMap.Default.ArbFor<(byte[] N, byte[] E)>(), k =>
        JwkSet.Parse(Encoding.UTF8.GetBytes(TokenForge.Set($$"""{"kty":"RSA","n":"{{TokenForge.B64(k.N ?? [])}}","e":"{{TokenForge.B64(k.E ?? [])}}"}"""))).TryGet(out var set, out _) && set.Keys.Count == 0).QuickCheckThrowOnFailure();

    private static void LeftAside(string key, string code)
    {
        var set = TokenForge.Keys(TokenForge.Set(key));
        set.Keys.ShouldBeEmpty(code);
        set.LeftAside[0].Code.ShouldBe(code);
    }
}
