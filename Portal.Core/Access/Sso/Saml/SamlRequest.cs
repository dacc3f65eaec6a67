using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;

namespace Hexabase.Portal.Access.Sso.Saml;

/// <summary>An authentication request (core section 3.4.1), signed with RSA and SHA-256, for the HTTP-Redirect or the HTTP-POST binding.</summary>
/// <param name="Id">Kept in the browser's encrypted cookie; the answer must name it.</param>
public sealed record SamlRequest(string Id, Uri Destination, string Xml)
{
    public const int MaxRelayStateBytes = 80;

    /// <param name="destination">The provider's sign-in address for the binding that is used.</param>
    /// <param name="forceLogin">Asks again even where the provider knows the person.</param>
    /// <param name="acceptedContexts">Authentication contexts of which one is demanded; null = any.</param>
    /// <param name="nameIdFormat">The kind of name that is asked for; null = the provider chooses.</param>
    public static SamlRequest Create(string portalId, Uri consumerAddress, Uri destination, bool forceLogin, IReadOnlyList<string>? acceptedContexts, DateTimeOffset now, string? nameIdFormat = null)
    {
        // 128 random bits and more (core section 1.3.4); an ID does not begin with a digit.
        var id = "_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        var text = new StringBuilder();
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true }))
        {
            writer.WriteStartElement("samlp", "AuthnRequest", SamlNames.Protocol);
            writer.WriteAttributeString("xmlns", "saml", null, SamlNames.Assertion);
            writer.WriteAttributeString("ID", id);
            writer.WriteAttributeString("Version", "2.0");
            writer.WriteAttributeString("IssueInstant", now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            writer.WriteAttributeString("Destination", destination.AbsoluteUri);
            writer.WriteAttributeString("AssertionConsumerServiceURL", consumerAddress.AbsoluteUri);
            writer.WriteAttributeString("ProtocolBinding", SamlNames.Post);
            if (forceLogin) writer.WriteAttributeString("ForceAuthn", "true");
            writer.WriteElementString("saml", "Issuer", SamlNames.Assertion, portalId);
            writer.WriteStartElement("samlp", "NameIDPolicy", SamlNames.Protocol);
            if (nameIdFormat is not null) writer.WriteAttributeString("Format", nameIdFormat);
            writer.WriteAttributeString("AllowCreate", "true");
            writer.WriteEndElement();
            if (acceptedContexts is { Count: > 0 })
            {
                writer.WriteStartElement("samlp", "RequestedAuthnContext", SamlNames.Protocol);
                writer.WriteAttributeString("Comparison", "exact");
                foreach (var context in acceptedContexts) writer.WriteElementString("saml", "AuthnContextClassRef", SamlNames.Assertion, context);
                writer.WriteEndElement();
            }

            writer.WriteEndElement();
        }

        return new SamlRequest(id, destination, text.ToString());
    }

    /// <summary>The address for HTTP-Redirect: deflated, signed over the query as it stands (bindings section 3.4.4.1).</summary>
    /// <param name="key">Null = unsigned, for providers that take no signature.</param>
    /// <exception cref="ArgumentException">The relay state is longer than 80 bytes (bindings section 3.4.3).</exception>
    public Uri ToRedirect(RSA? key, string? relayState)
    {
        CheckRelayState(relayState);
        using var deflated = new MemoryStream();
        using (var deflate = new DeflateStream(deflated, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(Encoding.UTF8.GetBytes(Xml));
        var query = "SAMLRequest=" + Uri.EscapeDataString(Convert.ToBase64String(deflated.ToArray()));
        if (relayState is not null) query += "&RelayState=" + Uri.EscapeDataString(relayState);
        if (key is not null)
        {
            query += "&SigAlg=" + Uri.EscapeDataString(SamlNames.RsaSha256);
            query += "&Signature=" + Uri.EscapeDataString(Convert.ToBase64String(key.SignData(Encoding.ASCII.GetBytes(query), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
        }

        return new Uri(Destination.AbsoluteUri + (Destination.Query.Length > 0 ? "&" : "?") + query);
    }

    /// <summary>The form's field SAMLRequest for HTTP-POST: base64 of the XML with an enveloped signature.</summary>
    /// <param name="certificate">With its RSA key; goes along so that the provider can choose among several.</param>
    public string ToPost(X509Certificate2 certificate)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        document.LoadXml(Xml);
        using var key = certificate.GetRSAPrivateKey() ?? throw new ArgumentException("The certificate has no RSA key.", nameof(certificate));
        var signed = new SignedXml(document) { SigningKey = key };
        if (signed.SignedInfo is not { } info || document.DocumentElement is not { } root) throw new CryptographicException("The request cannot be signed.");
        info.CanonicalizationMethod = SamlNames.ExclusiveC14N;
        info.SignatureMethod = SamlNames.RsaSha256;
        var reference = new Reference("#" + Id) { DigestMethod = SamlNames.Sha256 };
        reference.AddTransform(new XmlDsigEnvelopedSignatureTransform());
        reference.AddTransform(new XmlDsigExcC14NTransform());
        signed.AddReference(reference);
        signed.KeyInfo = new KeyInfo();
        signed.KeyInfo.AddClause(new KeyInfoX509Data(certificate));
        signed.ComputeSignature();
        // The schema wants it right behind the issuer.
        root.InsertAfter(document.ImportNode(signed.GetXml(), deep: true), root.FirstChild);
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(document.OuterXml));
    }

    private static void CheckRelayState(string? relayState)
    {
        if (relayState is not null && Encoding.UTF8.GetByteCount(relayState) > MaxRelayStateBytes) throw new ArgumentException("A relay state has 80 bytes at most.", nameof(relayState));
    }
}
