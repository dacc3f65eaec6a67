using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Roles;

/// <summary>What a role of the organization's own shall be.</summary>
/// <param name="Permissions"><c>area:verb</c>, wildcards allowed, a leading '-' takes away; each stands for a permission that exists.</param>
public sealed record CustomRoleInput(string? Name, string? Description = null, IReadOnlyList<string>? Permissions = null)
{
    public const int MaxRoles = 200;
    private const int MaxPatterns = 60;

    /// <summary>Null = as before.</summary>
    internal Result<(string Name, string? Description, List<string> Permissions)> Check(CustomRole? current)
    {
        var errors = new List<FieldError>();
        var name = current?.Name ?? "";
        if ((Name is not null || current is null) && TextRule.Check("name", Name, 200, out name) is { } nameError) errors.Add(nameError);
        var description = current?.Description ?? "";
        if (Description is not null && TextRule.Check("description", Description, 1000, out description, required: false, multiLine: true) is { } textError) errors.Add(textError);
        var patterns = new List<string>();
        foreach (var pattern in Permissions ?? current?.Permissions ?? [])
        {
            var clean = pattern?.Trim() ?? "";
            if (!PermissionCatalog.Knows(clean)) errors.Add(new FieldError("permissions", "role.permission", $"'{clean}' stands for no permission: write area:verb as in the list of permissions, with * for all.", Args: [clean]));
            else if (!patterns.Contains(clean, StringComparer.Ordinal)) patterns.Add(clean);
        }

        if (errors.Count == 0 && !patterns.Exists(p => p[0] != '-')) errors.Add(new FieldError("permissions", "role.empty", "A role carries at least one permission."));
        if (patterns.Count > MaxPatterns) errors.Add(new FieldError("permissions", "role.tooManyPermissions", $"At most {MaxPatterns} entries fit; wildcards stand for many.", Args: [MaxPatterns]));
        patterns.Sort(StringComparer.Ordinal);
        return errors.Count > 0 ? Problem.Invalid(errors) : (name, description.Length == 0 ? null : description, patterns);
    }
}

/// <summary>Makes a role for this organization. It carries no more than whoever makes it holds.</summary>
public sealed record CreateCustomRole(string Org, CustomRoleInput Input) : Command<RoleRow>
{
    public override string Action => "role.create";

    public override string OrganizationKey => Org;

    public override Permission? Permission => RolesPermissions.Write;

    public override async Task<Result<RoleRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!Input.Check(null).TryGet(out var wanted, out var problem)) return problem;
        var stem = Slug.Stem(wanted.Name);
        var taken = (await scope.Db.Set<CustomRole>().Where(r => r.Slug.StartsWith(stem)).Select(r => r.Slug).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        // A slug never reads like a built-in role.
        foreach (var role in BuiltInRoles.All) taken.Add(role.Name.ToLowerInvariant());
        if (await scope.Db.Set<CustomRole>().CountAsync(r => !r.IsArchived, cancellationToken) >= CustomRoleInput.MaxRoles)
            return Problem.Refused("role.tooMany", $"An organization has at most {CustomRoleInput.MaxRoles} roles of its own. Archive one that is not used.", CustomRoleInput.MaxRoles);
        var made = new CustomRole
        {
            Id = Ids.New(), OrganizationId = scope.OrganizationId, Slug = Slug.From(wanted.Name, "role", taken), Name = wanted.Name, Description = wanted.Description, Permissions = wanted.Permissions, CreatedAtUtc = scope.NowUtc,
        };
        if (Granting.Refuses(scope.Actor, made.ToRole(), new AccessTarget(scope.OrganizationId), []) is { } refusal) return refusal;
        scope.Db.Add(made);
        scope.Audit("role", made.Id, made.Name);
        scope.Touch(LiveTopic.Roles, made.Id, 1);
        return RoleRow.Of(made, 0, 1);
    }
}

/// <summary>Changes what is given; null = as before. Everybody who holds the role gains or loses at once, so it needs all of the old and the new permissions.</summary>
public sealed record ChangeCustomRole(string Org, string Role, CustomRoleInput Input, long? ExpectedVersion = null) : Command<RoleRow>
{
    public override string Action => "role.change";

    public override string OrganizationKey => Org;

