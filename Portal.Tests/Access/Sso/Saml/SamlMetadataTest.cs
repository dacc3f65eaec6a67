using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Saml;

public sealed class SamlMetadataTest
{
    private static readonly SamlForge Forge = new();

    [Fact]
    public void ProviderMetadata_IsRead()
    {
        Parse(Xml()).TryGet(out var metadata, out var refusal).ShouldBeTrue(refusal?.ToString());
        metadata!.ProviderId.ShouldBe(SamlForge.Provider);
        metadata.RedirectAddress!.AbsoluteUri.ShouldBe("https://idp.example/sso");
        metadata.PostAddress.ShouldBeNull();
        metadata.Certificates.ShouldHaveSingleItem().Thumbprint.Length.ShouldBe(64);
        metadata.WantsSignedRequests.ShouldBeTrue();
    }

    [Fact]
    public void UnusableMetadata_IsRefusedWithItsReason()
    {
        using var weak = RSA.Create(1024);
        Refused("<!DOCTYPE a>" + Xml(), "saml.xml.dtd");
        Refused("<a/>", "saml.metadata.root");
        Refused($"""<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">{Xml()}</md:EntitiesDescriptor>""", "saml.metadata.several");
        Refused(Xml(entity: ""), "saml.metadata.entity");
        Refused(Xml(location: "http://idp.example/sso"), "saml.metadata.address");
        Refused(Xml(location: "javascript:alert(1)"), "saml.metadata.address");
        Refused(Xml(validUntil: "2020-01-01T00:00:00Z"), "saml.metadata.expired");
        Refused(Xml(validUntil: "soon"), "saml.metadata.validUntil");
        Refused(Xml(use: "encryption"), "saml.metadata.certificate");
        Refused(Xml(certificate: "AAAA"), "saml.certificate.malformed");
        Refused(Xml(certificate: Convert.ToBase64String(SamlForge.Cert(weak).RawData)), "saml.certificate.size");
        Refused(Xml().Replace("SAML:2.0:protocol", "SAML:1.1:protocol", StringComparison.Ordinal), "saml.metadata.role");
        Refused(Xml().Replace("HTTP-Redirect", "SOAP", StringComparison.Ordinal), "saml.metadata.binding");
    }

    [Fact]
    public void PortalMetadata_HoldsWhatAProviderNeeds()
    {
        var der = SamlForge.Cert(Forge.PortalKey).RawData;
        var document = SamlForge.Load(SamlMetadata.OfPortal(SamlForge.Portal, new Uri(SamlForge.Consumer), [der], der));
        document.DocumentElement!.GetAttribute("entityID").ShouldBe(SamlForge.Portal);
        SamlForge.One(document, "AssertionConsumerService").GetAttribute("Location").ShouldBe(SamlForge.Consumer);
        SamlForge.One(document, "SPSSODescriptor").GetAttribute("WantAssertionsSigned").ShouldBe("true");
        document.SelectNodes("//*[local-name()='KeyDescriptor']")!.Count.ShouldBe(2);
    }

    [Fact]
    public void RedirectRequest_IsSignedOverItsQuery()
    {
        var request = SamlRequest.Create(SamlForge.Portal, new Uri(SamlForge.Consumer), new Uri("https://idp.example/sso?tenant=1"), true, ["urn:mfa"], SamlForge.Now);
        var address = request.ToRedirect(Forge.PortalKey, "state&1");
        address.Query.ShouldStartWith("?tenant=1&SAMLRequest=");
        var query = address.Query[(address.Query.IndexOf("SAMLRequest", StringComparison.Ordinal))..];
        var at = query.IndexOf("&Signature=", StringComparison.Ordinal);
        var signature = Convert.FromBase64String(Uri.UnescapeDataString(query[(at + 11)..]));
        Forge.PortalKey.VerifyData(Encoding.ASCII.GetBytes(query[..at]), signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).ShouldBeTrue();
        using var inflate = new DeflateStream(new MemoryStream(Convert.FromBase64String(Uri.UnescapeDataString(query.Split('&')[0]["SAMLRequest=".Length..]))), CompressionMode.Decompress);
        using var reader = new StreamReader(inflate);
        var document = SamlForge.Load(reader.ReadToEnd());
        document.DocumentElement!.GetAttribute("ID").ShouldBe(request.Id);
        document.DocumentElement.GetAttribute("ForceAuthn").ShouldBe("true");
        Should.Throw<ArgumentException>(() => request.ToRedirect(Forge.PortalKey, new string('x', 81)));
    }

