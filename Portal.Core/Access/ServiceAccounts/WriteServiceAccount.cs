using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.ServiceAccounts;

/// <summary>A service account as lists show it.</summary>
/// <param name="Role">The role it holds at the organization; empty where it has only narrower ones.</param>
/// <param name="OwnerName">Empty where the owner is no longer a member.</param>
/// <param name="Tokens">How many of its tokens hold.</param>
public sealed record ServiceAccountRow(Guid Id, string Name, string Description, string Role, Guid OwnerUserId, string OwnerName, bool IsActive, int Tokens, DateTime? LastUsedAtUtc, DateTime CreatedAtUtc, long Version);

/// <summary>Makes a service account with a role at the organization. Nobody gives more than they hold.</summary>
/// <param name="Owner">User name or id of the member who answers for it; null = who makes it.</param>
public sealed record CreateServiceAccount(string Org, string? Name, string? Role, string? Description = null, string? Owner = null) : Command<ServiceAccountRow>
{
    public override string Action => "serviceAccount.create";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.WriteTokens;

    public override async Task<Result<ServiceAccountRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (TextRule.Check("name", Name, 200, out var name) is { } nameError) errors.Add(nameError);
        if (Description is { Length: > 1000 }) errors.Add(new FieldError("description", "text.tooLong", "description has more than 1000 characters.", Args: ["description", 1000]));
        var role = await MemberRoles.FindAsync(scope, Role, cancellationToken);
        if (role is null) errors.Add(MemberRoles.Unknown);
        var owner = await ServiceAccountChange.OwnerAsync(scope, Owner, cancellationToken);
        if (owner is null) errors.Add(ServiceAccountChange.UnknownOwner);
        if (errors.Count > 0 || role is null || owner is null) return Problem.Invalid(errors);
        if (Granting.Refuses(scope.Actor, role, new AccessTarget(scope.OrganizationId), []) is { } refusal) return refusal;
        if (await scope.Db.Set<ServiceAccount>().AnyAsync(a => a.Name == name, cancellationToken)) return ServiceAccountChange.NameTaken(name);
        var account = new ServiceAccount { Id = Ids.New(), OrganizationId = scope.OrganizationId, Name = name, Description = Description?.Trim() ?? "", OwnerUserId = owner.UserId, CreatedAtUtc = scope.NowUtc };
        scope.Db.Add(account);
        ServiceAccountChange.Bind(scope, account, role);
        scope.Audit("serviceAccount", account.Id, account.Name);
        scope.Touch(LiveTopic.Tokens, account.Id, 1);
        return new ServiceAccountRow(account.Id, account.Name, account.Description, await RoleLookup.ShownAsync(scope, role.Name, cancellationToken), owner.UserId, owner.DisplayName, true, 0, null, account.CreatedAtUtc, 1);
    }
}

/// <summary>Changes what is given of a service account: null = as before. Another owner takes it over; switching it off stops its tokens until it is switched on.</summary>
public sealed record ChangeServiceAccount(string Org, Guid Id, string? Name = null, string? Description = null, string? Role = null, string? Owner = null, bool? IsActive = null, long? ExpectedVersion = null) : Command<ServiceAccountRow>
{
    public override string Action => "serviceAccount.change";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.WriteTokens;

    public override async Task<Result<ServiceAccountRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var account = await scope.Db.Set<ServiceAccount>().SingleOrDefaultAsync(a => a.Id == Id, cancellationToken);
        if (account is null) return Problem.NotFound("serviceAccount");
        scope.Audit("serviceAccount", account.Id, account.Name);
        if (ExpectedVersion is { } expected && expected != account.Version) return Problem.Stale("service account", account.Version);
        var errors = new List<FieldError>();
        var name = account.Name;
        if (Name is not null && TextRule.Check("name", Name, 200, out name) is { } nameError) errors.Add(nameError);
        if (Description is { Length: > 1000 }) errors.Add(new FieldError("description", "text.tooLong", "description has more than 1000 characters.", Args: ["description", 1000]));
        var role = Role is null ? null : await MemberRoles.FindAsync(scope, Role, cancellationToken);
        if (Role is not null && role is null) errors.Add(MemberRoles.Unknown);
        var owner = Owner is null ? null : await ServiceAccountChange.OwnerAsync(scope, Owner, cancellationToken);
        if (Owner is not null && owner is null) errors.Add(ServiceAccountChange.UnknownOwner);
        if (errors.Count > 0) return Problem.Invalid(errors);
        var bindings = await scope.Db.Set<RoleBinding>().Where(b => b.PrincipalKind == PrincipalKind.ServiceAccount && b.PrincipalId == Id).ToListAsync(cancellationToken);
        // Whoever may not give the account's roles may not make it theirs, widen it or wake it either.
        var place = new AccessTarget(scope.OrganizationId);
        if (await Granting.RefusesTakingAsync(scope, bindings, place, cancellationToken) is { } beyond) return beyond;
        if (role is not null && Granting.Refuses(scope.Actor, role, place, []) is { } refusal) return refusal;
        if (name != account.Name && await scope.Db.Set<ServiceAccount>().AnyAsync(a => a.Name == name && a.Id != Id, cancellationToken)) return ServiceAccountChange.NameTaken(name);
        (account.Name, account.Description, account.IsActive) = (name, Description?.Trim() ?? account.Description, IsActive ?? account.IsActive);
        if (owner is not null) account.OwnerUserId = owner.UserId;
        if (role is not null) await ServiceAccountChange.ReplaceRoleAsync(scope, account, bindings, role, cancellationToken);
        scope.Touch(LiveTopic.Tokens, account.Id, account.Version + 1);
        scope.Touch(LiveTopic.Tokens, account.Id, account.Version + 1, Guid.Empty);
        var row = await ServiceAccountList.RowAsync(scope, account, cancellationToken);
        return row with { Role = role is null ? row.Role : await RoleLookup.ShownAsync(scope, role.Name, cancellationToken), Version = scope.Db.Entry(account).State == EntityState.Modified ? account.Version + 1 : account.Version };
    }
}

