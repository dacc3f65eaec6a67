using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.AccessRoles;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Access;

/// <summary>A role as forms offer it.</summary>
/// <param name="Word">As rows name it: a built-in role's name or the slug of one of the organization's own.</param>
public sealed record RoleOption(string Word, string Name, string? About, Role Role);

/// <summary>Which roles a person may hand out at a place: those that hold no more than they do.</summary>
internal static class RoleChoice
{
    /// <summary>The roles that a member or program can have at the organization, its own after the built-in ones.</summary>
    public static IReadOnlyList<RoleOption> Among(Text text, IReadOnlyList<RoleRow> roles)
    {
        var ofOrganization = BuiltInRoles.OfOrganization.Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
        return [.. roles.Where(r => !r.IsArchived && (!r.IsBuiltIn || ofOrganization.Contains(r.Key))).Select(r => new RoleOption(r.Slug ?? r.Key, RoleWords.Name(text, r), RoleWords.About(text, r), new Role(r.Key, r.WidestScope, r.Permissions)))];
    }

    /// <summary>The platform's roles.</summary>
    public static IReadOnlyList<RoleOption> OfPlatform(Text text) =>
        [.. BuiltInRoles.Assignable.Where(r => r.WidestScope == GrantScope.Platform).Select(r => new RoleOption(r.Name, text[$"role.{r.Name}"], text[$"role.{r.Name}.about"], r))];

    /// <param name="organizationId"><see cref="Guid.Empty"/> = the platform.</param>
    public static IReadOnlyList<RoleOption> Of(Actor actor, Guid organizationId, IReadOnlyList<RoleOption> roles) => [.. roles.Where(r => AccessPolicy.MayGrant(actor, r.Role, new AccessTarget(organizationId)))];

    /// <summary>True where the person could have given every one of the roles, and so may take them away.</summary>
    public static bool Covers(Actor actor, Guid organizationId, IReadOnlyList<RoleOption> roles, IEnumerable<string> words) =>
        words.All(word => roles.FirstOrDefault(r => r.Word == word) is not { } role || AccessPolicy.MayGrant(actor, role.Role, new AccessTarget(organizationId)));
}
