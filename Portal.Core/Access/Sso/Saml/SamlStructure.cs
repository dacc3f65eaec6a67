using System.Xml;

namespace Hexabase.Portal.Access.Sso.Saml;

/// <summary>
/// The build of a message before anything in it is believed: one Response, one Assertion in its place, signatures only where SAML puts them, no ID twice. Signature wrapping needs a second
/// element or a signature elsewhere, and ends here.
/// </summary>
internal static class SamlStructure
{
    private const string Wrapping = "Look at how the message came here: somebody may have rebuilt it around a real signature.";

    /// <param name="root">Response, or the Assertion that was decrypted.</param>
    /// <param name="ids">Collects the IDs, over all parts of one message.</param>
    public static SsoRefusal? Check(XmlElement root, HashSet<string> ids)
    {
        var isResponse = Is(root, "Response", SamlNames.Protocol);
        if (!isResponse && !Is(root, "Assertion", SamlNames.Assertion)) return new("saml.root", "The message is not a SAML 2.0 response.", SsoRefusal.Show(root.Name), "Check that the provider sends SAML 2.0 to this address.");
        var (responses, assertions, encrypted) = (0, 0, 0);
        SsoRefusal? misplaced = null;
        SsoRefusal? signature = null;
        foreach (var element in All(root))
        {
            foreach (XmlAttribute attribute in element.Attributes)
            {
                if (attribute.LocalName.Equals("id", StringComparison.OrdinalIgnoreCase) && attribute.NamespaceURI != SamlNames.Xmlns && !ids.Add(attribute.Value))
                    return new("saml.id.duplicate", "Two elements of the message have the same ID, so that a signature could stand for either.", SsoRefusal.Show(attribute.Value), Wrapping);
            }

            if (Is(element, "Response", SamlNames.Protocol)) responses++;
            else if (Is(element, "Assertion", SamlNames.Assertion))
            {
                assertions++;
                if (element.ParentNode != root && element != root) misplaced ??= new("saml.assertion.place", "The assertion does not stand where it belongs.", SsoRefusal.Show(element.ParentNode?.Name), Wrapping);
            }
            else if (Is(element, "EncryptedAssertion", SamlNames.Assertion))
            {
                encrypted++;
                if (element.ParentNode != root) misplaced ??= new("saml.assertion.place", "The encrypted assertion does not stand where it belongs.", SsoRefusal.Show(element.ParentNode?.Name), Wrapping);
            }
            else if (Is(element, "Signature", SamlNames.Signature))
            {
                signature ??= Signature(element, root);
            }
        }

        if (responses != (isResponse ? 1 : 0)) return new("saml.response.count", "The message holds a response within a response.", null, Wrapping);
        if (isResponse ? assertions + encrypted > 1 : assertions + encrypted != 1)
            return new("saml.assertion.count", "The message holds more than one assertion.", FormattableString.Invariant($"{assertions} plain, {encrypted} encrypted"), "Set the provider to send one assertion; if it does, somebody rebuilt the message around a real signature.");
        return misplaced ?? signature;
    }

    public static bool Is(XmlElement element, string localName, string ns) => element.LocalName == localName && element.NamespaceURI == ns;

    private static SsoRefusal? Signature(XmlElement signature, XmlElement root)
    {
        if (signature.ParentNode is not XmlElement parent || !(parent == root || (Is(parent, "Assertion", SamlNames.Assertion) && parent.ParentNode == root)))
            return new("saml.signature.place", "A signature stands where it does not belong.", SsoRefusal.Show(signature.ParentNode?.Name), Wrapping);
        return SamlXml.Children(parent, "Signature", SamlNames.Signature).Skip(1).Any()
            ? new("saml.signature.count", "An element of the message is signed twice.", SsoRefusal.Show(parent.Name), Wrapping)
            : null;
    }

    private static IEnumerable<XmlElement> All(XmlElement root)
    {
        yield return root;
        // Depth is bounded where the document is read.
        foreach (var child in root.ChildNodes.OfType<XmlElement>())
        {
            foreach (var element in All(child)) yield return element;
        }
    }
}