/// <summary>Removes a service account; its tokens end at once.</summary>
public sealed record DeleteServiceAccount(string Org, Guid Id, long? ExpectedVersion = null) : Command<Done>
{
    public override string Action => "serviceAccount.delete";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.WriteTokens;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var account = await scope.Db.Set<ServiceAccount>().SingleOrDefaultAsync(a => a.Id == Id, cancellationToken);
        if (account is null) return Problem.NotFound("serviceAccount");
        scope.Audit("serviceAccount", account.Id, account.Name);
        if (ExpectedVersion is { } expected && expected != account.Version) return Problem.Stale("service account", account.Version);
        var bindings = await scope.Db.Set<RoleBinding>().Where(b => b.PrincipalKind == PrincipalKind.ServiceAccount && b.PrincipalId == Id).ToListAsync(cancellationToken);
        if (await Granting.RefusesTakingAsync(scope, bindings, new AccessTarget(scope.OrganizationId), cancellationToken) is { } beyond) return beyond;
        foreach (var token in await scope.Db.Set<ApiToken>().Where(t => t.ServiceAccountId == Id && t.RevokedAtUtc == null).ToListAsync(cancellationToken)) TokenEnd.Revoke(scope, token);
        scope.Db.RemoveRange(bindings);
        scope.Db.Remove(account);
        scope.Touch(LiveTopic.Tokens, account.Id, account.Version + 1);
        scope.Touch(LiveTopic.Tokens, account.Id, account.Version + 1, Guid.Empty);
        return default(Done);
    }
}

internal static class ServiceAccountChange
{
    public static FieldError UnknownOwner { get; } = new("owner", "owner.unknown", "owner is the user name or id of an active member.");

    public static Problem NameTaken(string name) => Problem.Conflict("serviceAccount.nameTaken", $"There is a service account called {name} already.", name);

    /// <summary>An active member by user name or id; without either, the person who acts.</summary>
    public static async Task<Member?> OwnerAsync(WriteScope scope, string? wanted, CancellationToken cancellationToken)
    {
        var key = UserNames.Normalize(wanted ?? "");
        var id = wanted is null ? await TokenMaker.OwnerAsync(scope, cancellationToken) : Guid.TryParse(wanted, out var user) ? user : null;
        return await scope.Db.Set<Member>().SingleOrDefaultAsync(m => m.OrganizationId == scope.OrganizationId && m.IsActive && (m.UserId == id || m.Id == id || m.UserNameKey == key), cancellationToken);
    }

    public static void Bind(WriteScope scope, ServiceAccount account, Role role) => scope.Db.Add(new RoleBinding
    {
        Id = Ids.New(), OrganizationId = account.OrganizationId, PrincipalKind = PrincipalKind.ServiceAccount, PrincipalId = account.Id,
        Role = role.Name, Scope = GrantScope.Organization, CreatedAtUtc = scope.NowUtc,
    });

    public static async Task ReplaceRoleAsync(WriteScope scope, ServiceAccount account, List<RoleBinding> bindings, Role role, CancellationToken cancellationToken)
    {
        scope.Db.RemoveRange(bindings.Where(b => b.Scope == GrantScope.Organization));
        Bind(scope, account, role);
        // Lists show a token's role without asking for the account's.
        foreach (var token in await scope.Db.Set<ApiToken>().Where(t => t.ServiceAccountId == account.Id && t.RevokedAtUtc == null).ToListAsync(cancellationToken)) token.Role = role.Name;
        scope.Db.Entry(account).Property(a => a.Version).IsModified = true;
    }
}
