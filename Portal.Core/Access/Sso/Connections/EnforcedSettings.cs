using System.Text.Json.Nodes;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>
/// What an enforced connection keeps: members come in through it and through nothing else, so what leads to the provider stays as it was tested. One more certificate takes nothing away and is
/// added at any time.
/// </summary>
internal static class EnforcedSettings
{
    /// <summary>What concerns those alone who have come in.</summary>
    private static readonly string[] Free = ["sessionHours", "createPeople", "defaultRole", "allowIdpInitiated"];

    public static Problem? Refuses(SsoConnection connection, string issuer, SsoSettings settings, bool newSecret = false)
    {
        if (connection.Enforcement == SsoEnforcement.Off) return null;
        var (before, after) = (Fields(connection.Settings), Fields(settings));
        var changed = before.Select(p => p.Key).Where(name => !Free.Contains(name, StringComparer.Ordinal) && name != "certificates" && !JsonNode.DeepEquals(before[name], after[name])).ToList();
        if (connection.Settings.Certificates.Any(old => !settings.Certificates.Any(c => c.Thumbprint == old.Thumbprint))) changed.Add("certificates");
        if (newSecret) changed.Insert(0, "clientSecret");
        if (issuer != connection.Issuer) changed.Insert(0, "issuer");
        return changed.Count == 0 ? null : Kept(changed);
    }

    /// <summary>A new key of the portal signs at once; a provider that was given the old one by hand would refuse it.</summary>
    public static Problem? RefusesNewKey(SsoConnection connection)
    {
        var settings = connection.Settings;
        var signs = connection.Kind == SsoKind.Saml ? settings.SignRequests : settings.ClientProof == SsoClientProof.PrivateKey;
        return connection.Enforcement != SsoEnforcement.Off && signs ? Kept(["keys"]) : null;
    }

    private static JsonObject Fields(SsoSettings settings) => JsonNode.Parse(SsoConnection.Write(settings)) as JsonObject ?? [];

    private static Problem Kept(IReadOnlyList<string> fields)
    {
        var named = string.Join(", ", fields);
        return new Problem(
            ProblemKind.Conflict, "sso.enforcedSettings", $"Single sign-on is enforced through this connection, so these stay as they were tested: {named}. Switch the enforcement off, change and test the connection, then enforce it again.",
            [.. fields.Select(f => new FieldError(f, "sso.enforcedSetting", "This stays while single sign-on is enforced."))], [named]);
    }
}
