using System.Security.Cryptography;
using System.Security.Cryptography.Xml;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Saml;

public sealed class SamlResponseTest
{
    private static readonly SamlForge Forge = new();

    [Fact]
    public async Task GoodResponse_IsAcceptedOnce()
    {
        var xml = Forge.Good();
        Forge.Check(xml).TryGet(out var person, out var refusal).ShouldBeTrue(refusal?.ToString());
        person!.NameId.ShouldBe("ann@example.com");
        person.SessionIndex.ShouldBe("_s1");
        person.Attributes["groups"].ShouldBe(["Finance", "Audit & Risk"]);
        person.AnsweredRequestId.ShouldBe(SamlForge.Request);
        var memory = new ReplayMemory();
        (await person.UseOnceAsync(memory, CancellationToken.None)).Refusal.ShouldBeNull();
        Forge.Check(xml).TryGet(out var again, out _).ShouldBeTrue();
        (await again!.UseOnceAsync(memory, CancellationToken.None)).Refusal!.Code.ShouldBe("saml.replay");
    }

    [Fact]
    public async Task SecondAnswerToOneRequest_IsRefused()
    {
        var memory = new ReplayMemory();
        Forge.Check(Forge.Good()).TryGet(out var first, out _).ShouldBeTrue();
        Forge.Check(Forge.Sign(SamlForge.Response(SamlForge.Assertion("_a2")), "_a2")).TryGet(out var second, out _).ShouldBeTrue();
        (await first!.UseOnceAsync(memory, CancellationToken.None)).Refusal.ShouldBeNull();
        (await second!.UseOnceAsync(memory, CancellationToken.None)).Refusal!.Code.ShouldBe("saml.replay");
    }

    [Fact]
    public void SignedResponse_AndBothSigned_AreAccepted()
    {
        Accepted(Forge.Sign(SamlForge.Response(SamlForge.Assertion()), "_r1"));
        Accepted(Forge.Sign(Forge.Good(), "_r1"));
        Accepted(Forge.Sign(SamlForge.Response(SamlForge.Assertion()), "_a1", withPrefixes: false));
    }

    [Theory]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#sha384")]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "http://www.w3.org/2001/04/xmlenc#sha512")]
    public void StrongerHashes_AreAccepted(string method, string digest) => Accepted(Forge.Sign(SamlForge.Response(SamlForge.Assertion()), "_a1", method: method, digest: digest));

    /// <summary>Names of several scripts, line breaks and white space survive canonicalization as they are.</summary>
    [Fact]
    public void UnicodeAndWhiteSpace_AreReadAsSigned()
    {
        var xml = Forge.Sign(SamlForge.Response("\n  " + SamlForge.Assertion(name: "山田 太郎&lt;𠮷&gt;", attributes: "<saml:Attribute Name=\"t\">\n<saml:AttributeValue>a&#13;\n\tb ü 😀</saml:AttributeValue>\n</saml:Attribute>") + "\n"), "_a1");
        Forge.Check(xml).TryGet(out var person, out var refusal).ShouldBeTrue(refusal?.ToString());
        person!.NameId.ShouldBe("山田 太郎<𠮷>");
        person.Attributes["t"].ShouldHaveSingleItem().ShouldContain("b ü 😀");
    }

    [Fact]
    public void NotSignedOrWronglySigned_IsRefused()
    {
        using var other = RSA.Create(2048);
        Refused(SamlForge.Response(SamlForge.Assertion()), "saml.signature.missing");
        Refused(Forge.Sign(SamlForge.Response(SamlForge.Assertion()), "_a1", key: other), "saml.signature.wrong");
        Refused(Forge.Good().Replace("ann@example.com", "adm@example.com", StringComparison.Ordinal), "saml.signature.digest.wrong");
        Refused(Forge.Good().Replace("ann@example.com", "ann@example.com ", StringComparison.Ordinal), "saml.signature.digest.wrong");
        Refused(Forge.Good(), "saml.signature.certificates", Forge.Expected with { Certificates = [] });
        Refused(Forge.Sign(SamlForge.Response(SamlForge.Assertion()), "_r1"), "saml.signature.assertion", Forge.Expected with { RequireSignedAssertion = true });
        Refused(Forge.Sign(Forge.Good().Replace("ann@example.com", "adm@example.com", StringComparison.Ordinal), "_r1"), "saml.signature.digest.wrong");
    }

    [Fact]
    public void SecondActiveCertificate_Counts()
    {
        using var next = RSA.Create(2048);
        var xml = Forge.Sign(SamlForge.Response(SamlForge.Assertion()), "_a1", key: next);
        Accepted(xml, Forge.Expected with { Certificates = [Forge.Certificate, SamlForge.Pin(SamlForge.Cert(next))] });
    }

