using System.Xml;

namespace Hexabase.Portal.Access.Sso.Saml;

/// <summary>Checks a SAML 2.0 response of the Web Browser SSO profile (profiles section 4.1.4) and reads the one assertion from what was signed.</summary>
public static class SamlResponse
{
    /// <summary>Characters of the form field.</summary>
    public const int MaxFormChars = SamlXml.MaxBytes / 3 * 4;

    /// <param name="formValue">SAMLResponse of the HTTP-POST binding: base64 of the XML.</param>
    public static Checked<SamlSignIn> Check(string? formValue, SamlExpectation expected, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(formValue)) return Refuse("missing", "The provider's answer holds no SAMLResponse.", null, "Set the provider to the HTTP-POST binding.");
        if (formValue.Length > MaxFormChars) return Refuse("size", "The message is too large.", FormattableString.Invariant($"{formValue.Length} characters"), "Let the provider send fewer attributes.");
        return SamlAlgorithms.Base64(formValue) is { } xml ? Check(xml, expected, now) : Refuse("base64", "The provider's answer is not base64.", null, "Set the provider to the HTTP-POST binding.");
    }

    public static Checked<SamlSignIn> Check(ReadOnlySpan<byte> xml, SamlExpectation expected, DateTimeOffset now)
    {
        if (!SamlXml.Load(xml).TryGet(out var document, out var refusal)) return refusal;
        if (document.DocumentElement is not { } root) return Refuse("root", "The message is empty.", null, "Check that the provider sends SAML 2.0 to this address.");
        var ids = new HashSet<string>(StringComparer.Ordinal);
        if (SamlStructure.Check(root, ids) is { } structure) return structure;
        if (!SamlStructure.Is(root, "Response", SamlNames.Protocol)) return Refuse("root", "The message is not a SAML 2.0 response.", SsoRefusal.Show(root.Name), "Check that the provider sends SAML 2.0 to this address.");

        var (response, isResponseSigned) = (root, false);
        if (SamlXml.Children(root, "Signature", SamlNames.Signature).FirstOrDefault() is { } outer)
        {
            if (!SamlSignature.Check(root, outer, expected.Certificates).TryGet(out var signed, out refusal)) return refusal;
            // From here on only what was signed is read.
            (response, isResponseSigned) = (signed, true);
        }

        if (Envelope(response, expected, isResponseSigned, now) is { } envelope) return envelope;
        if (!Assertion(response, expected, isResponseSigned, ids).TryGet(out var assertion, out refusal)) return refusal;
        return SamlAssertion.Read(assertion, SamlXml.Attribute(response, "InResponseTo"), expected, now);
    }

    private static SsoRefusal? Envelope(XmlElement response, SamlExpectation expected, bool isSigned, DateTimeOffset now)
    {
        if (SamlXml.Attribute(response, "Version") != "2.0") return Refuse("version", "The response is not of SAML 2.0.", SsoRefusal.Show(SamlXml.Attribute(response, "Version")), "Set the provider to SAML 2.0.");
        if (SamlXml.Attribute(response, "ID") is not { } id || !SamlSignature.IsId(id)) return Refuse("id", "The response has no usable ID.", null, "Check that the provider sends SAML 2.0 to this address.");
        if (SamlXml.Attribute(response, "IssueInstant") is not { } issued || !SamlXml.TryTime(issued, out var issuedAt)) return Refuse("time", "The response does not say when it was made.", null, "Check that the provider sends SAML 2.0 to this address.");
        if (SamlAssertion.Issued(issuedAt, now) is { } time) return time;
        if (!SamlXml.TryChild(response, "Issuer", SamlNames.Assertion, out var issuer)) return Refuse("issuer", "The response names several issuers.", null, "Check that the provider sends SAML 2.0 to this address.");
        if (issuer is not null && !SamlAssertion.IsIssuer(issuer, expected)) return Refuse("issuer", "The response comes from another provider.", SsoRefusal.Show(SamlXml.Leaf(issuer)), "Compare the provider's entity id with the one set up here.");

        var destination = SamlXml.Attribute(response, "Destination");
        // Bindings section 3.5.5.2: a signed response over HTTP-POST names where it goes.
        if (destination is null ? isSigned : destination != expected.ConsumerAddress.AbsoluteUri)
            return Refuse("destination", "The response was made for another address.", SsoRefusal.Show(destination), $"Set the provider's assertion consumer address to {expected.ConsumerAddress.AbsoluteUri}.");
        return Status(response);
    }

    private static SsoRefusal? Status(XmlElement response)
    {
        if (!SamlXml.TryChild(response, "Status", SamlNames.Protocol, out var status) || status is null || !SamlXml.TryChild(status, "StatusCode", SamlNames.Protocol, out var code) || code is null)
            return Refuse("status", "The response does not say whether the sign-in succeeded.", null, "Check that the provider sends SAML 2.0 to this address.");
        var value = SamlXml.Attribute(code, "Value");
        if (value == SamlNames.Success) return null;
        SamlXml.TryChild(code, "StatusCode", SamlNames.Protocol, out var inner);
        SamlXml.TryChild(status, "StatusMessage", SamlNames.Protocol, out var message);
        var shown = string.Join(", ", new[] { Last(value), inner is null ? null : Last(SamlXml.Attribute(inner, "Value")), SamlXml.Leaf(message) }.Where(s => !string.IsNullOrEmpty(s)));
        return Refuse("denied", "The provider did not sign the person in.", SsoRefusal.Show(shown), "Check that the person is assigned to this application, and look into the provider's own sign-in log.");
    }

    private static Checked<XmlElement> Assertion(XmlElement response, SamlExpectation expected, bool isResponseSigned, HashSet<string> ids)
    {
        if (SamlXml.Children(response, "EncryptedAssertion", SamlNames.Assertion).FirstOrDefault() is { } encrypted)
        {
            var opened = Opened(encrypted, expected, isResponseSigned, ids);
            // Whoever changes a text and sends it again shall not learn whether it could be decrypted, read, or only lacked the signature.
            return !isResponseSigned && SamlDecryption.IsUnguarded(encrypted) && !opened.TryGet(out _, out _)
                ? Refuse("encryption.cbc", "The assertion is encrypted with AES-CBC, the response around it is not signed, and what is inside is no assertion that the provider signed. More is not told, since CBC would let a stranger find out the text by trying.", null, "Set the provider to AES-256-GCM, or to sign the response; then the attempt tells what is wrong.")
                : opened;
        }

        if (SamlXml.Children(response, "Assertion", SamlNames.Assertion).FirstOrDefault() is not { } assertion) return Refuse("assertion.missing", "The response holds no assertion.", null, "Look into the provider's own sign-in log: it did not vouch for the person.");
        if (expected.RequireEncryption) return Refuse("encryption.missing", "The assertion is not encrypted, and this connection demands it.", null, "Switch the encryption of assertions on at the provider.");
        return Signed(assertion, expected, isResponseSigned);
    }

    private static Checked<XmlElement> Opened(XmlElement encrypted, SamlExpectation expected, bool isResponseSigned, HashSet<string> ids)
    {
        if (!SamlDecryption.Open(encrypted, expected.DecryptionKeys).TryGet(out var assertion, out var refusal)) return refusal;
        if (SamlStructure.Check(assertion, ids) is { } structure) return structure;
        if (!SamlStructure.Is(assertion, "Assertion", SamlNames.Assertion)) return Refuse("encryption.content", "What was encrypted is not an assertion.", null, "Check the encryption settings of the provider.");
        return Signed(assertion, expected, isResponseSigned);
    }

    private static Checked<XmlElement> Signed(XmlElement assertion, SamlExpectation expected, bool isResponseSigned)
    {
        if (SamlXml.Children(assertion, "Signature", SamlNames.Signature).FirstOrDefault() is { } inner) return SamlSignature.Check(assertion, inner, expected.Certificates);
        if (!isResponseSigned) return Refuse("signature.missing", "Neither the response nor the assertion is signed.", null, "Set the provider to sign assertions.");
        return expected.RequireSignedAssertion ? Refuse("signature.assertion", "Only the response is signed, and this connection demands a signed assertion.", null, "Set the provider to sign assertions.") : assertion;
    }

    private static string? Last(string? urn) => urn?[(urn.LastIndexOf(':') + 1)..];

    private static SsoRefusal Refuse(string code, string message, string? came, string change) => new($"saml.{code}", message, came, change);
}
