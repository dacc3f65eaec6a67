using System.Globalization;
using System.Text;
using System.Xml;

namespace Hexabase.Portal.Access.Sso.Saml;

/// <summary>
/// Reads XML from outside: UTF-8, no DTD (so no entities), no comments and no processing instructions (canonicalization leaves comments out, so whoever adds one changes what is read
/// but not what is signed), bounded in size, depth and count.
/// </summary>
internal static class SamlXml
{
    public const int MaxBytes = 512 * 1024;
    public const int MaxDepth = 40;
    public const int MaxNodes = 20_000;
    public const int MaxAttributes = 64;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The whole document, white space kept.</summary>
    public static Checked<XmlDocument> Load(ReadOnlySpan<byte> utf8, int maxBytes = MaxBytes)
    {
        if (utf8.Length > maxBytes) return Refuse("size", "The message is too large.", string.Create(CultureInfo.InvariantCulture, $"{utf8.Length} bytes"), string.Create(CultureInfo.InvariantCulture, $"Let the provider send fewer attributes: at most {maxBytes} bytes are read."));
        string text;
        try
        {
            text = StrictUtf8.GetString(utf8 is [0xEF, 0xBB, 0xBF, ..] ? utf8[3..] : utf8);
        }
        catch (DecoderFallbackException)
        {
            return Refuse("encoding", "The message is not UTF-8.", null, "Set the provider to send UTF-8.");
        }

        try
        {
            if (Inspect(text) is { } refusal) return refusal;
            var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
            using var reader = Reader(text);
            document.Load(reader);
            return document;
        }
        catch (XmlException e)
        {
            if (text.Contains("<!DOCTYPE", StringComparison.OrdinalIgnoreCase) || text.Contains("<!ENTITY", StringComparison.OrdinalIgnoreCase))
                return Refuse("dtd", "The message holds a document type definition, through which files and addresses could be read.", "<!DOCTYPE", "Set the provider to send SAML without a document type definition.");
            return Refuse("malformed", "The message is not well-formed XML.", string.Create(CultureInfo.InvariantCulture, $"line {e.LineNumber}, character {e.LinePosition}"), "Check that the provider sends SAML 2.0 here.");
        }
    }

    /// <summary>A time of xs:dateTime in UTC, as SAML demands (core section 1.3.3); fractions finer than 100 ns are cut off.</summary>
    public static bool TryTime(string text, out DateTimeOffset value)
    {
        value = default;
        if (text.Length is < 20 or > 40 || text[^1] != 'Z') return false;
        var end = text.IndexOf('.', StringComparison.Ordinal);
        var whole = end < 0 ? text[..^1] : text[..end];
        if (!DateTimeOffset.TryParseExact(whole, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out value)) return false;
        if (end < 0) return true;
        var fraction = text.AsSpan(end + 1, text.Length - end - 2);
        if (fraction.Length == 0 || fraction.ContainsAnyExceptInRange('0', '9')) return false;
        var ticks = string.Concat(fraction[..Math.Min(7, fraction.Length)], "0000000").AsSpan(0, 7);
        value = value.AddTicks(Math.Min(long.Parse(ticks, NumberStyles.None, CultureInfo.InvariantCulture), DateTimeOffset.MaxValue.Ticks - value.Ticks));
        return true;
    }

    public static IEnumerable<XmlElement> Children(XmlElement parent, string localName, string ns) => parent.ChildNodes.OfType<XmlElement>().Where(e => e.LocalName == localName && e.NamespaceURI == ns);

    /// <summary>The only child of that name; null where there is none. False where there are several.</summary>
    public static bool TryChild(XmlElement parent, string localName, string ns, out XmlElement? child)
    {
        var found = Children(parent, localName, ns).Take(2).ToList();
        child = found.FirstOrDefault();
        return found.Count < 2;
    }

    /// <summary>The whole text of an element that holds nothing but text, without white space around it; null for an element with anything else in it.</summary>
    public static string? Leaf(XmlElement? element)
    {
        if (element is null) return null;
        foreach (XmlNode node in element.ChildNodes)
        {
            if (node is not (XmlText or XmlCDataSection or XmlWhitespace or XmlSignificantWhitespace)) return null;
        }

        return element.InnerText.Trim(' ', '\t', '\r', '\n');
    }

    public static string? Attribute(XmlElement element, string name) => element.GetAttributeNode(name)?.Value;

    private static SsoRefusal? Inspect(string text)
    {
        using var reader = Reader(text);
        var nodes = 0;
        while (reader.Read())
        {
            if (++nodes > MaxNodes) return Refuse("count", "The message has too many parts.", null, "Let the provider send fewer attributes.");
            if (reader.Depth > MaxDepth) return Refuse("depth", "The message is nested too deeply.", null, "Check that the provider sends SAML 2.0 here.");
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when reader.AttributeCount > MaxAttributes:
                    return Refuse("count", "An element of the message has too many attributes.", SsoRefusal.Show(reader.Name), "Check that the provider sends SAML 2.0 here.");
                case XmlNodeType.XmlDeclaration when reader.GetAttribute("encoding") is { } encoding && !encoding.Equals("utf-8", StringComparison.OrdinalIgnoreCase):
                    return Refuse("encoding", "The message says that it is not UTF-8.", SsoRefusal.Show(encoding), "Set the provider to send UTF-8.");
                case XmlNodeType.Comment:
                    return Refuse("comment", "The message holds a comment, which can split a name without breaking the signature.", null, "Set the provider to send SAML without comments; if it never does, somebody changed the message.");
                case XmlNodeType.ProcessingInstruction:
                    return Refuse("instruction", "The message holds a processing instruction.", SsoRefusal.Show(reader.Name), "Set the provider to send SAML without processing instructions.");
                default:
                    break;
            }
        }

        return null;
    }

    private static XmlReader Reader(string text) => XmlReader.Create(new StringReader(text), new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersFromEntities = 1,
        MaxCharactersInDocument = MaxBytes * 4L,
        CheckCharacters = true,
        ConformanceLevel = ConformanceLevel.Document,
        CloseInput = true,
    });

    private static SsoRefusal Refuse(string code, string message, string? came, string change) => new($"saml.xml.{code}", message, came, change);
}