    [Fact]
    public void WeakOrStrangeAlgorithm_IsRefused()
    {
        Refused(Forge.Sign(SamlForge.Response(SamlForge.Assertion()), "_a1", method: "http://www.w3.org/2000/09/xmldsig#rsa-sha1"), "saml.signature.algorithm");
        Refused(Forge.Sign(SamlForge.Response(SamlForge.Assertion()), "_a1", digest: "http://www.w3.org/2000/09/xmldsig#sha1"), "saml.signature.digest");
        Refused(Forge.Sign(SamlForge.Response(SamlForge.Assertion()), "_a1", c14n: "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"), "saml.signature.canonicalization");
        Refused(Forge.Good().Replace("xmldsig-more#rsa-sha256", "xmldsig-more#hmac-sha256", StringComparison.Ordinal), "saml.signature.algorithm");
        Refused(Forge.Good().Replace("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#hmac-sha1", StringComparison.Ordinal), "saml.signature.algorithm");
        Refused(Forge.Good().Replace("xmldsig-more#rsa-sha256", "xmldsig-more#ecdsa-sha256", StringComparison.Ordinal), "saml.signature.wrong");
        Refused(Forge.Good().Replace("xmldsig-more#rsa-sha256\" />", "xmldsig-more#rsa-sha256\"><HMACOutputLength>0</HMACOutputLength></SignatureMethod>", StringComparison.Ordinal), "saml.signature.algorithm");
        Refused(Forge.Sign(SamlForge.Response(SamlForge.Assertion()), "_a1", change: r => r.AddTransform(new XmlDsigExcC14NTransform())), "saml.signature.transforms");
        Refused(Forge.Sign(SamlForge.Response(SamlForge.Assertion()), "_a1", change: r => r.AddTransform(new XmlDsigEnvelopedSignatureTransform())), "saml.signature.transforms");
        Refused(Forge.Good().Replace("http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/TR/1999/REC-xslt-19991116", StringComparison.Ordinal), "saml.signature.transforms");
        Refused(Forge.Good().Replace("http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/TR/1999/REC-xpath-19991116", StringComparison.Ordinal), "saml.signature.transforms");
    }

