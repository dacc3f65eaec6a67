using System.Xml;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Saml;

/// <summary>The eight variants of "On Breaking SAML: Be Whoever You Want to Be" (USENIX Security 2012), and their relatives.</summary>
public sealed class SignatureWrappingTest
{
    private static readonly SamlForge Forge = new();

    /// <summary>XSW1 and XSW2: a new response; the signed one within the signature, or in front of it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ResponseAroundASignedResponse_IsRefused(bool inside)
    {
        var document = SamlForge.Load(Forge.Sign(SamlForge.Response(SamlForge.Assertion()), "_r1"));
        var evil = document.DocumentElement!;
        var original = (XmlElement)evil.CloneNode(true);
        original.RemoveChild(SamlForge.One(original, "Signature"));
        var signature = SamlForge.One(evil, "Signature");
        evil.SetAttribute("ID", "_evil");
        Rename(evil);
        SamlForge.One(evil, "Assertion").SetAttribute("ID", "_evilA");
        if (inside) signature.AppendChild(original);
        else evil.InsertBefore(original, signature);
        Refused(document, "saml.response.count");
    }

    /// <summary>XSW3: an evil assertion in front of the signed one.</summary>
    [Fact]
    public void EvilAssertionInFront_IsRefused()
    {
        var (document, original, evil) = Pair();
        document.DocumentElement!.InsertBefore(evil, original);
        Refused(document, "saml.assertion.count");
    }

    /// <summary>XSW4: the signed assertion within the evil one.</summary>
    [Fact]
    public void SignedAssertionInsideTheEvilOne_IsRefused()
    {
        var (document, original, evil) = Pair();
        document.DocumentElement!.ReplaceChild(evil, original);
        evil.AppendChild(original);
        Refused(document, "saml.assertion.count");
    }

    /// <summary>XSW5: the evil assertion carries the signature, the original stands at the end.</summary>
    [Fact]
    public void EvilAssertionWithTheSignature_IsRefused()
    {
        var (document, original, evil) = Pair();
        evil.InsertAfter(original.RemoveChild(SamlForge.One(original, "Signature")), evil.FirstChild);
        document.DocumentElement!.InsertBefore(evil, original);
        Refused(document, "saml.assertion.count");
    }

    /// <summary>XSW6: the original within the signature of the evil one.</summary>
    [Fact]
    public void OriginalInsideTheSignature_IsRefused()
    {
        var (document, original, evil) = Pair();
        var signature = (XmlElement)original.RemoveChild(SamlForge.One(original, "Signature"));
        document.DocumentElement!.ReplaceChild(evil, original);
        evil.InsertAfter(signature, evil.FirstChild);
        signature.AppendChild(original);
        Refused(document, "saml.assertion.count");
    }

    /// <summary>XSW7: the evil assertion within Extensions.</summary>
    [Fact]
    public void EvilAssertionInExtensions_IsRefused()
    {
        var (document, original, evil) = Pair();
        var extensions = document.CreateElement("samlp", "Extensions", SamlNames.Protocol);
        extensions.AppendChild(evil);
        document.DocumentElement!.InsertBefore(extensions, original);
        Refused(document, "saml.assertion.count");
    }

    /// <summary>XSW8: the original within an Object of the signature of the evil one.</summary>
    [Fact]
    public void OriginalInsideAnObject_IsRefused()
    {
        var (document, original, evil) = Pair();
        var signature = (XmlElement)original.RemoveChild(SamlForge.One(original, "Signature"));
        document.DocumentElement!.ReplaceChild(evil, original);
        evil.InsertAfter(signature, evil.FirstChild);
        var box = document.CreateElement("Object", SamlNames.Signature);
        box.AppendChild(original);
        signature.AppendChild(box);
        Refused(document, "saml.assertion.count");
    }

    [Fact]
    public void OnlyAssertionInExtensions_IsRefused()
    {
        var document = SamlForge.Load(Forge.Good());
        var extensions = document.CreateElement("samlp", "Extensions", SamlNames.Protocol);
        extensions.AppendChild(SamlForge.One(document, "Assertion"));
        document.DocumentElement!.AppendChild(extensions);
        Refused(document, "saml.assertion.place");
    }

