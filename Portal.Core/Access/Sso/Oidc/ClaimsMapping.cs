using System.Text.Json;
using Hexabase.Portal.Access.Sso.Jose;

namespace Hexabase.Portal.Access.Sso.Oidc;

/// <summary>Which claims mean what. A claim of claims is a path: Keycloak's roles are ["realm_access", "roles"].</summary>
/// <param name="UserName">The first claim of these that holds a string.</param>
/// <param name="RoleOfGroup">Group or role as the provider names it → role of the portal.</param>
public sealed record ClaimsMapping(IReadOnlyList<string> UserName, IReadOnlyList<string> Groups, IReadOnlyList<string> Roles, IReadOnlyDictionary<string, string> RoleOfGroup)
{
    public const int MaxGroups = 5_000;
    public const int MaxTextChars = 320;

    public static ClaimsMapping Default { get; } = new(["preferred_username", "email"], ["groups"], ["roles"], new Dictionary<string, string>());

    public Checked<MappedIdentity> Map(IdToken token, JsonMembers? userInfo)
    {
        // OpenID Connect Core section 5.3.2: without this check, another person's userinfo could be slipped in.
        if (userInfo is not null && userInfo.Text("sub") != token.Subject)
            return new SsoRefusal("oidc.userinfo.subject", "The provider's userinfo is about another person than the ID token.", SsoRefusal.Hide(userInfo.Text("sub")), "Start the sign-in again; if it repeats, ask the provider's operator.");
        if (!TryList(token.Claims, userInfo, Groups, out var groups)) return Malformed(Groups);
        if (!TryList(token.Claims, userInfo, Roles, out var roles)) return Malformed(Roles);
        if (groups.Count + roles.Count > MaxGroups) return new SsoRefusal("oidc.groups.count", "The provider sent too many groups.", FormattableString.Invariant($"{groups.Count + roles.Count} groups and roles"), "Send only the groups that are assigned to the application.");
        var all = groups.Concat(roles).Distinct(StringComparer.Ordinal).ToList();
        return new MappedIdentity(
            token.Issuer,
            token.Subject,
            UserName.Select(name => Text(token.Claims, userInfo, name)).FirstOrDefault(t => t is not null),
            Text(token.Claims, userInfo, "email"),
            IsTrue(token.Claims, userInfo, "email_verified"),
            Text(token.Claims, userInfo, "name"),
            all,
            [.. all.Where(RoleOfGroup.ContainsKey).Select(g => RoleOfGroup[g]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Overage(token.Claims));
    }

    /// <summary>Entra leaves the list out above 200 groups and leaves a marker instead: then "no groups" means "ask Microsoft Graph", not "none".</summary>
    private bool Overage(JsonMembers claims)
    {
        if (Groups is not [var name]) return false;
        if (claims.TryGet("_claim_names", out var names) && names.ValueKind == JsonValueKind.Object && names.TryGetProperty(name, out _)) return true;
        return claims.TryGet("hasgroups", out var marker) && (marker.ValueKind == JsonValueKind.True || (marker.ValueKind == JsonValueKind.String && marker.ValueEquals("true")));
    }

    private static bool TryList(JsonMembers token, JsonMembers? userInfo, IReadOnlyList<string> path, out IReadOnlyList<string> values)
    {
        values = [];
        if (path.Count == 0) return true;
        if (!Find(token, path, out var found) && (userInfo is null || !Find(userInfo, path, out found))) return true;
        switch (found.ValueKind)
        {
            case JsonValueKind.Null:
                return true;
            case JsonValueKind.String:
                values = [found.GetString() ?? ""];
                break;
            case JsonValueKind.Array when found.EnumerateArray().All(g => g.ValueKind == JsonValueKind.String):
                values = [.. found.EnumerateArray().Select(g => g.GetString() ?? "")];
                break;
            default:
                return false;
        }

        return values.All(v => v.Length is > 0 and <= MaxTextChars);
    }

    private static bool Find(JsonMembers members, IReadOnlyList<string> path, out JsonElement found)
    {
        if (!members.TryGet(path[0], out found)) return false;
        foreach (var name in path.Skip(1))
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(name, out found)) return false;
        }

        return true;
    }

    private static string? Text(JsonMembers token, JsonMembers? userInfo, string name) => (token.Text(name) ?? userInfo?.Text(name)) is { Length: > 0 and <= MaxTextChars } text ? text : null;

    // The word on the address must come from where the address comes from; only a real true counts.
    private static bool IsTrue(JsonMembers token, JsonMembers? userInfo, string name) => (token.Has("email") ? token : userInfo) is { } source && source.TryGet(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static SsoRefusal Malformed(IReadOnlyList<string> path) =>
        new("oidc.groups.malformed", "The claim with the groups or roles is not a list of names.", SsoRefusal.Show(string.Join(" / ", path)), "Enter the claim that holds the groups, or change how the provider writes it.");
}

/// <summary>Who signed in, as the connection's mapping reads it. A person is issuer and subject; an address that the provider did not verify links to nobody.</summary>
/// <param name="Groups">Groups and roles as the provider names them.</param>
/// <param name="Roles">Roles of the portal that the mapping gives, sorted.</param>
/// <param name="GroupsAreElsewhere">The provider left the groups out because there are too many; they must be asked for.</param>
public sealed record MappedIdentity(string Issuer, string Subject, string? UserName, string? Email, bool EmailVerified, string? DisplayName, IReadOnlyList<string> Groups, IReadOnlyList<string> Roles, bool GroupsAreElsewhere);
