using System.Xml;

namespace Hexabase.Portal.Access.Sso.Saml;

/// <summary>Reads an assertion whose signature is right already (core sections 2.3 to 2.7, profiles section 4.1.4.3).</summary>
internal static class SamlAssertion
{
    public const int MaxValues = 5_000;
    public const int MaxNameChars = 1_024;
    private const string Clocks = "Set the clocks of the provider and of the portal; one minute of difference is allowed.";
    private const string NotSaml = "Check that the provider sends SAML 2.0 assertions of the Web Browser SSO profile.";

    public static Checked<SamlSignIn> Read(XmlElement assertion, string? responseAnswers, SamlExpectation expected, DateTimeOffset now)
    {
        if (SamlXml.Attribute(assertion, "Version") != "2.0") return Refuse("version", "The assertion is not of SAML 2.0.", SsoRefusal.Show(SamlXml.Attribute(assertion, "Version")), "Set the provider to SAML 2.0.");
        if (SamlXml.Attribute(assertion, "ID") is not { } id || !SamlSignature.IsId(id)) return Refuse("id", "The assertion has no usable ID.", null, NotSaml);
        if (!Time(assertion, "IssueInstant", out var issuedAt) || issuedAt is null) return Refuse("time", "The assertion does not say when it was made.", null, NotSaml);
        if (Issued(issuedAt.Value, now) is { } issued) return issued;
        if (!SamlXml.TryChild(assertion, "Issuer", SamlNames.Assertion, out var issuer) || !IsIssuer(issuer, expected))
            return Refuse("issuer", "The assertion comes from another provider.", SsoRefusal.Show(SamlXml.Leaf(issuer)), "Compare the provider's entity id with the one set up here.");

        if (!SamlXml.TryChild(assertion, "Subject", SamlNames.Assertion, out var subject) || subject is null) return Refuse("subject", "The assertion is about nobody.", null, NotSaml);
        if (SamlXml.Children(subject, "EncryptedID", SamlNames.Assertion).Any()) return Refuse("encryptedId", "The person's name is encrypted by itself, which is not supported.", null, "Set the provider to encrypt the whole assertion instead.");
        if (!SamlXml.TryChild(subject, "NameID", SamlNames.Assertion, out var nameId) || nameId is null) return Refuse("nameId", "The assertion does not name the person.", null, "Set the provider to send a NameID, best of the format persistent.");
        if (SamlXml.Leaf(nameId) is not { Length: > 0 and <= MaxNameChars } name || name.Any(char.IsControl)) return Refuse("nameId.shape", "The person's name is not plain text.", null, "Set the provider to send a plain NameID; if it does, somebody changed the message.");
        if (Confirmation(subject, expected, now, out var answers, out var until) is { } confirmation) return confirmation;
        if (Answers(answers, responseAnswers, expected) is { } other) return other;
        if (Conditions(assertion, expected, now) is { } conditions) return conditions;
        if (!Authentication(assertion, expected, now).TryGet(out var statement, out var refusal)) return refusal;
        if (!Attributes(assertion, out var attributes)) return Refuse("attributes", "The assertion has too many attributes.", null, "Send only what the portal needs: name, e-mail address and groups.");

        return new SamlSignIn(expected.ProviderId, id, name, SamlXml.Attribute(nameId, "Format"), statement.Index, statement.At, statement.EndsAt, statement.Context, attributes, answers, SsoClock.Remember(until, now));
    }

    /// <summary>Core section 8.3.6: an issuer is named as an entity, and by nothing that qualifies the name.</summary>
    public static bool IsIssuer(XmlElement? issuer, SamlExpectation expected) =>
        issuer is not null && SamlXml.Leaf(issuer) == expected.ProviderId && SamlXml.Attribute(issuer, "Format") is null or SamlNames.EntityFormat && SamlXml.Attribute(issuer, "NameQualifier") is null && SamlXml.Attribute(issuer, "SPNameQualifier") is null;

    public static SsoRefusal? Issued(DateTimeOffset at, DateTimeOffset now)
    {
        if (SsoClock.IsAhead(at, now)) return Refuse("future", "The message was made in the future.", SsoRefusal.Show(at), Clocks);
        return SsoClock.IsOld(at, now) ? Refuse("old", "The message was made long ago.", SsoRefusal.Show(at), Clocks) : null;
    }

