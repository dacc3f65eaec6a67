using Hexabase.Portal.Access.Conditions;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Rules;

/// <summary>A rule as lists show it.</summary>
/// <param name="FirstRole">A built-in role's name or the slug of one of the organization's own.</param>
public sealed record AccessRuleRow(Guid Id, string Name, AccessRuleKind Kind, string? Permission, string? Condition, string? FirstRole, string? SecondRole, DateTime CreatedAtUtc, long Version);

/// <summary>What a rule shall say.</summary>
/// <param name="Kind">deny, allowOnlyIf or separateRoles; cannot be changed later.</param>
/// <param name="Permission">What it concerns: <c>area:verb</c>, wildcards allowed. Of deny and allowOnlyIf.</param>
/// <param name="Condition">As in docs/access/conditions.md; of deny null = always.</param>
/// <param name="FirstRole">With <paramref name="SecondRole"/> the pair that separateRoles keeps apart.</param>
public sealed record AccessRuleInput(string? Name, string? Kind = null, string? Permission = null, string? Condition = null, string? FirstRole = null, string? SecondRole = null)
{
    public const int MaxRules = 100;
    private static readonly string Kinds = string.Join(", ", Enum.GetValues<AccessRuleKind>().Select(Words.Of));

    internal sealed record Checked(string Name, AccessRuleKind Kind, string? Permission, string? Condition, string? FirstRole, string? SecondRole);

    internal async Task<Result<Checked>> CheckAsync(ReadScope scope, AccessRule? current, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (TextRule.Check("name", Name, 200, out var name) is { } nameError) errors.Add(nameError);
        if (!Words.TryParse<AccessRuleKind>(Kind ?? (current is null ? null : Words.Of(current.Kind)), out var kind) || (current is not null && kind != current.Kind))
            errors.Add(new FieldError("kind", "rule.kind", $"kind is one of {Kinds}, and stays as it was made.", Args: [Kinds]));
        if (errors.Count == 0 && await scope.Db.Set<AccessRule>().AnyAsync(r => r.Name == name && (current == null || r.Id != current.Id), cancellationToken))
            errors.Add(new FieldError("name", "rule.nameTaken", "Another rule has this name: names tell people which rule refused them."));
        var (first, second) = (default(string), default(string));
        Condition? condition = null;
        if (kind == AccessRuleKind.SeparateRoles)
        {
            first = (await RoleLookup.FindAsync(scope, FirstRole, cancellationToken))?.Name;
            second = (await RoleLookup.FindAsync(scope, SecondRole, cancellationToken))?.Name;
            if (first is null) errors.Add(RoleLookup.Unknown with { Field = "firstRole" });
            if (second is null) errors.Add(RoleLookup.Unknown with { Field = "secondRole" });
            else if (first == second) errors.Add(new FieldError("secondRole", "rule.sameRole", "A pair has two different roles."));
        }
        else
        {
            if (Permission is null || Permission.StartsWith('-') || !PermissionCatalog.Knows(Permission)) errors.Add(new FieldError("permission", "role.permission", $"'{Permission}' stands for no permission: write area:verb as in the list of permissions, with * for all.", Args: [Permission]));
            if (!string.IsNullOrWhiteSpace(Condition) && !Conditions.Condition.TryParse(Condition, out condition, out var wrong)) errors.Add(wrong.ToField("condition"));
            else if (condition is null && kind == AccessRuleKind.AllowOnlyIf) errors.Add(new FieldError("condition", "rule.conditionMissing", "A rule that allows only under a condition needs the condition."));
        }

        return errors.Count > 0 ? Problem.Invalid(errors) : new Checked(name, kind, kind == AccessRuleKind.SeparateRoles ? null : Permission, condition?.Text, first, second);
    }
}

/// <summary>The rules of the organization by name.</summary>
public sealed record ListAccessRules(string Org) : Query<IReadOnlyList<AccessRuleRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => RolesPermissions.Read;

    public override async Task<Result<IReadOnlyList<AccessRuleRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var rules = await scope.Db.Set<AccessRule>().AsNoTracking().OrderBy(r => r.Name).ThenBy(r => r.Id).ToListAsync(cancellationToken);
        var own = await RoleLookup.NamesAsync(scope, rules.SelectMany(r => new[] { r.FirstRole ?? "", r.SecondRole ?? "" }), cancellationToken);
        return rules.ConvertAll(r => AccessRuleChange.ToRow(r, own, r.Version));
    }
}

/// <summary>Makes a rule; one that would refuse whoever makes it the right to change it is not made.</summary>
public sealed record CreateAccessRule(string Org, AccessRuleInput Input) : Command<AccessRuleRow>
{
    public override string Action => "accessRule.create";

    public override string OrganizationKey => Org;

    public override Permission? Permission => RolesPermissions.Write;

