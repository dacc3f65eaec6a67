using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Roles;

/// <summary>A role: a name and the permissions it carries, as <c>area:verb</c>, <c>area:*</c>, <c>*:verb</c> or <c>*:*</c>; a leading '-' takes one away.</summary>
/// <param name="Name">Of a built-in role its name (lower-camel), of an organization's own its id.</param>
public sealed record Role(string Name, GrantScope WidestScope, IReadOnlyList<string> Permissions)
{
    /// <summary>The narrowest place at which it is of use.</summary>
    public GrantScope NarrowestScope { get; init; } = WidestScope;

    /// <summary>The role that a grant names; null where there is none (any more).</summary>
    public static Role? Of(Grant grant) => grant.Permissions is { } own ? new Role(grant.Role, GrantScope.Organization, own) { NarrowestScope = GrantScope.Project } : BuiltInRoles.Find(grant.Role);

    public bool Allows(Permission permission)
    {
        var allowed = false;
        foreach (var pattern in Permissions)
        {
            if (pattern[0] == '-')
            {
                if (Matches(pattern.AsSpan(1), permission)) return false;
            }
            else if (!allowed && Matches(pattern, permission))
            {
                allowed = true;
            }
        }

        return allowed;
    }

    /// <summary>True where the role carries all that the other does.</summary>
    public bool Covers(Role wanted)
    {
        foreach (var pattern in wanted.Permissions)
        {
            if (pattern[0] != '-' && !Allows(AsPermission(pattern))) return false;
        }

        return Permissions.Where(p => p[0] == '-').All(p => wanted.Permissions.Contains(p) || !wanted.Permissions.Contains("*:*"));
    }

    /// <summary>True where each of the role's permissions is carried by one of several; what is taken away from one of them is not given by its wildcards.</summary>
    public bool IsCoveredBy(IReadOnlyList<Role> several) => Permissions.All(pattern => pattern[0] == '-' || several.Any(s =>
        s.Allows(AsPermission(pattern)) && s.Permissions.Where(p => p[0] == '-').All(p => Permissions.Contains(p) || !Overlap(p.AsSpan(1), pattern))));

    internal static bool Matches(ReadOnlySpan<char> pattern, Permission permission)
    {
        var colon = pattern.IndexOf(':');
        // A named scope (scim) stands for all of its area.
        if (colon < 0) return pattern.SequenceEqual(permission.Area);
        var area = pattern[..colon];
        var verb = pattern[(colon + 1)..];
        return (area is "*" || area.SequenceEqual(permission.Area)) && (verb is "*" || verb.SequenceEqual(permission.Verb));
    }

    private static Permission AsPermission(string pattern)
    {
        var colon = pattern.IndexOf(':', StringComparison.Ordinal);
        return new Permission(pattern[..colon], pattern[(colon + 1)..]);
    }

    private static bool Overlap(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var (colonA, colonB) = (a.IndexOf(':'), b.IndexOf(':'));
        return Meet(a[..colonA], b[..colonB]) && Meet(a[(colonA + 1)..], b[(colonB + 1)..]);

        static bool Meet(ReadOnlySpan<char> x, ReadOnlySpan<char> y) => x is "*" || y is "*" || x.SequenceEqual(y);
    }
}
