using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;

namespace Hexabase.Portal.Access.Sso.Saml;

/// <summary>Makes SAML responses as a provider does, signed by the framework's own signer, and as nobody should.</summary>
internal sealed class SamlForge
{
    public const string Provider = "https://idp.example/saml";
    public const string Portal = "https://portal.example/sso/saml/acme";
    public const string Consumer = "https://portal.example/sso/saml/acme/acs";
    public const string Request = "_request1";
    public const string Exc = "http://www.w3.org/2001/10/xml-exc-c14n#";
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 18, 0, 0, TimeSpan.Zero);

    public RSA Key { get; } = RSA.Create(2048);

    public RSA PortalKey { get; } = RSA.Create(2048);

    public SamlCertificate Certificate => Pin(Cert(Key));

    public SamlExpectation Expected => new() { ProviderId = Provider, PortalId = Portal, ConsumerAddress = new Uri(Consumer), Certificates = [Certificate], RequestId = Request, DecryptionKeys = [PortalKey] };

    public static X509Certificate2 Cert(RSA key, int days = 30) => new CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(Now.AddDays(-60), Now.AddDays(days));

    public static SamlCertificate Pin(X509Certificate2 certificate) => SamlCertificate.Parse(certificate.RawData).TryGet(out var pinned, out var refusal) ? pinned : throw new InvalidOperationException(refusal.Code);

    public static string T(int seconds = 0) => Now.AddSeconds(seconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Assertion(
        string id = "_a1", string name = "ann@example.com", string issuer = Provider, string audience = $"<saml:AudienceRestriction><saml:Audience>{Portal}</saml:Audience></saml:AudienceRestriction>",
        string recipient = Consumer, string? inResponseTo = Request, int notBefore = -10, int notOnOrAfter = 300, string? subject = null, string? authn = null, string version = "2.0", string method = "urn:oasis:names:tc:SAML:2.0:cm:bearer", string attributes = "") =>
        $"""<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ID="{id}" Version="{version}" IssueInstant="{T()}"><saml:Issuer>{issuer}</saml:Issuer>"""
        + (subject ?? $"""<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{name}</saml:NameID><saml:SubjectConfirmation Method="{method}"><saml:SubjectConfirmationData Recipient="{recipient}" NotOnOrAfter="{T(notOnOrAfter)}"{(inResponseTo is null ? "" : $" InResponseTo=\"{inResponseTo}\"")}/></saml:SubjectConfirmation></saml:Subject>""")
        + $"""<saml:Conditions NotBefore="{T(notBefore)}" NotOnOrAfter="{T(notOnOrAfter)}">{audience}</saml:Conditions>"""
        + (authn ?? $"""<saml:AuthnStatement AuthnInstant="{T(-5)}" SessionIndex="_s1"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>""")
        + $"""<saml:AttributeStatement><saml:Attribute Name="groups"><saml:AttributeValue xsi:type="xs:string">Finance</saml:AttributeValue><saml:AttributeValue xsi:type="xs:string">Audit &amp; Risk</saml:AttributeValue></saml:Attribute>{attributes}</saml:AttributeStatement></saml:Assertion>""";

    public static string Response(string inner, string id = "_r1", string? destination = Consumer, string? inResponseTo = Request, string status = "urn:oasis:names:tc:SAML:2.0:status:Success", string issuer = Provider, string? issued = null) =>
        $"""<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="{id}" Version="2.0" IssueInstant="{issued ?? T()}"{(destination is null ? "" : $" Destination=\"{destination}\"")}{(inResponseTo is null ? "" : $" InResponseTo=\"{inResponseTo}\"")}><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="{status}"/></samlp:Status>{inner}</samlp:Response>""";

    /// <summary>A good response with a signed assertion.</summary>
    public string Good() => Sign(Response(Assertion()), "_a1");

    /// <summary>Signs the element of that ID in place, as providers do.</summary>
    public string Sign(string xml, string id, RSA? key = null, string method = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", string digest = "http://www.w3.org/2001/04/xmlenc#sha256", string c14n = Exc, Action<Reference>? change = null, bool withPrefixes = true)
    {
        var document = Load(xml);
        var element = ById(document, id);
        var signed = new SignedXml(element) { SigningKey = key ?? Key };
        signed.SignedInfo!.CanonicalizationMethod = c14n;
        signed.SignedInfo.SignatureMethod = method;
        var reference = new Reference("#" + id) { DigestMethod = digest };
        reference.AddTransform(new XmlDsigEnvelopedSignatureTransform());
        reference.AddTransform(withPrefixes ? new XmlDsigExcC14NTransform("xs") : new XmlDsigExcC14NTransform());
        if (change is not null)
        {
            reference.TransformChain = new TransformChain();
            change(reference);
        }

        signed.AddReference(reference);
        signed.KeyInfo = new KeyInfo();
        signed.KeyInfo.AddClause(new KeyInfoX509Data(Cert(key ?? Key)));
        signed.ComputeSignature();
        var issuer = element.ChildNodes.OfType<XmlElement>().First(e => e.LocalName == "Issuer");
        element.InsertAfter(document.ImportNode(signed.GetXml(), true), issuer);
        return document.OuterXml;
    }

    /// <summary>An EncryptedAssertion of an assertion's text, for the portal's key.</summary>
    public string Encrypt(string assertion, bool gcm = true, string keyMethod = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p", RSAEncryptionPadding? padding = null)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var plain = Encoding.UTF8.GetBytes(assertion);
        byte[] cipher;
        if (gcm)
        {
            var nonce = RandomNumberGenerator.GetBytes(12);
            var body = new byte[plain.Length];
            var tag = new byte[16];
            using var aes = new AesGcm(key, 16);
            aes.Encrypt(nonce, plain, body, tag);
            cipher = [.. nonce, .. body, .. tag];
        }
        else
        {
            using var aes = Aes.Create();
            aes.Key = key;
            var iv = RandomNumberGenerator.GetBytes(16);
            cipher = [.. iv, .. aes.EncryptCbc(plain, iv, PaddingMode.ISO10126)];
        }

        var wrapped = PortalKey.Encrypt(key, padding ?? RSAEncryptionPadding.OaepSHA1);
        return $"""<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element"><xenc:EncryptionMethod Algorithm="{(gcm ? "http://www.w3.org/2009/xmlenc11#aes256-gcm" : "http://www.w3.org/2001/04/xmlenc#aes256-cbc")}"/><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="{keyMethod}"/><xenc:CipherData><xenc:CipherValue>{Convert.ToBase64String(wrapped)}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>{Convert.ToBase64String(cipher)}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>""";
    }

    public static XmlDocument Load(string xml)
    {
        var document = new XmlDocument { PreserveWhitespace = true };
        document.LoadXml(xml);
        return document;
    }

    public static XmlElement ById(XmlDocument document, string id) => (XmlElement)document.SelectSingleNode($"//*[@ID='{id}']")!;

    public static XmlElement One(XmlNode node, string localName) => (XmlElement)node.SelectSingleNode($".//*[local-name()='{localName}']")!;

    public Checked<SamlSignIn> Check(string xml, SamlExpectation? expected = null) => SamlResponse.Check(Convert.ToBase64String(Encoding.UTF8.GetBytes(xml)), expected ?? Expected, Now);
}