    public override async Task<Result<AccessRuleRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await Input.CheckAsync(scope, null, cancellationToken)).TryGet(out var wanted, out var problem)) return problem;
        if (await scope.Db.Set<AccessRule>().CountAsync(cancellationToken) >= AccessRuleInput.MaxRules)
            return Problem.Refused("rule.tooMany", $"An organization has at most {AccessRuleInput.MaxRules} rules. Join or remove some.", AccessRuleInput.MaxRules);
        var rule = new AccessRule
        {
            Id = Ids.New(), OrganizationId = scope.OrganizationId, Name = wanted.Name, Kind = wanted.Kind, Permission = wanted.Permission, Condition = wanted.Condition, FirstRole = wanted.FirstRole, SecondRole = wanted.SecondRole, CreatedAtUtc = scope.NowUtc,
        };
        scope.Audit("accessRule", rule.Id, rule.Name);
        if (await AccessRuleChange.LocksOutAsync(scope, rule, cancellationToken) is { } refusal) return refusal;
        scope.Db.Add(rule);
        return await AccessRuleChange.AnswerAsync(scope, rule, cancellationToken);
    }
}

/// <summary>Replaces what a rule says, its kind excepted.</summary>
public sealed record ChangeAccessRule(string Org, Guid Id, AccessRuleInput Input, long? ExpectedVersion = null) : Command<AccessRuleRow>
{
    public override string Action => "accessRule.change";

    public override string OrganizationKey => Org;

    public override Permission? Permission => RolesPermissions.Write;

    public override async Task<Result<AccessRuleRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await AccessRuleChange.FindAsync(scope, Id, ExpectedVersion, cancellationToken)).TryGet(out var rule, out var problem)) return problem;
        if (!(await Input.CheckAsync(scope, rule, cancellationToken)).TryGet(out var wanted, out problem)) return problem;
        (rule.Name, rule.Permission, rule.Condition, rule.FirstRole, rule.SecondRole) = (wanted.Name, wanted.Permission, wanted.Condition, wanted.FirstRole, wanted.SecondRole);
        if (await AccessRuleChange.LocksOutAsync(scope, rule, cancellationToken) is { } refusal) return refusal;
        return await AccessRuleChange.AnswerAsync(scope, rule, cancellationToken);
    }
}

/// <summary>Removes a rule; the audit log keeps what it said.</summary>
public sealed record RemoveAccessRule(string Org, Guid Id, long? ExpectedVersion = null) : Command<Done>
{
    public override string Action => "accessRule.remove";

    public override string OrganizationKey => Org;

    public override Permission? Permission => RolesPermissions.Write;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await AccessRuleChange.FindAsync(scope, Id, ExpectedVersion, cancellationToken)).TryGet(out var rule, out var problem)) return problem;
        scope.Db.Remove(rule);
        AccessRuleChange.Touch(scope, rule, 0);
        return default(Done);
    }
}

internal static class AccessRuleChange
{
    public static async Task<Result<AccessRule>> FindAsync(WriteScope scope, Guid id, long? expected, CancellationToken cancellationToken)
    {
        var rule = await scope.Db.Set<AccessRule>().SingleOrDefaultAsync(r => r.Id == id, cancellationToken);
        if (rule is null) return Problem.NotFound("accessRule");
        scope.Audit("accessRule", rule.Id, rule.Name);
        return expected is { } version && version != rule.Version ? Problem.Stale("accessRule", rule.Version) : rule;
    }

    /// <summary>A refusal where whoever saves the rule could not change it any more under the rules as they would be.</summary>
    public static async Task<Problem?> LocksOutAsync(WriteScope scope, AccessRule rule, CancellationToken cancellationToken)
    {
        var others = await scope.Db.Set<AccessRule>().AsNoTracking().Where(r => r.Id != rule.Id).ToListAsync(cancellationToken);
        var rules = new RuleSet(scope.OrganizationId, others.Append(rule).Select(AccessRuleDirectory.Compile));
        return AccessPolicy.May(scope.Actor with { Rules = rules }, RolesPermissions.Write, scope.OrganizationId)
            ? null
            : Problem.Refused("rule.locksOut", "With this rule you could not change rules any more here and now. Leave roles:write out of it, or meet its condition yourself first.");
    }

    public static async Task<AccessRuleRow> AnswerAsync(WriteScope scope, AccessRule rule, CancellationToken cancellationToken)
    {
        var version = NextVersion.Of(scope, rule);
        Touch(scope, rule, version);
        return ToRow(rule, await RoleLookup.NamesAsync(scope, [rule.FirstRole ?? "", rule.SecondRole ?? ""], cancellationToken), version);
    }

    public static void Touch(WriteScope scope, AccessRule rule, long version)
    {
        scope.Touch(LiveTopic.Roles, rule.Id, version);
        // What replicas know of the organization's rules is asked for anew; they listen at the platform.
        scope.Touch(LiveTopic.Roles, scope.OrganizationId, 0, Guid.Empty);
    }

    public static AccessRuleRow ToRow(AccessRule rule, IReadOnlyDictionary<string, CustomRole> own, long version) => new(
        rule.Id, rule.Name, rule.Kind, rule.Permission, rule.Condition, rule.FirstRole is { } first ? RoleLookup.Shown(first, own) : null, rule.SecondRole is { } second ? RoleLookup.Shown(second, own) : null, rule.CreatedAtUtc, version);
}
