using System.Security.Cryptography;
using System.Text;
using System.Xml;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Saml;

/// <summary>Responses as the large providers and toolkits build them: prefixes, places of signatures, extra parts and encryption differ, and all of them are let in.</summary>
public sealed class SamlShapesTest
{
    private static readonly SamlForge Forge = new();

    public static TheoryData<string> Names => [.. Shapes.Keys];

    private static Dictionary<string, Func<(string Xml, SamlExpectation? Expected)>> Shapes { get; } = new(StringComparer.Ordinal)
    {
        ["Entra ID: default namespaces, assertion signed"] = () => (Forge.Sign(SamlForge.Response(Bare(SamlForge.Assertion())), "_a1", withPrefixes: false), null),
        ["Entra ID: response and assertion signed"] = () => (Forge.Sign(Forge.Sign(SamlForge.Response(Bare(SamlForge.Assertion())), "_a1", withPrefixes: false), "_r1", withPrefixes: false), null),
        ["Okta: saml2 prefixes, both signed, a list of prefixes"] = () => (Forge.Sign(Forge.Sign(Saml2(SamlForge.Response(SamlForge.Assertion())), "_a1"), "_r1"), null),
        ["Keycloak: only the response signed"] = () => (Forge.Sign(SamlForge.Response(SamlForge.Assertion()), "_r1", withPrefixes: false), null),
        ["ADFS: consent, both namespaces by default"] = () => (Forge.Sign(SamlForge.Response(Bare(SamlForge.Assertion())).Replace("<samlp:Response ", "<samlp:Response Consent=\"urn:oasis:names:tc:SAML:2.0:consent:unspecified\" ", StringComparison.Ordinal), "_a1", withPrefixes: false), null),
        ["Google: no audience list but one, time without fractions"] = () => (Forge.Sign(Saml2(SamlForge.Response(SamlForge.Assertion())).Replace(".000Z", "Z", StringComparison.Ordinal), "_r1", withPrefixes: false), null),
        ["Shibboleth: issuer's format, qualifiers, address"] = () => (Forge.Sign(SamlForge.Response(SamlForge.Assertion()
            .Replace("<saml:Issuer>", "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\">", StringComparison.Ordinal)
            .Replace("<saml:NameID ", "<saml:NameID NameQualifier=\"https://idp.example/saml\" SPNameQualifier=\"https://portal.example/sso/saml/acme\" ", StringComparison.Ordinal)
            .Replace("<saml:SubjectConfirmationData ", "<saml:SubjectConfirmationData Address=\"192.0.2.1\" ", StringComparison.Ordinal)), "_a1"), null),
        ["ds: as prefix of the signature"] = () => (Prefixed(SamlForge.Response(SamlForge.Assertion()), "_a1"), null),
        ["ds: as prefix, line breaks in the values"] = () => (Prefixed(SamlForge.Response(SamlForge.Assertion()), "_a1", "\n"), null),
        ["declaration, byte order mark, indented"] = () => ("\uFEFF<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\r\n" + Forge.Sign(SamlForge.Response("\n    " + SamlForge.Assertion() + "\n") + "\n", "_a1"), null),
        ["several audiences"] = () => Signed(audience: $"<saml:AudienceRestriction><saml:Audience>https://other.example</saml:Audience><saml:Audience>{SamlForge.Portal}</saml:Audience></saml:AudienceRestriction>"),
        ["audience with white space"] = () => Signed(audience: $"<saml:AudienceRestriction>\n  <saml:Audience>\n{SamlForge.Portal}\n</saml:Audience>\n</saml:AudienceRestriction>"),
        ["one-time use and proxy restriction"] = () => Signed(audience: $"<saml:OneTimeUse/><saml:ProxyRestriction Count=\"0\"/><saml:AudienceRestriction><saml:Audience>{SamlForge.Portal}</saml:Audience></saml:AudienceRestriction>"),
        ["second confirmation of another method"] = () => (Forge.Sign(SamlForge.Response(SamlForge.Assertion().Replace("<saml:SubjectConfirmation ", "<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:holder-of-key\"/><saml:SubjectConfirmation ", StringComparison.Ordinal)), "_a1"), null),
        ["response without destination and issuer, assertion signed"] = () => (Forge.Sign(SamlForge.Response(SamlForge.Assertion(), destination: null), "_a1"), null),
        ["session's end, locality, declaration of the context"] = () => Signed(authn: $"""<saml:AuthnStatement AuthnInstant="{SamlForge.T(-3600)}" SessionIndex="_s1" SessionNotOnOrAfter="{SamlForge.T(28800)}"><saml:SubjectLocality Address="192.0.2.1"/><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</saml:AuthnContextClassRef><saml:AuthenticatingAuthority>https://upstream.example</saml:AuthenticatingAuthority></saml:AuthnContext></saml:AuthnStatement>"""),
        ["attributes of every kind"] = () => Signed(attributes: """<saml:Attribute Name="mail" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic" FriendlyName="mail"><saml:AttributeValue>ann@example.com</saml:AttributeValue></saml:Attribute><saml:Attribute Name="none"/><saml:Attribute Name="nil"><saml:AttributeValue xsi:nil="true"/></saml:Attribute><saml:Attribute Name="eppn"><saml:AttributeValue xsi:type="xs:anyType"><saml:NameID>x</saml:NameID></saml:AttributeValue></saml:Attribute><saml:Attribute Name="氏名"><saml:AttributeValue xsi:type="xs:string">山田 太郎</saml:AttributeValue></saml:Attribute>"""),
        ["second attribute statement"] = () => (Forge.Sign(SamlForge.Response(SamlForge.Assertion().Replace("</saml:Assertion>", "<saml:AttributeStatement><saml:Attribute Name=\"x\"><saml:AttributeValue>y</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>", StringComparison.Ordinal)), "_a1"), null),
        ["extensions and status message"] = () => (Forge.Sign(SamlForge.Response(SamlForge.Assertion()).Replace("<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/>", "<samlp:Extensions><x xmlns=\"urn:x\">y</x></samlp:Extensions><samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/><samlp:StatusMessage>ok</samlp:StatusMessage>", StringComparison.Ordinal), "_r1"), null),
        ["started at the provider"] = () => (Forge.Sign(SamlForge.Response(SamlForge.Assertion(inResponseTo: null), inResponseTo: null), "_a1"), Forge.Expected with { RequestId = null, AllowUnsolicited = true }),
        ["certificate that ran out, still pinned"] = () => (Forge.Good(), Forge.Expected with { Certificates = [SamlForge.Pin(SamlForge.Cert(Forge.Key, days: -1))] }),
        ["encrypted by AES-GCM, RSA-OAEP"] = () => (SamlForge.Response(Forge.Encrypt(Inner)), null),
        ["encrypted, RSA-OAEP with its digest named"] = () => (SamlForge.Response(Forge.Encrypt(Inner)).Replace("rsa-oaep-mgf1p\"/>", "rsa-oaep-mgf1p\"><ds:DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\"/></xenc:EncryptionMethod>", StringComparison.Ordinal), null),
        ["encrypted, RSA-OAEP with SHA-256 twice"] = () => (SamlForge.Response(Forge.Encrypt(Inner, keyMethod: "http://www.w3.org/2009/xmlenc11#rsa-oaep", padding: RSAEncryptionPadding.OaepSHA256)).Replace("xmlenc11#rsa-oaep\"/>",
            "xmlenc11#rsa-oaep\"><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><xenc11:MGF xmlns:xenc11=\"http://www.w3.org/2009/xmlenc11#\" Algorithm=\"http://www.w3.org/2009/xmlenc11#mgf1sha256\"/></xenc:EncryptionMethod>", StringComparison.Ordinal), null),
        ["encrypted by AES-CBC within a signed response"] = () => (Forge.Sign(SamlForge.Response(Forge.Encrypt(Inner, gcm: false)), "_r1"), null),
        ["encrypted by AES-CBC within an unsigned response, as ADFS does"] = () => (SamlForge.Response(Forge.Encrypt(Inner, gcm: false)), null),
        ["encrypted, the key beside the data"] = () => (Beside(SamlForge.Response(Forge.Encrypt(Inner))), null),
        ["encrypted, line breaks in the cipher"] = () => (Broken(SamlForge.Response(Forge.Encrypt(Inner))), null),
        ["encrypted without a signature of its own, response signed"] = () => (Forge.Sign(SamlForge.Response(Forge.Encrypt(SamlForge.Assertion())), "_r1"), null),
    };

