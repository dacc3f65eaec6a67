using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.AccessRoles;

/// <summary>Roles, places and rules in the viewer's words.</summary>
internal static class RoleWords
{
    public static string Name(Text text, RoleRow role) => role.Name ?? text[$"role.{role.Key}"];

    public static string? About(Text text, RoleRow role) => role.IsBuiltIn ? text[$"role.{role.Key}.about"] : role.Description;

    public static string Name(Text text, BindingRow binding) => binding.RoleName ?? Name(text, binding.Role);

    /// <summary>A role by the word that rows carry: a built-in name or a slug.</summary>
    public static string Name(Text text, string? role) => role is null ? "–" : text.Has($"role.{role}") ? text[$"role.{role}"] : role;

    public static string Scope(Text text, GrantScope scope) => text[$"scope.{scope}"];

    public static string Kind(Text text, AccessRuleKind kind) => text[$"rules.kind.{kind}"];

    /// <summary>"costs:read" as a sentence; the permission itself where nobody has written one.</summary>
    public static string Permission(Text text, string permission)
    {
        if (permission.Split(':') is not [var area, var verb] || !text.Has($"permission.area.{area}")) return permission;
        return text.Has($"permission.verb.{verb}") ? text[$"permission.verb.{verb}", text[$"permission.area.{area}"]] : permission;
    }
}
