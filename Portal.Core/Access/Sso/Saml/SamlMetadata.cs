using System.Globalization;
using System.Xml;

namespace Hexabase.Portal.Access.Sso.Saml;

/// <summary>What a provider's metadata says (SAML 2.0 metadata section 2.4.3). An administrator brings it by file or https address; who it is from is for them to know, so its own signature is not asked.</summary>
/// <param name="Certificates">For signatures, in the order they came; at most <see cref="SamlCertificate.MaxActive"/> can be active.</param>
/// <param name="LeftAside">Certificates that cannot be used, with the reason.</param>
/// <param name="ValidUntil">When the provider wants it read anew; null = never.</param>
public sealed record SamlMetadata(string ProviderId, Uri? RedirectAddress, Uri? PostAddress, IReadOnlyList<SamlCertificate> Certificates, IReadOnlyList<SsoRefusal> LeftAside, bool WantsSignedRequests, DateTimeOffset? ValidUntil)
{
    public const int MaxBytes = 512 * 1024;

    /// <summary>Reads metadata of one provider, with the same strictness as a response.</summary>
    public static Checked<SamlMetadata> Parse(ReadOnlySpan<byte> xml, bool allowLoopbackHttp, DateTimeOffset now)
    {
        if (!SamlXml.Load(xml, MaxBytes).TryGet(out var document, out var refusal)) return refusal;
        if (document.DocumentElement is not { } root) return Refuse("root", "The file is empty.", null);
        if (SamlStructure.Is(root, "EntitiesDescriptor", SamlNames.Metadata)) return Refuse("several", "The file holds the metadata of many parties.", null, "Upload the metadata of the one provider.");
        if (!SamlStructure.Is(root, "EntityDescriptor", SamlNames.Metadata)) return Refuse("root", "The file is not SAML 2.0 metadata.", SsoRefusal.Show(root.Name));
        if (SamlXml.Attribute(root, "entityID") is not { Length: > 0 and <= 1024 } id || id.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))) return Refuse("entity", "The metadata does not name the provider (entityID).", null);
        DateTimeOffset? validUntil = null;
        if (SamlXml.Attribute(root, "validUntil") is { } until)
        {
            if (!SamlXml.TryTime(until, out var time)) return Refuse("validUntil", "The metadata's validUntil is not a time.", SsoRefusal.Show(until));
            if (time <= now) return Refuse("expired", "The metadata is out of date (validUntil).", SsoRefusal.Show(time), "Download the provider's metadata anew.");
            validUntil = time;
        }

        var roles = SamlXml.Children(root, "IDPSSODescriptor", SamlNames.Metadata).Where(r => (SamlXml.Attribute(r, "protocolSupportEnumeration") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Contains(SamlNames.Protocol)).Take(2).ToList();
        if (roles is not [var role]) return Refuse("role", roles.Count == 0 ? "The metadata is not that of an identity provider for SAML 2.0." : "The metadata describes several identity providers.", null);
        if (!Address(role, SamlNames.Redirect, allowLoopbackHttp, out var redirect) || !Address(role, SamlNames.Post, allowLoopbackHttp, out var post)) return Refuse("address", "The provider's sign-in address is not an https address.", null);
        if (redirect is null && post is null) return Refuse("binding", "The provider offers neither HTTP-Redirect nor HTTP-POST.", null);

        var certificates = new List<SamlCertificate>();
        var leftAside = new List<SsoRefusal>();
        foreach (var key in SamlXml.Children(role, "KeyDescriptor", SamlNames.Metadata).Where(k => SamlXml.Attribute(k, "use") is null or "signing"))
        {
            foreach (var text in key.GetElementsByTagName("X509Certificate", SamlNames.Signature).OfType<XmlElement>().Take(10))
            {
                if (!SamlCertificate.Parse(SamlXml.Leaf(text)).TryGet(out var certificate, out refusal)) leftAside.Add(refusal);
                else if (certificates.TrueForAll(c => c.Thumbprint != certificate.Thumbprint)) certificates.Add(certificate);
            }
        }

        if (certificates.Count == 0) return leftAside is [var first, ..] ? first : Refuse("certificate", "The metadata holds no certificate for signatures.", null);
        return new SamlMetadata(id, redirect, post, certificates, leftAside, SamlXml.Attribute(role, "WantAuthnRequestsSigned") is "true" or "1", validUntil);
    }

    /// <summary>The portal's metadata for one organization (metadata section 2.4.4), for upload at the provider.</summary>
    /// <param name="signing">DER of the certificates that requests are signed with, newest first.</param>
    /// <param name="encryption">DER of the certificate that assertions may be encrypted for; null = none.</param>
    public static string OfPortal(string portalId, Uri consumerAddress, IReadOnlyList<byte[]> signing, byte[]? encryption)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true }))
        {
            writer.WriteStartElement("md", "EntityDescriptor", SamlNames.Metadata);
            writer.WriteAttributeString("xmlns", "ds", null, SamlNames.Signature);
            writer.WriteAttributeString("entityID", portalId);
            writer.WriteStartElement("md", "SPSSODescriptor", SamlNames.Metadata);
            writer.WriteAttributeString("AuthnRequestsSigned", "true");
            writer.WriteAttributeString("WantAssertionsSigned", "true");
            writer.WriteAttributeString("protocolSupportEnumeration", SamlNames.Protocol);
            foreach (var der in signing) Key(writer, "signing", der);
            if (encryption is not null) Key(writer, "encryption", encryption);
            writer.WriteElementString("md", "NameIDFormat", SamlNames.Metadata, "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent");
            writer.WriteStartElement("md", "AssertionConsumerService", SamlNames.Metadata);
            writer.WriteAttributeString("Binding", SamlNames.Post);
            writer.WriteAttributeString("Location", consumerAddress.AbsoluteUri);
            writer.WriteAttributeString("index", "0");
            writer.WriteAttributeString("isDefault", "true");
            writer.WriteEndElement();
            writer.WriteEndElement();
            writer.WriteEndElement();
        }

        return text.ToString();
    }

    private static void Key(XmlWriter writer, string use, byte[] der)
    {
        writer.WriteStartElement("md", "KeyDescriptor", SamlNames.Metadata);
        writer.WriteAttributeString("use", use);
        writer.WriteStartElement("ds", "KeyInfo", SamlNames.Signature);
        writer.WriteStartElement("ds", "X509Data", SamlNames.Signature);
        writer.WriteElementString("ds", "X509Certificate", SamlNames.Signature, Convert.ToBase64String(der));
        writer.WriteEndElement();
        writer.WriteEndElement();
        if (use == "encryption")
        {
            foreach (var method in new[] { "http://www.w3.org/2009/xmlenc11#aes256-gcm", "http://www.w3.org/2009/xmlenc11#aes128-gcm", "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p" })
            {
                writer.WriteStartElement("md", "EncryptionMethod", SamlNames.Metadata);
                writer.WriteAttributeString("Algorithm", method);
                writer.WriteEndElement();
            }
        }

        writer.WriteEndElement();
    }

    private static bool Address(XmlElement role, string binding, bool allowLoopbackHttp, out Uri? address)
    {
        address = null;
        var service = SamlXml.Children(role, "SingleSignOnService", SamlNames.Metadata).FirstOrDefault(s => SamlXml.Attribute(s, "Binding") == binding);
        return service is null || SsoAddress.TryParse(SamlXml.Attribute(service, "Location"), allowLoopbackHttp, out address);
    }

    private static SsoRefusal Refuse(string code, string message, string? came, string change = "Download the provider's metadata (SAML 2.0, for this application) and upload it here.") => new($"saml.metadata.{code}", message, came, change);
}