    private static string Inner => Forge.Sign(SamlForge.Assertion(), "_a1");

    [Theory]
    [MemberData(nameof(Names))]
    public void ShapeOfAProvider_IsAccepted(string name)
    {
        var (xml, expected) = Shapes[name]();
        Forge.Check(xml, expected).TryGet(out var person, out var refusal).ShouldBeTrue($"{name}: {refusal}");
        person!.NameId.ShouldBe("ann@example.com");
        person.Attributes["groups"].ShouldBe(["Finance", "Audit & Risk"]);
    }

    /// <summary>Line breaks and blanks in the form's base64, as some toolkits send it.</summary>
    [Fact]
    public void Base64WithLineBreaks_IsAccepted()
    {
        var text = Convert.ToBase64String(Encoding.UTF8.GetBytes(Forge.Good()), Base64FormattingOptions.InsertLineBreaks);
        SamlResponse.Check(text, Forge.Expected, SamlForge.Now).Refusal.ShouldBeNull();
        SamlResponse.Check(text.Replace("\r\n", "\n", StringComparison.Ordinal) + "\n", Forge.Expected, SamlForge.Now).Refusal.ShouldBeNull();
    }

    private static (string, SamlExpectation?) Signed(string? audience = null, string? authn = null, string attributes = "") =>
        (Forge.Sign(SamlForge.Response(audience is null ? SamlForge.Assertion(authn: authn, attributes: attributes) : SamlForge.Assertion(audience: audience)), "_a1"), null);