    private static SsoRefusal? Confirmation(XmlElement subject, SamlExpectation expected, DateTimeOffset now, out string? answers, out DateTimeOffset until)
    {
        (answers, until) = (null, default);
        SsoRefusal? why = null;
        foreach (var confirmation in SamlXml.Children(subject, "SubjectConfirmation", SamlNames.Assertion))
        {
            if (SamlXml.Attribute(confirmation, "Method") != SamlNames.Bearer) continue;
            if (!SamlXml.TryChild(confirmation, "SubjectConfirmationData", SamlNames.Assertion, out var data) || data is null)
            {
                why ??= Refuse("confirmation", "The assertion does not say where and until when it counts.", null, NotSaml);
                continue;
            }

            if (Bearer(data, expected, now, out until) is { } refusal)
            {
                why ??= refusal;
                continue;
            }

            answers = SamlXml.Attribute(data, "InResponseTo");
            return null;
        }

        return why ?? Refuse("confirmation", "The assertion is not one for whoever brings it (bearer).", null, NotSaml);
    }

    private static SsoRefusal? Bearer(XmlElement data, SamlExpectation expected, DateTimeOffset now, out DateTimeOffset until)
    {
        until = default;
        var recipient = SamlXml.Attribute(data, "Recipient");
        if (recipient != expected.ConsumerAddress.AbsoluteUri) return Refuse("recipient", "The assertion was made for another address.", SsoRefusal.Show(recipient), $"Set the provider's assertion consumer address to {expected.ConsumerAddress.AbsoluteUri}.");
        if (!Time(data, "NotOnOrAfter", out var end) || end is null) return Refuse("confirmation", "The assertion does not say until when it counts.", null, NotSaml);
        if (!Time(data, "NotBefore", out var start)) return Refuse("time", "A time of the assertion cannot be read.", null, NotSaml);
        if (SsoClock.IsOver(end.Value, now)) return Refuse("expired", "The assertion is expired.", SsoRefusal.Show(end.Value), Clocks);
        if (start is { } first && SsoClock.IsAhead(first, now)) return Refuse("early", "The assertion does not count yet.", SsoRefusal.Show(first), Clocks);
        until = end.Value;
        return null;
    }

    private static SsoRefusal? Answers(string? answers, string? responseAnswers, SamlExpectation expected)
    {
        const string restart = "Start the sign-in again from the portal, in one browser, with cookies switched on.";
        if (expected.RequestId is { } request)
        {
            if (answers is null && expected.AllowUnsolicited && responseAnswers is null) return null;
            return answers == request && (responseAnswers is null || responseAnswers == request)
                ? null
                : Refuse("inResponseTo", "The answer does not belong to the sign-in that this browser began (InResponseTo).", SsoRefusal.Show(answers ?? responseAnswers), restart);
        }

        if (!expected.AllowUnsolicited) return Refuse("unsolicited", "Nobody asked the provider for this sign-in.", null, "Start the sign-in from the portal, or allow sign-ins that start at the provider for this connection.");
        return answers is null && responseAnswers is null ? null : Refuse("inResponseTo", "The answer belongs to a sign-in that this browser did not begin (InResponseTo).", SsoRefusal.Show(answers ?? responseAnswers), restart);
    }

    private static SsoRefusal? Conditions(XmlElement assertion, SamlExpectation expected, DateTimeOffset now)
    {
        if (!SamlXml.TryChild(assertion, "Conditions", SamlNames.Assertion, out var conditions) || conditions is null) return Refuse("conditions", "The assertion does not say for whom it counts.", null, NotSaml);
        if (!Time(conditions, "NotBefore", out var start) || !Time(conditions, "NotOnOrAfter", out var end)) return Refuse("time", "A time of the assertion cannot be read.", null, NotSaml);
        if (start is { } first && SsoClock.IsAhead(first, now)) return Refuse("early", "The assertion does not count yet.", SsoRefusal.Show(first), Clocks);
        if (end is { } last && SsoClock.IsOver(last, now)) return Refuse("expired", "The assertion is expired.", SsoRefusal.Show(last), Clocks);
        var restrictions = 0;
        foreach (var condition in conditions.ChildNodes.OfType<XmlElement>())
        {
            switch (condition)
            {
                case { NamespaceURI: SamlNames.Assertion, LocalName: "AudienceRestriction" }:
                    restrictions++;
                    var audiences = SamlXml.Children(condition, "Audience", SamlNames.Assertion).Select(SamlXml.Leaf).ToList();
                    if (!audiences.Contains(expected.PortalId)) return Refuse("audience", "The assertion is for another application.", SsoRefusal.Show(string.Join(", ", audiences.Take(5))), $"Set the audience (entity id) at the provider to {expected.PortalId}.");
                    break;
                case { NamespaceURI: SamlNames.Assertion, LocalName: "OneTimeUse" or "ProxyRestriction" }:
                    // Every assertion is used once here and passed on to nobody.
                    break;
                default:
                    // Core section 2.5.1: a condition that is not understood makes the assertion indeterminate.
                    return Refuse("condition", "The assertion holds a condition that is not known.", SsoRefusal.Show(condition.Name), "Remove this condition at the provider.");
            }
        }

        return restrictions > 0 ? null : Refuse("audience.missing", "The assertion does not say for which application it is.", null, $"Set the audience (entity id) at the provider to {expected.PortalId}.");
    }

