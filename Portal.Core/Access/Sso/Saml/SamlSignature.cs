using System.Security.Cryptography;
using System.Security.Cryptography.Xml;
using System.Xml;

namespace Hexabase.Portal.Access.Sso.Saml;

/// <summary>
/// Checks an enveloped signature (XML Signature 1.1, SAML core section 5.4) and answers what was signed: the bytes that went into the digest, read anew. Whoever reads on from there
/// cannot read anything that was not signed, however the rest of the message is built.
/// </summary>
internal static class SamlSignature
{
    private const string Wrapping = "Look at how the message came here: somebody may have rebuilt it around a real signature.";

    /// <param name="element">Response or Assertion, with one Signature as its child.</param>
    public static Checked<XmlElement> Check(XmlElement element, XmlElement signature, IReadOnlyList<SamlCertificate> pinned)
    {
        if (!Parts(signature, ["SignedInfo", "SignatureValue"], ["KeyInfo"], out var parts)) return Refuse("shape", "The signature is not built as SAML's signatures are.", Wrapping);
        var signedInfo = parts["SignedInfo"];
        if (!Parts(signedInfo, ["CanonicalizationMethod", "SignatureMethod", "Reference"], [], out var info)) return Refuse("references", "The signature does not have exactly one reference.", Wrapping);
        var reference = info["Reference"];
        if (!Parts(reference, ["Transforms", "DigestMethod", "DigestValue"], [], out var what)) return Refuse("shape", "The signature's reference is not built as SAML's are.", Wrapping);

        var id = SamlXml.Attribute(element, "ID");
        if (id is null || !IsId(id)) return Refuse("id", "The signed element has no usable ID.", Wrapping);
        if (SamlXml.Attribute(reference, "URI") != "#" + id) return Refuse("reference", "The signature is for another element than the one it stands in.", Wrapping, SsoRefusal.Show(SamlXml.Attribute(reference, "URI")));

        if (!Prefixes(info["CanonicalizationMethod"], out var infoPrefixes)) return Algorithm("canonicalization", "The signature's canonicalization is not accepted.", info["CanonicalizationMethod"], "Set the provider to exclusive canonicalization (xml-exc-c14n).");
        var steps = what["Transforms"].ChildNodes.OfType<XmlElement>().ToList();
        if (steps.Count != 2 || steps.Any(s => s.LocalName != "Transform" || s.NamespaceURI != SamlNames.Signature) || SamlXml.Attribute(steps[0], "Algorithm") != SamlNames.Enveloped || steps[0].ChildNodes.OfType<XmlElement>().Any() || !Prefixes(steps[1], out var prefixes))
        {
            return Refuse("transforms", "The signature changes the message before it is checked in a way that is not accepted.", "Set the provider to the transforms enveloped-signature and exclusive canonicalization, in this order.",
                SsoRefusal.Show(string.Join(", ", steps.Take(5).Select(s => SamlAlgorithms.Short(SamlXml.Attribute(s, "Algorithm"))))));
        }

        if (Bare(what["DigestMethod"]) is not { } digestName || SamlAlgorithms.Digest(digestName) is not { } digest) return Algorithm("digest", "The signature's digest is not accepted.", what["DigestMethod"], "Set the provider to SHA-256 or stronger.");
        if (Bare(info["SignatureMethod"]) is not { } methodName || SamlAlgorithms.Signature(methodName) is not { } method) return Algorithm("algorithm", "The signature's algorithm is not accepted.", info["SignatureMethod"], "Set the provider to sign with RSA or ECDSA and SHA-256 or stronger.");
        if (SamlAlgorithms.Base64(SamlXml.Leaf(what["DigestValue"])) is not { } expected || SamlAlgorithms.Base64(SamlXml.Leaf(parts["SignatureValue"])) is not { } value) return Refuse("shape", "The signature's values are not base64.", Wrapping);

        // The key first: what nobody signed is not worth a digest.
        if (pinned.Count == 0) return Refuse("certificates", "No certificate of the provider is set up.", "Upload the provider's signing certificate or its metadata.");
        if (!TryCanonicalize(signedInfo, null, infoPrefixes, out var signed) || !TryCanonicalize(element, signature, prefixes, out var content)) return Refuse("shape", "The signed part has no canonical form.", Wrapping);
        if (!pinned.Any(c => c.Verifies(signed, value, method)))
            return Refuse("wrong", "The signature is not right by any certificate that is set up for this provider.", "Compare the provider's signing certificate with the one set up here; upload the new one if the provider changed it.", string.Join(", ", pinned.Select(c => "SHA-256 " + c.Thumbprint[..16])));
        if (!CryptographicOperations.FixedTimeEquals(SamlAlgorithms.Hash(digest, content), expected)) return Refuse("digest.wrong", "The message was changed after it was signed.", Wrapping);

        if (!SamlXml.Load(content).TryGet(out var document, out var refusal)) return refusal;
        return document.DocumentElement is { } root ? root : Refuse("shape", "The signed part is empty.", Wrapping);
    }