    [Theory]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256")]
    [InlineData("http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1")]
    public void EllipticAndPssSignatures_AreAccepted(string method)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var isElliptic = method.Contains("ecdsa", StringComparison.Ordinal);
        var document = SamlForge.Load(Forge.Good());
        SamlForge.One(document, "SignatureMethod").SetAttribute("Algorithm", method);
        var signed = SamlSignature.Canonicalize(SamlForge.One(document, "SignedInfo"), null, "");
        var value = isElliptic ? key.SignData(signed, HashAlgorithmName.SHA256) : Forge.Key.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
        SamlForge.One(document, "SignatureValue").InnerText = Convert.ToBase64String(value);
        using var certificate = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256).CreateSelfSigned(SamlForge.Now, SamlForge.Now.AddDays(1));
        Accepted(document.OuterXml, Forge.Expected with { Certificates = [isElliptic ? SamlForge.Pin(certificate) : Forge.Certificate] });
        SamlForge.One(document, "SignatureValue").InnerText = Convert.ToBase64String(new byte[value.Length]);
        Refused(document.OuterXml, "saml.signature.wrong", Forge.Expected with { Certificates = [isElliptic ? SamlForge.Pin(certificate) : Forge.Certificate] });
    }

    /// <summary>A prefix twice, strange prefixes, and a namespace that cannot be written make no exception and no way around.</summary>
    [Theory]
    [InlineData("xs xs", "saml.signature.wrong")]
    [InlineData("#default #default", "saml.signature.wrong")]
    [InlineData("a:b", "saml.signature.transforms")]
    [InlineData("'><x", "saml.signature.transforms")]
    public void StrangePrefixList_IsRefused(string prefixes, string code)
    {
        var document = SamlForge.Load(Forge.Good());
        SamlForge.One(document, "InclusiveNamespaces").SetAttribute("PrefixList", prefixes);
        Refused(document.OuterXml, code);
    }

    [Theory]
    [InlineData("""<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>""", "saml.xml.dtd")]
    [InlineData("""<!DOCTYPE r SYSTEM "http://evil.example/x.dtd">""", "saml.xml.dtd")]
    [InlineData("""<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>""", "saml.xml.dtd")]
    [InlineData("<!DOCTYPE r [<!ATTLIST r ID ID #IMPLIED>]>", "saml.xml.dtd")]
    [InlineData("""<?xml-stylesheet href="http://evil.example/x.xsl"?>""", "saml.xml.instruction")]
    [InlineData("<!-- hello -->", "saml.xml.comment")]
    [InlineData("""<?xml version="1.0" encoding="UTF-16"?>""", "saml.xml.encoding")]
    [InlineData("""<?xml version="1.1"?>""", "saml.xml.malformed")]
    [InlineData("<r/>", "saml.xml.malformed")]
    public void HostileProlog_IsRefused(string prolog, string code) => Refused(prolog + Forge.Good(), code);

    [Theory]
    [InlineData("ann@example.com<!---->.evil.com", "saml.xml.comment")]
    [InlineData("admin@example.com<!-- x -->.evil.com", "saml.xml.comment")]
    [InlineData("admin@example.com<?x?>.evil.com", "saml.xml.instruction")]
    [InlineData("admin@example.com<b/>.evil.com", "saml.nameId.shape")]
    [InlineData("&x;", "saml.xml.malformed")]
    [InlineData("", "saml.nameId.shape")]
    [InlineData("   ", "saml.nameId.shape")]
    [InlineData("a&#10;b", "saml.nameId.shape")]
    public void NameThatCouldBeSplit_IsRefused(string name, string code)
    {
        // Signed without the trick, changed afterwards as a stranger would, and signed with it as a careless provider would.
        if (code.StartsWith("saml.xml", StringComparison.Ordinal)) Refused(Forge.Good().Replace("ann@example.com", name, StringComparison.Ordinal), code);
        else Refused(Forge.Sign(SamlForge.Response(SamlForge.Assertion(name: name)), "_a1"), code);
    }

    [Fact]
    public void CharacterData_IsReadAsAWhole()
    {
        var xml = Forge.Sign(SamlForge.Response(SamlForge.Assertion(name: "ann@example.com.evil.com")), "_a1").Replace("ann@example.com.evil.com", "ann@example.com<![CDATA[.evil]]>.com", StringComparison.Ordinal);
        Forge.Check(xml).TryGet(out var person, out var refusal).ShouldBeTrue(refusal?.ToString());
        person!.NameId.ShouldBe("ann@example.com.evil.com");
    }

    [Fact]
    public void TooLargeOrTooDeep_IsRefused()
    {
        Refused(Forge.Good().Replace("<samlp:Status>", "<x>" + new string('x', SamlXml.MaxBytes) + "</x><samlp:Status>", StringComparison.Ordinal), "saml.size");
        Refused(string.Concat(Enumerable.Repeat("<a>", 5_000)) + string.Concat(Enumerable.Repeat("</a>", 5_000)), "saml.xml.depth");
        Refused("<a>" + string.Concat(Enumerable.Repeat("<b/>", 50_000)) + "</a>", "saml.xml.count");
        Refused($"<a {string.Join(' ', Enumerable.Range(0, 200).Select(i => $"a{i}=\"\""))}/>", "saml.xml.count");
        SamlResponse.Check("!!!!", Forge.Expected, SamlForge.Now).Refusal!.Code.ShouldBe("saml.base64");
        SamlResponse.Check("", Forge.Expected, SamlForge.Now).Refusal!.Code.ShouldBe("saml.missing");
        SamlResponse.Check([0xFF, 0xFE, 0x3C, 0x00], Forge.Expected, SamlForge.Now).Refusal!.Code.ShouldBe("saml.xml.encoding");
    }

    [Fact]
    public void WrongPlacePersonOrTime_IsRefused()
    {
        Signed(SamlForge.Assertion(issuer: "https://evil.example"), "saml.issuer");
        Signed(SamlForge.Assertion(version: "1.1"), "saml.version");
        Signed(SamlForge.Assertion(recipient: "https://evil.example/acs"), "saml.recipient");
        Signed(SamlForge.Assertion(recipient: SamlForge.Consumer + "/"), "saml.recipient");
        Signed(SamlForge.Assertion(audience: "<saml:AudienceRestriction><saml:Audience>https://other.example</saml:Audience></saml:AudienceRestriction>"), "saml.audience");
        Signed(SamlForge.Assertion(audience: ""), "saml.audience.missing");
        Signed(SamlForge.Assertion(audience: $"<saml:AudienceRestriction><saml:Audience>{SamlForge.Portal}</saml:Audience></saml:AudienceRestriction><saml:AudienceRestriction><saml:Audience>https://other.example</saml:Audience></saml:AudienceRestriction>"), "saml.audience");
        Signed(SamlForge.Assertion(audience: $"<saml:AudienceRestriction><saml:Audience>{SamlForge.Portal}</saml:Audience></saml:AudienceRestriction><x:Condition xmlns:x=\"urn:x\"/>"), "saml.condition");
        Signed(SamlForge.Assertion(notOnOrAfter: -61), "saml.expired");
        Signed(SamlForge.Assertion(notBefore: 61), "saml.early");
        Signed(SamlForge.Assertion(inResponseTo: "_other"), "saml.inResponseTo");
        Signed(SamlForge.Assertion(inResponseTo: null), "saml.inResponseTo");
        Signed(SamlForge.Assertion(method: "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"), "saml.confirmation");
        Signed(SamlForge.Assertion(subject: ""), "saml.subject");
        Signed(SamlForge.Assertion(authn: ""), "saml.authentication");
        Signed(SamlForge.Assertion(authn: $"""<saml:AuthnStatement AuthnInstant="{SamlForge.T(-5)}" SessionNotOnOrAfter="{SamlForge.T(-61)}"/>"""), "saml.session");
        Signed(SamlForge.Assertion(authn: $"""<saml:AuthnStatement AuthnInstant="{SamlForge.T(90)}"/>"""), "saml.future");
        Signed(SamlForge.Assertion(authn: """<saml:AuthnStatement AuthnInstant="2026-11-20T18:00:00+09:00"/>"""), "saml.authentication");
        Signed(SamlForge.Assertion(), "saml.context", Forge.Expected with { AcceptedContexts = ["https://refeds.org/profile/mfa"] });
        Accepted(Forge.Sign(SamlForge.Response(SamlForge.Assertion(notOnOrAfter: -59)), "_a1"));
        Accepted(Forge.Sign(SamlForge.Response(SamlForge.Assertion(notBefore: 59)), "_a1"));
    }

    [Fact]
    public void EnvelopeThatContradicts_IsRefused()
    {
        Refused(Forge.Sign(SamlForge.Response(SamlForge.Assertion(), destination: "https://evil.example/acs"), "_a1"), "saml.destination");
        Refused(Forge.Sign(SamlForge.Response(SamlForge.Assertion(), destination: null), "_r1"), "saml.destination");
        Refused(Forge.Sign(SamlForge.Response(SamlForge.Assertion(), inResponseTo: "_other"), "_a1"), "saml.inResponseTo");
        Refused(Forge.Sign(SamlForge.Response(SamlForge.Assertion(), issuer: "https://evil.example"), "_a1"), "saml.issuer");
        Refused(Forge.Sign(SamlForge.Response(SamlForge.Assertion(), status: "urn:oasis:names:tc:SAML:2.0:status:Responder"), "_a1"), "saml.denied");
        Refused(Forge.Sign(SamlForge.Response(SamlForge.Assertion(), issued: SamlForge.T(120)), "_a1"), "saml.future");
        Refused(Forge.Sign(SamlForge.Response(SamlForge.Assertion(), issued: SamlForge.T(-7200)), "_a1"), "saml.old");
        Refused(SamlForge.Response(""), "saml.assertion.missing");
        Refused(SamlForge.Assertion(), "saml.root");
        Refused("<a/>", "saml.root");
        Refused(Forge.Good().Replace("SAML:2.0:protocol", "SAML:1.0:protocol", StringComparison.Ordinal), "saml.root");
    }

    [Fact]
    public void SignInThatNobodyAskedFor_IsRefusedUnlessAllowed()
    {
        var xml = Forge.Sign(SamlForge.Response(SamlForge.Assertion(inResponseTo: null), inResponseTo: null), "_a1");
        Refused(xml, "saml.unsolicited", Forge.Expected with { RequestId = null });
        Accepted(xml, Forge.Expected with { RequestId = null, AllowUnsolicited = true });
        // A stolen answer to somebody else's request is not one that nobody asked for.
        Refused(Forge.Good(), "saml.inResponseTo", Forge.Expected with { RequestId = null, AllowUnsolicited = true });
    }

    [Fact]
    public void EncryptedAssertion_IsAcceptedAsItsSignatureSays()
    {
        var signed = Forge.Sign(SamlForge.Assertion(), "_a1");
        Accepted(SamlForge.Response(Forge.Encrypt(signed)));
        Accepted(SamlForge.Response(Forge.Encrypt(signed)), Forge.Expected with { RequireEncryption = true });
        Accepted(Forge.Sign(SamlForge.Response(Forge.Encrypt(SamlForge.Assertion())), "_r1"));
        Accepted(Forge.Sign(SamlForge.Response(Forge.Encrypt(signed, gcm: false)), "_r1"));
        Refused(SamlForge.Response(Forge.Encrypt(SamlForge.Assertion())), "saml.signature.missing");
        Accepted(SamlForge.Response(Forge.Encrypt(signed, gcm: false)));
        Refused(SamlForge.Response(Forge.Encrypt(signed, keyMethod: "http://www.w3.org/2001/04/xmlenc#rsa-1_5", padding: RSAEncryptionPadding.Pkcs1)), "saml.encryption.keyAlgorithm");
        Refused(SamlForge.Response(Forge.Encrypt(signed)), "saml.encryption.key.missing", Forge.Expected with { DecryptionKeys = [] });
        using var other = RSA.Create(2048);
        Refused(SamlForge.Response(Forge.Encrypt(signed)), "saml.encryption.failed", Forge.Expected with { DecryptionKeys = [other] });
        Refused(SamlForge.Response(Forge.Encrypt("<a/>")), "saml.root");
        Refused(SamlForge.Response(Forge.Encrypt(SamlForge.Response(signed, id: "_r2"))), "saml.encryption.content");
        Refused(SamlForge.Response(Forge.Encrypt("<!DOCTYPE a><a/>")), "saml.xml.dtd");
        Refused(SamlForge.Response(Forge.Encrypt(signed) + signed), "saml.assertion.count");
        Refused(Forge.Good(), "saml.encryption.missing", Forge.Expected with { RequireEncryption = true });
    }

    [Fact]
    public void AssertionByCbcInAnUnsignedResponse_TellsNobodyHowFarItGot()
    {
        var signed = Forge.Sign(SamlForge.Assertion(), "_a1");
        using var other = RSA.Create(2048);
        foreach (var content in new[] { "<a/>", "no document", "<!DOCTYPE a><a/>", SamlForge.Assertion(), signed.Replace("</saml:NameID>", "x</saml:NameID>", StringComparison.Ordinal), SamlForge.Response(signed, id: "_r2") })
            Refused(SamlForge.Response(Forge.Encrypt(content, gcm: false)), "saml.encryption.cbc");
        Refused(SamlForge.Response(Forge.Encrypt(signed, gcm: false)), "saml.encryption.cbc", Forge.Expected with { DecryptionKeys = [other] });
        Refused(Forge.Sign(SamlForge.Response(Forge.Encrypt("<a/>", gcm: false)), "_r1"), "saml.root");
    }

    [Fact]
    public void LastMomentOfTime_DoesNotBreakTheClock()
    {
        var xml = Forge.Sign(SamlForge.Response(SamlForge.Assertion().Replace(SamlForge.T(300), "9999-12-31T23:59:59.9999999999Z", StringComparison.Ordinal)), "_a1");
        Forge.Check(xml).TryGet(out var person, out var refusal).ShouldBeTrue(refusal?.ToString());
        // Too old after an hour, whatever it says: the memory need not keep it for ever.
        person!.ExpiresAt.ShouldBe(SamlForge.Now + SsoClock.MaxAge + SsoClock.Skew + SsoClock.Skew);
    }

    [Fact]
    public void AnyChange_IsRefusedOrReadsTheSame() => Prop.ForAll(ArbMap.Default.ArbFor<(PositiveInt At, char To, bool Cut)>(), change =>
    {
        var good = Good;
        var at = change.At.Get * 31 % good.Length;
        var changed = change.Cut ? good[..at] + good[(at + 1)..] : good[..at] + change.To + good[(at + 1)..];
        return !Forge.Check(changed).TryGet(out var person, out var refusal) ? refusal.Change.Length > 0 : person.NameId == "ann@example.com" && person.Attributes["groups"][0] == "Finance";
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void AnyBytes_AreRefusedWithoutAnException() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => SamlResponse.Check(bytes ?? [], Forge.Expected, SamlForge.Now).Refusal is not null).QuickCheckThrowOnFailure();

    private static readonly string Good = Forge.Good();

    private static void Signed(string assertion, string code, SamlExpectation? expected = null) => Refused(Forge.Sign(SamlForge.Response(assertion), "_a1"), code, expected);

    private static void Accepted(string xml, SamlExpectation? expected = null) => Forge.Check(xml, expected).Refusal.ShouldBeNull();

    private static void Refused(string xml, string code, SamlExpectation? expected = null)
    {
        var refusal = Forge.Check(xml, expected).Refusal.ShouldNotBeNull(code);
        refusal.Code.ShouldBe(code, $"{refusal} {Encoding.UTF8.GetByteCount(xml)}");
        refusal.Message.ShouldNotBeEmpty();
        refusal.Change.ShouldNotBeEmpty();
    }
}