    private static Checked<Statement> Authentication(XmlElement assertion, SamlExpectation expected, DateTimeOffset now)
    {
        if (!SamlXml.TryChild(assertion, "AuthnStatement", SamlNames.Assertion, out var statement)) return Refuse("authentication", "The assertion tells of several sign-ins.", null, NotSaml);
        if (statement is null || !Time(statement, "AuthnInstant", out var at) || at is null || !Time(statement, "SessionNotOnOrAfter", out var ends)) return Refuse("authentication", "The assertion does not say when the person signed in.", null, NotSaml);
        if (SsoClock.IsAhead(at, now)) return Refuse("future", "The person signed in in the future.", SsoRefusal.Show(at.Value), Clocks);
        if (ends is { } end && SsoClock.IsOver(end, now)) return Refuse("session", "The person's session at the provider is over.", SsoRefusal.Show(end), "Sign in at the provider again.");
        string? context = null;
        if (SamlXml.TryChild(statement, "AuthnContext", SamlNames.Assertion, out var outer) && outer is not null && SamlXml.TryChild(outer, "AuthnContextClassRef", SamlNames.Assertion, out var reference)) context = SamlXml.Leaf(reference);
        if (expected.AcceptedContexts is { Count: > 0 } accepted && (context is null || !accepted.Contains(context, StringComparer.Ordinal)))
            return Refuse("context", "The person did not sign in strongly enough (AuthnContextClassRef).", SsoRefusal.Show(context), $"Let the provider ask for one of: {string.Join(", ", accepted)}.");
        return new Statement(at.Value, ends, SamlXml.Attribute(statement, "SessionIndex"), context);
    }

    private static bool Attributes(XmlElement assertion, out IReadOnlyDictionary<string, IReadOnlyList<string>> attributes)
    {
        var found = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        attributes = new Dictionary<string, IReadOnlyList<string>>();
        var count = 0;
        foreach (var attribute in SamlXml.Children(assertion, "AttributeStatement", SamlNames.Assertion).SelectMany(s => SamlXml.Children(s, "Attribute", SamlNames.Assertion)))
        {
            if (SamlXml.Attribute(attribute, "Name") is not { Length: > 0 and <= MaxNameChars } name) continue;
            foreach (var value in SamlXml.Children(attribute, "AttributeValue", SamlNames.Assertion).Select(SamlXml.Leaf))
            {
                if (++count > MaxValues) return false;
                if (value is not { Length: > 0 and <= MaxNameChars }) continue;
                if (!found.TryGetValue(name, out var values)) found.Add(name, values = []);
                values.Add(value);
            }
        }

        attributes = found.ToDictionary(f => f.Key, IReadOnlyList<string> (f) => f.Value, StringComparer.Ordinal);
        return true;
    }

    /// <summary>False where the attribute is there and is no time in UTC.</summary>
    private static bool Time(XmlElement element, string name, out DateTimeOffset? value)
    {
        value = null;
        if (SamlXml.Attribute(element, name) is not { } text) return true;
        if (!SamlXml.TryTime(text, out var time)) return false;
        value = time;
        return true;
    }

    private static SsoRefusal Refuse(string code, string message, string? came, string change) => new($"saml.{code}", message, came, change);

    private sealed record Statement(DateTimeOffset At, DateTimeOffset? EndsAt, string? Index, string? Context);
}