    private static bool TryCanonicalize(XmlElement element, XmlElement? without, string prefixes, out byte[] bytes)
    {
        try
        {
            bytes = Canonicalize(element, without, prefixes);
            // Nothing is never what somebody meant to sign.
            return bytes.Length > 0;
        }
        catch (Exception e) when (e is CryptographicException or XmlException or ArgumentException)
        {
            bytes = [];
            return false;
        }
    }

    /// <summary>Exclusive canonicalization without comments of an element in its place, as bytes.</summary>
    internal static byte[] Canonicalize(XmlElement element, XmlElement? without, string prefixes)
    {
        var alone = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        var copy = (XmlElement)alone.ImportNode(element, deep: true);
        alone.AppendChild(copy);
        if (without is not null)
        {
            // The very child: found by its position, which the copy keeps.
            var position = 0;
            for (var node = without.PreviousSibling; node is not null; node = node.PreviousSibling) position++;
            if (copy.ChildNodes[position] is { } same) copy.RemoveChild(same);
        }

        // Prefixes that are declared further out may be used within values (xsi:type="xs:string") and then stand in the list of prefixes to keep.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (XmlAttribute attribute in copy.Attributes)
        {
            if (attribute.NamespaceURI == SamlNames.Xmlns) seen.Add(attribute.Name);
        }

        for (var outer = element.ParentNode as XmlElement; outer is not null; outer = outer.ParentNode as XmlElement)
        {
            foreach (XmlAttribute attribute in outer.Attributes)
            {
                if (attribute.NamespaceURI == SamlNames.Xmlns && seen.Add(attribute.Name) && attribute.Value.Length > 0) copy.SetAttributeNode((XmlAttribute)alone.ImportNode(attribute, deep: true));
            }
        }

        var transform = new XmlDsigExcC14NTransform(includeComments: false, prefixes);
        transform.LoadInput(alone);
        using var output = (Stream)transform.GetOutput(typeof(Stream));
        using var bytes = new MemoryStream();
        output.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static bool IsPrefix(string name) => name.Length <= 64 && (char.IsAsciiLetter(name[0]) || name[0] == '_') && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    internal static bool IsId(string id) => id.Length is > 0 and <= 256 && (char.IsAsciiLetter(id[0]) || id[0] == '_') && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    /// <summary>Exactly these element children, each once, and text that is white space only.</summary>
    private static bool Parts(XmlElement parent, string[] required, string[] optional, out Dictionary<string, XmlElement> parts)
    {
        parts = new Dictionary<string, XmlElement>(StringComparer.Ordinal);
        foreach (XmlNode node in parent.ChildNodes)
        {
            if (node is XmlElement child)
            {
                if (child.NamespaceURI != SamlNames.Signature || !(required.Contains(child.LocalName) || optional.Contains(child.LocalName)) || !parts.TryAdd(child.LocalName, child)) return false;
            }
            else if (node is not (XmlWhitespace or XmlSignificantWhitespace))
            {
                return false;
            }
        }

        return required.All(parts.ContainsKey);
    }

    /// <summary>The algorithm of an element without parameters: HMACOutputLength and the like could weaken what the name promises.</summary>
    private static string? Bare(XmlElement method) => method.ChildNodes.OfType<XmlElement>().Any() ? null : SamlXml.Attribute(method, "Algorithm");

    /// <summary>True for exclusive canonicalization without comments, with nothing in it but the prefixes to keep.</summary>
    private static bool Prefixes(XmlElement method, out string prefixes)
    {
        prefixes = "";
        if (SamlXml.Attribute(method, "Algorithm") != SamlNames.ExclusiveC14N) return false;
        var inner = method.ChildNodes.OfType<XmlElement>().ToList();
        if (inner.Count == 0) return true;
        if (inner is not [{ LocalName: "InclusiveNamespaces", NamespaceURI: SamlNames.ExclusiveC14N } list] || list.HasChildNodes) return false;
        var named = (SamlXml.Attribute(list, "PrefixList") ?? "").Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        // Each once: the framework's transform does not take a prefix twice.
        prefixes = string.Join(' ', named.Distinct(StringComparer.Ordinal));
        return named.Length <= 32 && named.All(n => n == "#default" || IsPrefix(n));
    }

    private static SsoRefusal Algorithm(string code, string message, XmlElement method, string change) => Refuse(code, message, change, SamlAlgorithms.Short(SamlXml.Attribute(method, "Algorithm")));

    private static SsoRefusal Refuse(string code, string message, string change, string? came = null) => new($"saml.signature.{code}", message, came, change);
}
