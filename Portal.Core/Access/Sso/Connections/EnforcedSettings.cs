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

    /// <summary>True where members can only come in with a signature of the portal.</summary>
    public static bool Signs(SsoConnection connection)
    {
        var settings = connection.Settings;
        return connection.Enforcement != SsoEnforcement.Off && (connection.Kind == SsoKind.Saml ? settings.SignRequests : settings.ClientProof == SsoClientProof.PrivateKey);
    }

    /// <summary>Null where members go on to come in without a certificate: another one holds today, and a sign-in through it has succeeded since it was added.</summary>
    public static async Task<Problem?> RefusesWithoutAsync(ReadScope scope, SsoConnection connection, IReadOnlyList<SsoCertificate> left, CancellationToken cancellationToken)
    {
        var valid = left.Where(c => c.NotBeforeUtc <= scope.NowUtc && c.NotAfterUtc > scope.NowUtc).ToList();
        if (valid.Count == 0) return Problem.Conflict("sso.certificate.noOther", "Single sign-on is enforced, and the other certificate does not hold today: nobody could sign in. Add the one that the provider signs with first.");
        foreach (var certificate in valid)
            if (await SsoUses.AnyAsync(scope, connection, certificate.AddedAtUtc, certificate.Thumbprint, cancellationToken)) return null;
        return Problem.Conflict("sso.certificate.unproven", "Single sign-on is enforced, and nobody has signed in by the other certificate since it was added. Let the provider sign with it, sign in or test once, then remove this one.");
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