    public override Permission? Permission => RolesPermissions.Write;

    public override async Task<Result<RoleRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await CustomRoleChange.FindAsync(scope, Role, ExpectedVersion, cancellationToken)).TryGet(out var role, out var problem)) return problem;
        if (!Input.Check(role).TryGet(out var wanted, out problem)) return problem;
        var whole = new AccessTarget(scope.OrganizationId);
        if (Granting.Refuses(scope.Actor, role.ToRole(), whole, []) is { } beyond) return beyond;
        (role.Name, role.Description) = (wanted.Name, wanted.Description);
        if (!role.Permissions.SequenceEqual(wanted.Permissions, StringComparer.Ordinal)) role.Permissions = wanted.Permissions;
        if (Granting.Refuses(scope.Actor, role.ToRole(), whole, []) is { } refusal) return refusal;
        return await CustomRoleChange.AnswerAsync(scope, role, cancellationToken);
    }
}

/// <summary>Takes a role out of use; refused while anything names it.</summary>
public sealed record ArchiveCustomRole(string Org, string Role, long? ExpectedVersion = null) : Command<RoleRow>
{
    private const int MaxNamed = 5;

    public override string Action => "role.archive";

    public override string OrganizationKey => Org;

    public override Permission? Permission => RolesPermissions.Write;

    public override async Task<Result<RoleRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await CustomRoleChange.FindAsync(scope, Role, ExpectedVersion, cancellationToken)).TryGet(out var role, out var problem)) return problem;
        var bound = await Bindings.BindingRow.ListAsync(scope, scope.Db.Set<RoleBinding>().Where(b => b.Role == role.Key).OrderBy(b => b.Id).Take(MaxNamed + 1), cancellationToken);
        var rules = await scope.Db.Set<Rules.AccessRule>().Where(r => r.FirstRole == role.Key || r.SecondRole == role.Key).OrderBy(r => r.Name).Select(r => r.Name).Take(MaxNamed).ToListAsync(cancellationToken);
        // Those of service accounts act by the bindings.
        var tokens = await scope.Db.Set<ApiToken>().Where(t => t.OrganizationId == scope.OrganizationId && t.Role == role.Key && t.ServiceAccountId == null && t.RevokedAtUtc == null && t.ExpiresAtUtc > scope.NowUtc)
            .OrderBy(t => t.Name).Select(t => t.Name).Take(MaxNamed).ToListAsync(cancellationToken);
        if (bound.Count + rules.Count + tokens.Count > 0)
        {
            var uses = bound.Take(MaxNamed).Select(b => b.PrincipalName ?? b.PrincipalId.ToString()).Concat(rules).Concat(tokens).ToList();
            var named = string.Join(", ", uses) + (bound.Count > MaxNamed ? ", …" : "");
            return Problem.Conflict("role.inUse", $"{role.Name} is in use: {named}. Take it away there first.", role.Name, named);
        }

        role.IsArchived = true;
        return await CustomRoleChange.AnswerAsync(scope, role, cancellationToken);
    }
}

internal static class CustomRoleChange
{
    public static async Task<Result<CustomRole>> FindAsync(WriteScope scope, string key, long? expected, CancellationToken cancellationToken)
    {
        if (BuiltInRoles.Find(key) is not null) return Problem.Refused("role.builtIn", "Built-in roles are the same everywhere and cannot be changed. Make one of your own.");
        var role = await RoleLookup.Own(scope, key).Where(r => !r.IsArchived).SingleOrDefaultAsync(cancellationToken);
        if (role is null) return Problem.NotFound("role");
        scope.Audit("role", role.Id, role.Name);
        return expected is { } version && version != role.Version ? Problem.Stale("role", role.Version) : role;
    }

    public static async Task<RoleRow> AnswerAsync(WriteScope scope, CustomRole role, CancellationToken cancellationToken)
    {
        var version = NextVersion.Of(scope, role);
        scope.Touch(LiveTopic.Roles, role.Id, version);
        // Whoever holds it is asked for anew, here and on every replica.
        scope.Touch(LiveTopic.Sessions, role.Id, 0, Guid.Empty);
        return RoleRow.Of(role, await scope.Db.Set<RoleBinding>().CountAsync(b => b.Role == role.Key, cancellationToken), version);
    }
}