    [Fact]
    public void PostRequest_CarriesAnEnvelopedSignature()
    {
        using var bare = SamlForge.Cert(Forge.PortalKey);
        using var certificate = bare.HasPrivateKey ? new System.Security.Cryptography.X509Certificates.X509Certificate2(bare) : System.Security.Cryptography.X509Certificates.RSACertificateExtensions.CopyWithPrivateKey(bare, Forge.PortalKey);
        var request = SamlRequest.Create(SamlForge.Portal, new Uri(SamlForge.Consumer), new Uri("https://idp.example/sso"), false, null, SamlForge.Now);
        var document = SamlForge.Load(Encoding.UTF8.GetString(Convert.FromBase64String(request.ToPost(certificate))));
        var signed = new SignedXml(document);
        signed.LoadXml(SamlForge.One(document, "Signature"));
        signed.CheckSignature(Forge.PortalKey).ShouldBeTrue();
        document.DocumentElement!.ChildNodes.OfType<XmlElement>().Select(e => e.LocalName).Take(2).ShouldBe(["Issuer", "Signature"]);
    }

    [Fact]
    public void ExpiredCertificate_IsReadWithItsDates()
    {
        var certificate = SamlForge.Pin(SamlForge.Cert(Forge.Key, days: -1));
        certificate.NotAfter.ShouldBeLessThan(SamlForge.Now);
        SamlCertificate.Parse("-----BEGIN CERTIFICATE-----\n" + Convert.ToBase64String(certificate.Der, Base64FormattingOptions.InsertLineBreaks) + "\n-----END CERTIFICATE-----").TryGet(out var pem, out _).ShouldBeTrue();
        pem!.Thumbprint.ShouldBe(certificate.Thumbprint);
    }

    [Theory]
    [InlineData("2026-11-20T18:00:00Z", true)]
    [InlineData("2026-11-20T18:00:00.1Z", true)]
    [InlineData("2026-11-20T18:00:00.123456789123Z", true)]
    [InlineData("2026-11-20T18:00:00", false)]
    [InlineData("2026-11-20T18:00:00+09:00", false)]
    [InlineData("2026-11-20T18:00:00.Z", false)]
    [InlineData("2026-11-20T24:00:00Z", false)]
    [InlineData("2026-02-30T18:00:00Z", false)]
    [InlineData("2026-11-20 18:00:00Z", false)]
    [InlineData("-2026-11-20T18:00:00Z", false)]
    [InlineData("٢٠٢٦-11-20T18:00:00Z", false)]
    public void Time_IsUtcOrRefused(string text, bool readable) => SamlXml.TryTime(text, out _).ShouldBe(readable);

    [Fact]
    public void AnyText_IsRefusedWithoutAnException() => Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        Parse(Xml(entity: System.Security.SecurityElement.Escape(text ?? ""), certificate: "x")).Refusal is not null && SamlCertificate.Parse(text).Refusal is not null && (SamlXml.TryTime(text ?? "", out _) || true)).QuickCheckThrowOnFailure();

    private static Checked<SamlMetadata> Parse(string xml) => SamlMetadata.Parse(Encoding.UTF8.GetBytes(xml), false, SamlForge.Now);

    private static void Refused(string xml, string code) => Parse(xml).Refusal.ShouldNotBeNull(code).Code.ShouldBe(code);

    private static string Xml(string entity = SamlForge.Provider, string location = "https://idp.example/sso", string? validUntil = null, string use = "signing", string? certificate = null) =>
        $"""<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity}"{(validUntil is null ? "" : $" validUntil=\"{validUntil}\"")}><md:IDPSSODescriptor WantAuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="{use}"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>{certificate ?? Convert.ToBase64String(SamlForge.Cert(Forge.Key).RawData)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{location}"/></md:IDPSSODescriptor></md:EntityDescriptor>""";
}
