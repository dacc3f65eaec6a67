using System.Reflection;
using System.Runtime.CompilerServices;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Roles;

/// <summary>One permission and what asks for it.</summary>
/// <param name="UsedBy">The commands and queries by type name, sorted; empty for what code asks for beside them.</param>
public sealed record PermissionRow(string Permission, string Area, string Verb, IReadOnlyList<string> UsedBy);

/// <summary>Every permission there is, read from the commands and queries themselves and from the slices' own lists. Made once.</summary>
public static class PermissionCatalog
{
    public static IReadOnlyList<PermissionRow> All { get; } = Read(typeof(Message).Assembly);

    public static IReadOnlyList<Permission> Permissions { get; } = [.. All.Select(r => new Permission(r.Area, r.Verb))];

    /// <summary>True where a role may name it: it stands for at least one permission.</summary>
    public static bool Knows(string pattern)
    {
        var bare = pattern.StartsWith('-') ? pattern[1..] : pattern;
        return bare.Split(':') is [{ Length: > 0 }, { Length: > 0 }] && Permissions.Any(p => Role.Matches(bare, p));
    }

    private static List<PermissionRow> Read(Assembly core)
    {
        var used = new Dictionary<Permission, SortedSet<string>>();
        SortedSet<string> Of(Permission permission) => used.TryGetValue(permission, out var names) ? names : used[permission] = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in core.GetTypes())
        {
            if (typeof(Message).IsAssignableFrom(type) && type is { IsAbstract: false, IsGenericTypeDefinition: false })
            {
                if (((Message)RuntimeHelpers.GetUninitializedObject(type)).Permission is { } asked) Of(asked).Add(type.Name);
            }
            else if (type is { IsAbstract: true, IsSealed: true } && type.Name.EndsWith("Permissions", StringComparison.Ordinal))
            {
                foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Static))
                    if (field.GetValue(null) is Permission named) Of(named);
            }
        }

        return [.. used.Select(u => new PermissionRow(u.Key.ToString(), u.Key.Area, u.Key.Verb, [.. u.Value])).OrderBy(r => r.Permission, StringComparer.Ordinal)];
    }
}
