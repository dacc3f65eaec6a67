using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Saml;

/// <summary>Forged and rebuilt responses, beyond what <see cref="SamlResponseTest"/> and <see cref="SignatureWrappingTest"/> hold.</summary>
public sealed class SamlAttackTest
{
    private const string Entity = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
    private static readonly SamlForge Forge = new();
    private static readonly string Good = Forge.Good();

    /// <summary>Text replaced in a rightly signed response after it was signed; code of the refusal, null = any.</summary>
    [Theory]
    [InlineData("<saml:Audience>", "<saml:Audience><!-- -->", "saml.xml.comment")]
    [InlineData("<saml:Audience>", "<saml:Audience><?x?>", "saml.xml.instruction")]
    [InlineData("<saml:Audience>", "<saml:Audience> ", "saml.signature.digest.wrong")]
    [InlineData("ann@example.com", "ann@example.com&#x200B;", "saml.signature.digest.wrong")]
    [InlineData("ann@example.com", "ann@example.com&#0;", "saml.xml.malformed")]
    [InlineData("ann@example.com", "ann@example.com&amp;x", "saml.signature.digest.wrong")]
    [InlineData("ann@example.com", "ANN@example.com", "saml.signature.digest.wrong")]
    [InlineData("ann@example.com", "аnn@example.com", "saml.signature.digest.wrong")]
    [InlineData("ann@example.com", "&#xFFFE;", "saml.xml.malformed")]
    [InlineData("<saml:NameID ", "<saml:NameID xmlns:evil=\"urn:x\" evil:ID=\"_a1\" ", "saml.id.duplicate")]
    [InlineData("<saml:NameID ", "<saml:NameID xml:id=\"_a1\" ", "saml.id.duplicate")]
    [InlineData("<saml:NameID ", "<saml:NameID xml:base=\"https://evil.example\" ", "saml.signature.digest.wrong")]
    [InlineData("<saml:NameID ", "<saml:NameID xmlns=\"urn:x\" Format=\"x\" ", "saml.xml.malformed")]
    [InlineData(" ID=\"_a1\"", " ID=\"_a2\"", "saml.signature.reference")]
    [InlineData(" ID=\"_a1\"", " ID=\"_a1\" id=\"_a1\"", "saml.id.duplicate")]
    [InlineData(" ID=\"_a1\"", " Id=\"_a1\"", "saml.signature.id")]
    [InlineData(" ID=\"_a1\"", " ID=\" _a1\"", "saml.signature.id")]
    [InlineData(" ID=\"_a1\"", " ID=\"\"", "saml.signature.id")]
    [InlineData("URI=\"#_a1\"", "URI=\"#_A1\"", "saml.signature.reference")]
    [InlineData("URI=\"#_a1\"", "URI=\"#_a1 \"", "saml.signature.reference")]
    [InlineData("URI=\"#_a1\"", "URI=\"#xpointer(/)\"", "saml.signature.reference")]
    [InlineData("URI=\"#_a1\"", "URI=\"file:///etc/passwd\"", "saml.signature.reference")]
    [InlineData("URI=\"#_a1\"", "Type=\"x\"", "saml.signature.reference")]
    [InlineData("<Transforms>", "<Transforms><!-- -->", "saml.xml.comment")]
    [InlineData("<Transforms>", "<Transforms><x xmlns=\"urn:x\"/>", "saml.signature.transforms")]
    [InlineData("<Transforms>", "<Transforms>text", null)]
    [InlineData("</Transforms>", "<Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#base64\"/></Transforms>", "saml.signature.transforms")]
    [InlineData("</Transforms>", "<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></Transforms>", "saml.signature.transforms")]
    [InlineData("<DigestValue>", "<DigestValue>AAAA</DigestValue><DigestValue>", "saml.signature.shape")]
    [InlineData("<DigestValue>", "<DigestValue><x xmlns=\"\"/>", "saml.signature.shape")]
    [InlineData("<DigestValue>", "<DigestValue>!", "saml.signature.shape")]
    [InlineData("<SignatureValue>", "<SignatureValue>=", "saml.signature.shape")]
    [InlineData("<SignatureValue>", "<SignatureValue></SignatureValue><SignatureValue>", "saml.signature.shape")]
    [InlineData("<SignatureValue>", "<SignatureValue>AAAA", "saml.signature.wrong")]
    [InlineData("<SignedInfo>", "<SignedInfo/><SignedInfo>", "saml.signature.shape")]
    [InlineData("<SignedInfo>", "<SignedInfo Id=\"_a1\">", "saml.id.duplicate")]
    [InlineData("<SignedInfo>", "<SignedInfo Id=\"x\">", "saml.signature.wrong")]
    [InlineData("<KeyInfo>", "<Manifest/><KeyInfo>", "saml.signature.shape")]
    [InlineData("xmlenc#sha256\"", "xmlenc#SHA256\"", "saml.signature.digest")]
    [InlineData("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmldsig-more#md5", "saml.signature.digest")]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#rsa-md5", "saml.signature.algorithm")]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#dsa-sha1", "saml.signature.algorithm")]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2009/xmldsig11#dsa-sha256", "saml.signature.algorithm")]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "saml.signature.wrong")]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2007/05/xmldsig-more#rsa-pss", "saml.signature.algorithm")]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "", "saml.signature.algorithm")]
    [InlineData("xml-exc-c14n#\" /><SignatureMethod", "xml-exc-c14n#WithComments\" /><SignatureMethod", "saml.signature.canonicalization")]
    [InlineData("<samlp:Status>", "<samlp:Extensions><saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_x\"/></samlp:Extensions><samlp:Status>", "saml.assertion.count")]
    [InlineData("<samlp:Status>", "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status><samlp:Status>", "saml.status")]
    [InlineData("<samlp:StatusCode ", "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Requester\"/><samlp:StatusCode ", "saml.status")]
    [InlineData("status:Success", "status:success", "saml.denied")]
    [InlineData("status:Success", "status:Success ", "saml.denied")]
    [InlineData(" Version=\"2.0\" IssueInstant", " Version=\"2.1\" IssueInstant", "saml.version")]
    [InlineData(" Destination=\"https://portal.example/sso/saml/acme/acs\"", " Destination=\"\"", "saml.destination")]
    [InlineData(" Destination=\"https://portal.example/sso/saml/acme/acs\"", " Destination=\"https://portal.example/sso/saml/acme/acs?x\"", "saml.destination")]
    [InlineData(" Destination=\"https://portal.example/sso/saml/acme/acs\"", " Destination=\"HTTPS://PORTAL.EXAMPLE/sso/saml/acme/acs\"", "saml.destination")]
    [InlineData(" InResponseTo=\"_request1\"><saml:Issuer", " InResponseTo=\"\"><saml:Issuer", "saml.inResponseTo")]
    [InlineData("<samlp:Response ", "<samlp:Response Destination=\"x\" ", "saml.xml.malformed")]
    [InlineData("<samlp:Response ", "<samlp:Response xmlns:saml=\"urn:x\" ", null)]
    [InlineData("</samlp:Response>", "</samlp:Response><samlp:Response/>", "saml.xml.malformed")]
    [InlineData("</samlp:Response>", "</samlp:Response>\0", "saml.xml.malformed")]
    [InlineData("</samlp:Response>", "", "saml.xml.malformed")]
    public void RebuiltMessage_IsRefused(string old, string with, string? code)
    {
        Good.ShouldContain(old, Case.Sensitive);
        var at = Good.IndexOf(old, StringComparison.Ordinal);
        var changed = Good[..at] + with + Good[(at + old.Length)..];
        if (code is null && Forge.Check(changed).TryGet(out var person, out _)) person.NameId.ShouldBe("ann@example.com");
        else Refused(changed, code);
    }