    private static string Bare(string xml) => xml.Replace("<saml:", "<", StringComparison.Ordinal).Replace("</saml:", "</", StringComparison.Ordinal).Replace("xmlns:saml=", "xmlns=", StringComparison.Ordinal);

    private static string Saml2(string xml) => xml.Replace("<saml:", "<saml2:", StringComparison.Ordinal).Replace("</saml:", "</saml2:", StringComparison.Ordinal).Replace("xmlns:saml=", "xmlns:saml2=", StringComparison.Ordinal)
        .Replace("<samlp:", "<saml2p:", StringComparison.Ordinal).Replace("</samlp:", "</saml2p:", StringComparison.Ordinal).Replace("xmlns:samlp=", "xmlns:saml2p=", StringComparison.Ordinal);

    /// <summary>A signature written by hand, with a prefix.</summary>
    private static string Prefixed(string xml, string id, string breaks = "")
    {
        var document = SamlForge.Load(xml);
        var element = SamlForge.ById(document, id);
        var digest = Convert.ToBase64String(SHA256.HashData(SamlSignature.Canonicalize(element, null, "xs")));
        var holder = document.CreateElement("ds", "Signature", SamlNames.Signature);
        holder.InnerXml = $"""{breaks}<ds:SignedInfo xmlns:ds="{SamlNames.Signature}"><ds:CanonicalizationMethod Algorithm="{SamlForge.Exc}"/><ds:SignatureMethod Algorithm="{SamlNames.RsaSha256}"/><ds:Reference URI="#{id}"><ds:Transforms><ds:Transform Algorithm="{SamlNames.Enveloped}"/><ds:Transform Algorithm="{SamlForge.Exc}"><ec:InclusiveNamespaces xmlns:ec="{SamlForge.Exc}" PrefixList="xs"/></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="{SamlNames.Sha256}"/><ds:DigestValue>{breaks}{digest}{breaks}</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue xmlns:ds="{SamlNames.Signature}"/>""";
        element.InsertAfter(holder, element.FirstChild);
        var value = Forge.Key.SignData(SamlSignature.Canonicalize(SamlForge.One(holder, "SignedInfo"), null, ""), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SamlForge.One(holder, "SignatureValue").InnerText = Convert.ToBase64String(value, breaks.Length > 0 ? Base64FormattingOptions.InsertLineBreaks : Base64FormattingOptions.None).Replace("\r", "", StringComparison.Ordinal);
        return document.OuterXml;
    }

    /// <summary>The key as a sibling of the data, which points to it.</summary>
    private static string Beside(string xml)
    {
        var document = SamlForge.Load(xml);
        var key = SamlForge.One(document, "EncryptedKey");
        key.SetAttribute("Id", "_key");
        var info = (XmlElement)key.ParentNode!;
        var data = (XmlElement)info.ParentNode!;
        data.ParentNode!.AppendChild(key);
        info.InnerXml = $"""<ds:RetrievalMethod xmlns:ds="{SamlNames.Signature}" Type="http://www.w3.org/2001/04/xmlenc#EncryptedKey" URI="#_key"/>""";
        return document.OuterXml;
    }

    private static string Broken(string xml)
    {
        var document = SamlForge.Load(xml);
        foreach (XmlElement value in document.SelectNodes("//*[local-name()='CipherValue']")!) value.InnerText = Convert.ToBase64String(Convert.FromBase64String(value.InnerText), Base64FormattingOptions.InsertLineBreaks);
        return document.OuterXml;
    }
}