    [Fact]
    public void EvilAssertionWithTheSameId_IsRefused()
    {
        var (document, original, evil) = Pair();
        evil.SetAttribute("ID", "_a1");
        document.DocumentElement!.InsertBefore(evil, original);
        Refused(document, "saml.id.duplicate");
    }

    [Theory]
    [InlineData("Id")]
    [InlineData("id")]
    [InlineData("xml:id")]
    public void SameIdUnderAnotherName_IsRefused(string attribute)
    {
        var document = SamlForge.Load(Forge.Good());
        SamlForge.One(document, "Status").SetAttribute(attribute, "_a1");
        Refused(document, "saml.id.duplicate");
    }

    [Fact]
    public void SignatureElsewhere_IsRefused()
    {
        var document = SamlForge.Load(Forge.Good());
        var signature = SamlForge.One(document, "Signature");
        SamlForge.One(document, "Status").AppendChild(signature);
        Refused(document, "saml.signature.place");
    }

    [Fact]
    public void TwoSignaturesOnOneElement_AreRefused()
    {
        var document = SamlForge.Load(Forge.Good());
        var signature = SamlForge.One(document, "Signature");
        signature.ParentNode!.InsertAfter(signature.CloneNode(true), signature);
        Refused(document, "saml.signature.count");
    }

    /// <summary>The signature of one element moved to another: what it names is not where it stands.</summary>
    [Fact]
    public void SignatureOfTheAssertionOnTheResponse_IsRefused()
    {
        var document = SamlForge.Load(Forge.Good());
        document.DocumentElement!.InsertAfter(SamlForge.One(document, "Signature"), document.DocumentElement.FirstChild);
        Refused(document, "saml.signature.reference");
    }

    [Theory]
    [InlineData("")]
    [InlineData("#_r1")]
    [InlineData("#xpointer(id('_a1'))")]
    [InlineData("_a1")]
    [InlineData("https://evil.example/a1")]
    public void ReferenceToSomethingElse_IsRefused(string uri)
    {
        var document = SamlForge.Load(Forge.Good());
        SamlForge.One(document, "Reference").SetAttribute("URI", uri);
        Refused(document, "saml.signature.reference");
    }

    [Fact]
    public void TwoReferences_AreRefused()
    {
        var document = SamlForge.Load(Forge.Good());
        var reference = SamlForge.One(document, "Reference");
        reference.ParentNode!.AppendChild(reference.CloneNode(true));
        Refused(document, "saml.signature.references");
    }

    [Fact]
    public void ObjectInTheSignature_IsRefused()
    {
        var document = SamlForge.Load(Forge.Good());
        SamlForge.One(document, "Signature").AppendChild(document.CreateElement("Object", SamlNames.Signature));
        Refused(document, "saml.signature.shape");
    }

    /// <summary>The real signed assertion is what is read, even where the response around it lies.</summary>
    [Fact]
    public void UnsignedResponseAroundASignedAssertion_CannotChangeWhoItIs()
    {
        var document = SamlForge.Load(Forge.Good());
        var evil = document.CreateElement("saml", "Subject", SamlNames.Assertion);
        evil.InnerXml = """<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">admin@example.com</saml:NameID>""";
        document.DocumentElement!.AppendChild(evil);
        Forge.Check(document.OuterXml).TryGet(out var person, out _).ShouldBeTrue();
        person!.NameId.ShouldBe("ann@example.com");
    }

    private static (XmlDocument Document, XmlElement Original, XmlElement Evil) Pair()
    {
        var document = SamlForge.Load(Forge.Good());
        var original = SamlForge.ById(document, "_a1");
        var evil = (XmlElement)original.CloneNode(true);
        evil.RemoveChild(SamlForge.One(evil, "Signature"));
        evil.SetAttribute("ID", "_evil");
        Rename(evil);
        return (document, original, evil);
    }

    private static void Rename(XmlElement element) => SamlForge.One(element, "NameID").InnerText = "admin@example.com";

    private static void Refused(XmlDocument document, string code)
    {
        var refusal = Forge.Check(document.OuterXml).Refusal.ShouldNotBeNull();
        refusal.Code.ShouldBe(code);
        refusal.Change.ShouldNotBeEmpty();
    }
}
