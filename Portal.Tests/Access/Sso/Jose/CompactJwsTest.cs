using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Jose;

public sealed class CompactJwsTest
{
    private const string Payload = """{"sub":"ann"}""";
    private static readonly TokenForge Forge = new();
    private static readonly JwkSet Keys = TokenForge.Keys(TokenForge.Set(Forge.RsaJwk(), Forge.EcJwk()));

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS384")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    [InlineData("PS512")]
    public void RsaSignature_IsAccepted(string alg)
    {
        var hash = new HashAlgorithmName("SHA" + alg[2..]);
        var token = TokenForge.Sign($$"""{"alg":"{{alg}}","kid":"r1"}""", Payload, d => Forge.Rsa.SignData(d, hash, alg[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1));
        TokenForge.Verify(token, Keys).TryGet(out var claims, out _).ShouldBeTrue();
        claims!.Text("sub").ShouldBe("ann");
    }

    [Theory]
    [InlineData("ES256", "P-256", "1.2.840.10045.3.1.7")]
    [InlineData("ES384", "P-384", "1.3.132.0.34")]
    [InlineData("ES512", "P-521", "1.3.132.0.35")]
    public void EllipticSignature_IsAccepted_AndAsDerRefused(string alg, string crv, string oid)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromValue(oid));
        var keys = TokenForge.Keys(TokenForge.Set(TokenForge.EcJwk(key, "k", crv)));
        var hash = new HashAlgorithmName("SHA" + alg[2..]);
        TokenForge.Verify(TokenForge.Sign($$"""{"alg":"{{alg}}","kid":"k"}""", Payload, d => key.SignData(d, hash)), keys).Refusal.ShouldBeNull();
        TokenForge.Verify(TokenForge.Sign($$"""{"alg":"{{alg}}","kid":"k"}""", Payload, d => key.SignData(d, hash, DSASignatureFormat.Rfc3279DerSequence)), keys).Refusal!.Code.ShouldBe("jose.signature.wrong");
    }

    /// <summary>RFC 7515 appendix A.3.</summary>
    [Fact]
    public void RfcExample_IsAccepted()
    {
        const string token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        var keys = TokenForge.Keys("""{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}""");
        TokenForge.Verify(token, keys).TryGet(out var claims, out var refusal).ShouldBeTrue(refusal?.Message);
        claims!.Text("iss").ShouldBe("joe");
    }

    [Theory]
    [InlineData("""{"alg":"none"}""", "jose.alg.none")]
    [InlineData("""{"alg":"None"}""", "jose.alg.none")]
    [InlineData("""{"alg":"nOnE","kid":"r1"}""", "jose.alg.none")]
    [InlineData("""{"alg":"HS256","kid":"r1"}""", "jose.alg.symmetric")]
    [InlineData("""{"alg":"hs512","kid":"r1"}""", "jose.alg.symmetric")]
    [InlineData("""{"alg":"rs256","kid":"r1"}""", "jose.alg.unknown")]
    [InlineData("""{"alg":"RS1","kid":"r1"}""", "jose.alg.unknown")]
    [InlineData("""{"alg":"ES256K","kid":"e1"}""", "jose.alg.unknown")]
    [InlineData("""{"alg":"EdDSA","kid":"e1"}""", "jose.alg.unknown")]
    [InlineData("""{"alg":"","kid":"r1"}""", "jose.alg.unknown")]
    [InlineData("""{"kid":"r1"}""", "jose.alg.unknown")]
    [InlineData("""{"alg":["RS256"],"kid":"r1"}""", "jose.malformed")]
    [InlineData("""{"alg":null,"kid":"r1"}""", "jose.malformed")]
    [InlineData("""{"alg":"RS256","alg":"none","kid":"r1"}""", "jose.malformed")]
    [InlineData("""{"alg":"none","\u0061lg":"RS256","kid":"r1"}""", "jose.malformed")]
    [InlineData("""{"alg":"RS256","kid":"r1","crit":["exp"],"exp":1}""", "jose.crit")]
    [InlineData("""{"alg":"RS256","kid":"r1","crit":[]}""", "jose.crit")]
    [InlineData("""{"alg":"RS256","kid":"r1","b64":false}""", "jose.b64")]
    [InlineData("""{"alg":"RS256","kid":"r1","jku":"https://evil.example/keys"}""", "jose.key.embedded")]
    [InlineData("""{"alg":"RS256","kid":"r1","x5u":"https://evil.example/cert"}""", "jose.key.embedded")]
    [InlineData("""{"alg":"RS256","jwk":{"kty":"RSA"}}""", "jose.key.embedded")]
    [InlineData("""{"alg":"RS256","kid":"r1","cty":"JWT"}""", "jose.cty")]
    [InlineData("""{"alg":"RS256","kid":"r1","typ":"at+jwt"}""", "jose.typ")]
    [InlineData("""{"alg":"RS256","kid":"r1","typ":"logout+jwt"}""", "jose.typ")]
    [InlineData("""{"alg":"RS256","kid":"r1","typ":7}""", "jose.typ")]
    [InlineData("""{"alg":"RS256","kid":7}""", "jose.malformed")]
    [InlineData("""{"alg":"RS256","kid":""}""", "jose.malformed")]
    [InlineData("""{"alg":"RS256","kid":"r2"}""", "jose.key.unknown")]
    [InlineData("""{"alg":"RS256","kid":"../../dev/null"}""", "jose.key.unknown")]
    [InlineData("""{"alg":"RS256","kid":"r1' OR '1'='1"}""", "jose.key.unknown")]
    [InlineData("""{"alg":"RS256","kid":"e1"}""", "jose.key.mismatch")]
    [InlineData("""{"alg":"ES256","kid":"r1"}""", "jose.key.mismatch")]
    [InlineData("""{"alg":"ES384","kid":"e1"}""", "jose.key.mismatch")]
    [InlineData("""{"alg":"PS256","kid":"r1"}""", "jose.signature.wrong")]
    [InlineData("""{"alg":"RS512","kid":"r1"}""", "jose.signature.wrong")]
    [InlineData("""["RS256"]""", "jose.malformed")]
    [InlineData("""{"alg":"RS256","kid":"r1",}""", "jose.malformed")]
    [InlineData("""{"alg":"RS256","kid":"\ud800"}""", "jose.malformed")]
    public void HostileHeader_IsRefusedWithItsReason(string header, string code) => Refused(Forge.Rs256(Payload, header), code);

    [Fact]
    public void HmacWithThePublicKey_IsRefused()
    {
        foreach (var secret in new[] { Encoding.ASCII.GetBytes(Forge.Rsa.ExportSubjectPublicKeyInfoPem()), Forge.Rsa.ExportSubjectPublicKeyInfo(), Encoding.UTF8.GetBytes(Forge.RsaJwk()) })
            Refused(TokenForge.Sign("""{"alg":"HS256","kid":"r1"}""", Payload, d => HMACSHA256.HashData(secret, d)), "jose.alg.symmetric");
    }

    [Fact]
    public void AnotherKeyUnderTheSameName_IsRefused()
    {
        using var other = RSA.Create(2048);
        Refused(TokenForge.Sign("""{"alg":"RS256","kid":"r1"}""", Payload, d => other.SignData(d, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)), "jose.signature.wrong");
    }

    [Fact]
    public void TextThatIsNoToken_IsRefused()
    {
        var good = Forge.Rs256(Payload);
        var parts = good.Split('.');
        Refused("", "jose.malformed");
        Refused(null, "jose.malformed");
        Refused("a.b", "jose.malformed");
        Refused(good + ".", "jose.malformed");
        Refused(good + "=", "jose.malformed");
        Refused(good + "\n", "jose.malformed");
        Refused(" " + good, "jose.malformed");
        Refused($"{parts[0]}.{parts[1]}.", "jose.signature.missing");
        Refused($"{parts[0]}.{parts[1]}", "jose.malformed");
        Refused($"{parts[0]}..{parts[2]}", "jose.signature.wrong");
        Refused($".{parts[1]}.{parts[2]}", "jose.malformed");
        Refused($"{parts[0]}.{TokenForge.B64("""{"sub":"eve"}"""u8.ToArray())}.{parts[2]}", "jose.signature.wrong");
        Refused("a.b.c.d.e", "jose.encrypted");
        Refused(new string('A', CompactJws.MaxChars + 1), "jose.size");
        Refused(Convert.ToBase64String("""{"alg":"RS256","kid":"r?>1"}"""u8).Replace("=", "", StringComparison.Ordinal) + "/+.a.b", "jose.malformed");
    }

    [Theory]
    [InlineData("""{"sub":"ann","sub":"eve"}""")]
    [InlineData("""{"a":{"b":1,"b":2}}""")]
    [InlineData("""[{"a":1}]""")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("""{"exp":1e999}""")]
    public void SignedClaimsThatCanBeReadTwoWays_AreRefused(string payload) => Refused(Forge.Rs256(payload), "jose.malformed");

    [Fact]
    public void EllipticSignatureOfZeros_OrOfAnotherLength_IsRefused()
    {
        const string header = """{"alg":"ES256","kid":"e1"}""";
        Refused(TokenForge.Sign(header, Payload, _ => new byte[64]), "jose.signature.wrong");
        Refused(TokenForge.Sign(header, Payload, d => [0, .. Forge.Ec.SignData(d, HashAlgorithmName.SHA256)]), "jose.signature.wrong");
        Refused(TokenForge.Sign(header, Payload, d => [.. Forge.Ec.SignData(d, HashAlgorithmName.SHA256), 0]), "jose.signature.wrong");
        Refused(TokenForge.Sign(header, Payload, d => Forge.Ec.SignData(d, HashAlgorithmName.SHA256)[..63]), "jose.signature.wrong");
        Refused(TokenForge.Sign(header, Payload, d => [.. new byte[32], .. Forge.Ec.SignData(d, HashAlgorithmName.SHA256)[32..]]), "jose.signature.wrong");
    }

    [Fact]
    public void RsaSignatureOfAnotherLength_IsRefused()
    {
        Refused(TokenForge.Sign("""{"alg":"RS256","kid":"r1"}""", Payload, d => [0, .. Forge.Rsa.SignData(d, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)]), "jose.signature.wrong");
        Refused(TokenForge.Sign("""{"alg":"RS256","kid":"r1"}""", Payload, _ => [1]), "jose.signature.wrong");
    }

    [Fact]
    public void AnyChangeOfAToken_IsRefused() => Prop.ForAll(ArbMap.Default.ArbFor<(PositiveInt At, char To)>(), change =>
    {
        var good = Forge.Rs256(Payload);
        var at = change.At.Get % good.Length;
        var changed = good[..at] + change.To + good[(at + 1)..];
        return changed == good || TokenForge.Verify(changed, Keys).Refusal is not null;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void AnyText_IsRefusedWithoutAnException() => Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => TokenForge.Verify(text ?? "", Keys).Refusal is { Code.Length: > 0, Change.Length: > 0 }).QuickCheckThrowOnFailure();

    [Fact]
    public void AnyHeader_IsRefusedWithoutAnException() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        TokenForge.Verify($"{TokenForge.B64(bytes ?? [])}.{TokenForge.B64(bytes ?? [])}.AAAA", Keys).Refusal is not null).QuickCheckThrowOnFailure();

    private static void Refused(string? token, string code)
    {
        var refusal = TokenForge.Verify(token!, Keys).Refusal.ShouldNotBeNull();
        refusal.Code.ShouldBe(code);
        refusal.Message.ShouldNotBeEmpty();
        refusal.Change.ShouldNotBeEmpty();
    }
}