    /// <summary>What a provider itself signs, and must not: text replaced before the signature.</summary>
    [Theory]
    [InlineData("<saml:Issuer>https://idp.example/saml", "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">https://idp.example/saml", "saml.issuer")]
    [InlineData("<saml:Issuer>https://idp.example/saml", "<saml:Issuer NameQualifier=\"x\">https://idp.example/saml", "saml.issuer")]
    [InlineData("<saml:Issuer>https://idp.example/saml", "<saml:Issuer>https://idp.example/saml/", "saml.issuer")]
    [InlineData("<saml:Issuer>https://idp.example/saml", "<saml:Issuer>https://idp.exаmple/saml", "saml.issuer")]
    [InlineData("<saml:Issuer>https://idp.example/saml", "<saml:Issuer><b>https://idp.example/saml</b>", "saml.issuer")]
    [InlineData("<saml:Subject>", "<saml:Subject/><saml:Subject>", "saml.subject")]
    [InlineData("<saml:NameID ", "<saml:NameID>admin</saml:NameID><saml:NameID ", "saml.nameId")]
    [InlineData("<saml:NameID ", "<saml:EncryptedID/><saml:NameID ", "saml.encryptedId")]
    [InlineData("ann@example.com", "<b>admin</b>", "saml.nameId.shape")]
    [InlineData("ann@example.com", "a&#9;b", "saml.nameId.shape")]
    [InlineData("ann@example.com", "a&#x85;b", "saml.nameId.shape")]
    [InlineData("cm:bearer", "cm:holder-of-key", "saml.confirmation")]
    [InlineData("cm:bearer", "cm:Bearer", "saml.confirmation")]
    [InlineData("cm:bearer", "cm:bearer ", "saml.confirmation")]
    [InlineData("<saml:SubjectConfirmationData ", "<saml:SubjectConfirmationData/><saml:SubjectConfirmationData ", "saml.confirmation")]
    [InlineData(" Recipient=\"https://portal.example/sso/saml/acme/acs\"", "", "saml.recipient")]
    [InlineData(" Recipient=\"https://portal.example/sso/saml/acme/acs\"", " Recipient=\"https://portal.example/sso/saml/other/acs\"", "saml.recipient")]
    [InlineData(" Recipient=\"https://portal.example/sso/saml/acme/acs\"", " Recipient=\"\"", "saml.recipient")]
    [InlineData(" InResponseTo=\"_request1\"/></saml:SubjectConfirmation>", " InResponseTo=\"_Request1\"/></saml:SubjectConfirmation>", "saml.inResponseTo")]
    [InlineData("<saml:Conditions ", "<saml:Conditions/><saml:Conditions ", "saml.conditions")]
    [InlineData("<saml:Audience>https://portal.example/sso/saml/acme<", "<saml:Audience>https://portal.example/sso/saml/acme/<", "saml.audience")]
    [InlineData("<saml:Audience>https://portal.example/sso/saml/acme<", "<saml:Audience><x>https://portal.example/sso/saml/acme</x><", "saml.audience")]
    [InlineData("<saml:AudienceRestriction>", "<saml:AudienceRestriction/><saml:AudienceRestriction>", "saml.audience")]
    [InlineData("<saml:AudienceRestriction>", "<saml:DelegationRestrictionType/><saml:AudienceRestriction>", "saml.condition")]
    [InlineData("<saml:AudienceRestriction>", "<saml:Condition/><saml:AudienceRestriction>", "saml.condition")]
    [InlineData("<saml:AuthnStatement ", "<saml:AuthnStatement AuthnInstant=\"2026-11-20T18:00:00Z\"/><saml:AuthnStatement ", "saml.authentication")]
    [InlineData("AuthnInstant=\"2026", "SessionNotOnOrAfter=\"never\" AuthnInstant=\"2026", "saml.authentication")]
    [InlineData("AuthnInstant=\"2026", "AuthnInstant=\"2226", "saml.future")]
    [InlineData("IssueInstant=\"2026-11-20T18:00:00.000Z\"><saml:Issuer", "IssueInstant=\"2026-11-20T16:00:00.000Z\"><saml:Issuer", "saml.old")]
    [InlineData("IssueInstant=\"2026-11-20T18:00:00.000Z\"><saml:Issuer", "IssueInstant=\"2026-11-20T18:00:00.000\"><saml:Issuer", "saml.time")]
    [InlineData("IssueInstant=\"2026-11-20T18:00:00.000Z\"><saml:Issuer", "><saml:Issuer", "saml.time")]
    [InlineData("NotBefore=\"2026-11-20T17:59:50.000Z\"", "NotBefore=\"soon\"", "saml.time")]
    [InlineData("NotBefore=\"2026-11-20T17:59:50.000Z\"", "NotBefore=\"2026-11-20T18:05:00Z\"", "saml.early")]
    public void AssertionThatTheProviderSigned_StillMustBeForHereAndNow(string old, string with, string code)
    {
        var assertion = SamlForge.Assertion();
        assertion.ShouldContain(old, Case.Sensitive);
        var at = assertion.IndexOf(old, StringComparison.Ordinal);
        Refused(Forge.Sign(SamlForge.Response(assertion[..at] + with + assertion[(at + old.Length)..]), "_a1"), code);
    }

    [Theory]
    [InlineData("https://idp.example/saml", $"Format=\"{Entity}\"", null)]
    [InlineData("https://idp.example/saml", "Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\"", "saml.issuer")]
    [InlineData("", "", "saml.issuer")]
    public void IssuerOfTheResponse_IsAnEntity(string issuer, string attribute, string? code)
    {
        var xml = SamlForge.Response(SamlForge.Assertion()).Replace("assertion\">https://idp.example/saml", $"assertion\" {attribute}>{issuer}", StringComparison.Ordinal);
        if (code is null) Forge.Check(Forge.Sign(xml, "_a1")).Refusal.ShouldBeNull();
        else Refused(Forge.Sign(xml, "_a1"), code);
    }

    /// <summary>The certificate within the signature is looked at by nobody.</summary>
    [Fact]
    public void KeyInfoOfTheAttacker_DoesNotCount()
    {
        using var evil = RSA.Create(2048);
        var forged = Forge.Sign(SamlForge.Response(SamlForge.Assertion()), "_a1", key: evil);
        Refused(forged, "saml.signature.wrong");
        var document = SamlForge.Load(forged);
        var info = SamlForge.One(document, "KeyInfo");
        foreach (var inner in new[] { "", "<KeyName>idp</KeyName>", $"<X509Data><X509Certificate>{Convert.ToBase64String(Forge.Certificate.Der)}</X509Certificate></X509Data>", "<RetrievalMethod URI=\"https://evil.example/key\"/>", "<KeyValue><RSAKeyValue><Modulus>AQAB</Modulus><Exponent>AQAB</Exponent></RSAKeyValue></KeyValue>" })
        {
            info.InnerXml = inner;
            Refused(document.OuterXml, "saml.signature.wrong");
        }

        info.ParentNode!.RemoveChild(info);
        Refused(document.OuterXml, "saml.signature.wrong");
    }

    /// <summary>HMAC with the certificate, its key and its base64 as the secret.</summary>
    [Fact]
    public void HmacWithThePublicKey_IsRefused()
    {
        foreach (var secret in new[] { Forge.Certificate.Der, Forge.Key.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(Convert.ToBase64String(Forge.Certificate.Der)), Encoding.ASCII.GetBytes(Forge.Key.ExportSubjectPublicKeyInfoPem()) })
        {
            var document = SamlForge.Load(Good);
            SamlForge.One(document, "SignatureMethod").SetAttribute("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256");
            SamlForge.One(document, "SignatureValue").InnerText = Convert.ToBase64String(HMACSHA256.HashData(secret, SamlSignature.Canonicalize(SamlForge.One(document, "SignedInfo"), null, "")));
            Refused(document.OuterXml, "saml.signature.algorithm");
        }
    }

    /// <summary>Signatures that are right for something else: over the whole document, over another element's text, of both elements exchanged.</summary>
    [Fact]
    public void RightSignatureInTheWrongPlace_IsRefused()
    {
        var both = SamlForge.Load(Forge.Sign(Good, "_r1"));
        var inner = SamlForge.One(SamlForge.ById(both, "_a1"), "Signature");
        var outer = both.DocumentElement!.ChildNodes.OfType<XmlElement>().First(e => e.LocalName == "Signature");
        var (a, b) = (inner.ParentNode!, outer.ParentNode!);
        a.ReplaceChild(outer.CloneNode(true), inner);
        b.ReplaceChild(inner.CloneNode(true), outer);
        Refused(both.OuterXml, "saml.signature.reference");

        var document = SamlForge.Load(SamlForge.Response(SamlForge.Assertion()));
        var signed = new SignedXml(document) { SigningKey = Forge.Key };
        signed.SignedInfo!.CanonicalizationMethod = SamlForge.Exc;
        var reference = new Reference("") { DigestMethod = "http://www.w3.org/2001/04/xmlenc#sha256" };
        reference.AddTransform(new XmlDsigEnvelopedSignatureTransform());
        reference.AddTransform(new XmlDsigExcC14NTransform());
        signed.AddReference(reference);
        signed.ComputeSignature();
        document.DocumentElement!.InsertAfter(document.ImportNode(signed.GetXml(), true), document.DocumentElement.FirstChild);
        Refused(document.OuterXml, "saml.signature.reference");
    }

    /// <summary>Whatever is wrong with what was encrypted, the answer is one and the same.</summary>
    [Fact]
    public void ChangedCipher_TellsNothing()
    {
        var response = SamlForge.Response(Forge.Encrypt(Forge.Sign(SamlForge.Assertion(), "_a1")));
        var answers = new List<SsoRefusal>();
        foreach (var (part, at) in new[] { (1, 0), (1, 13), (1, 40), (1, -1), (1, -17), (0, 0), (0, 100), (0, -1) })
        {
            var document = SamlForge.Load(response);
            var value = (XmlElement)document.SelectNodes("//*[local-name()='CipherValue']")![part]!;
            var bytes = Convert.FromBase64String(value.InnerText);
            bytes[(at + bytes.Length) % bytes.Length] ^= 0x41;
            value.InnerText = Convert.ToBase64String(bytes);
            answers.Add(Forge.Check(document.OuterXml).Refusal.ShouldNotBeNull());
        }

        answers.Distinct().ShouldHaveSingleItem().Code.ShouldBe("saml.encryption.failed");
    }

    private static void Refused(string xml, string? code)
    {
        var refusal = Forge.Check(xml).Refusal.ShouldNotBeNull(code);
        if (code is not null) refusal.Code.ShouldBe(code, refusal.ToString());
        refusal.Message.ShouldNotBeEmpty();
        refusal.Change.ShouldNotBeEmpty();
    }
}
