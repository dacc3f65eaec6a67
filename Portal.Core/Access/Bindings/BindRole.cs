using Hexabase.Portal.Access.Conditions;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Bindings;

/// <summary>Who shall hold which role where.</summary>
/// <param name="PrincipalKind">person (default), group or serviceAccount.</param>
/// <param name="Principal">Of a person the user id, member id or user name, of a group the id, of a service account the id or name.</param>
/// <param name="Role">A built-in role's name, or id or slug of one of the organization's own.</param>
/// <param name="Scope">organization (default), businessUnit, workspace or project.</param>
/// <param name="Place">Id or slug of the unit, workspace or project.</param>
/// <param name="Condition">As in docs/access/conditions.md; null = always.</param>
/// <param name="ExpiresAtUtc">From then on it holds no more; null = no end.</param>
public sealed record BindingInput(string? Principal, string? Role, string? PrincipalKind = null, string? Scope = null, string? Place = null, string? Condition = null, DateTime? ExpiresAtUtc = null);

/// <summary>Gives a person, a group or a service account a role at a place, always or under a condition, for good or until a moment.</summary>
public sealed record BindRole(string Org, BindingInput Input) : Command<BindingRow>
{
    private const int MaxYears = 10;

    public override string Action => "roleBinding.create";

    public override string OrganizationKey => Org;

    public override Permission? Permission => RolesPermissions.Write;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => BindingPlace.TargetAsync(scope, Input.Scope, Input.Place, cancellationToken);

    public override async Task<Result<BindingRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var principal = BindingPrincipal.TryReadKind(Input.PrincipalKind, out var kind) ? await BindingPrincipal.FindAsync(scope, kind, Input.Principal, cancellationToken) : null;
        if (!BindingPrincipal.TryReadKind(Input.PrincipalKind, out _)) errors.Add(BindingPrincipal.UnknownKind);
        else if (principal is null) errors.Add(new FieldError("principal", "binding.principal", "principal names nobody here: give a member's user name or id, a group's id, or a service account's name or id."));
        var role = await RoleLookup.FindAsync(scope, Input.Role, cancellationToken);
        if (role is null) errors.Add(RoleLookup.Unknown);
        AccessTarget? place = null;
        if (!BindingPlace.TryReadScope(Input.Scope, out var at)) errors.Add(BindingPlace.UnknownScope);
        else if ((place = await BindingPlace.FindAsync(scope, at, Input.Place, cancellationToken)) is null) errors.Add(new FieldError("place", "binding.place", "place names no business unit, workspace or project of the organization: give its id or slug."));
        else if (role is not null && (at < role.WidestScope || at > role.NarrowestScope)) errors.Add(ScopeOf(role));
        Condition? condition = null;
        if (!string.IsNullOrWhiteSpace(Input.Condition) && !Conditions.Condition.TryParse(Input.Condition, out condition, out var wrong)) errors.Add(wrong.ToField("condition"));
        if (Input.ExpiresAtUtc is { } end && (end <= scope.NowUtc || end > scope.NowUtc.AddYears(MaxYears)))
            errors.Add(new FieldError("expiresAtUtc", "binding.expiry", $"expiresAtUtc lies in the future, at most {MaxYears} years ahead.", Args: [MaxYears]));
        if (errors.Count > 0 || principal is null || role is null || place is null) return Problem.Invalid(errors);
        scope.Audit(BindingChange.Subject(kind), principal.Id, principal.Name, place.WorkspaceId);
        if (Granting.Refuses(scope.Actor, role, place, [], condition) is { } refusal) return refusal;
        if (await SeparatedRoles.RefusesAsync(scope, role.Name, principal.MemberIds, null, cancellationToken) is { } separated) return separated;
        return await StoreAsync(scope, principal, role, at, place, condition, cancellationToken);
    }

    private async Task<Result<BindingRow>> StoreAsync(WriteScope scope, BindingPrincipal principal, Role role, GrantScope at, AccessTarget place, Condition? condition, CancellationToken cancellationToken)
    {
        var scopeId = at switch { GrantScope.BusinessUnit => await BindingPlace.IdAsync(scope, at, Input.Place ?? "", cancellationToken), GrantScope.Workspace => place.WorkspaceId, GrantScope.Project => place.ProjectId, _ => null };
        var text = condition?.Text;
        // What is over or says the same is replaced; the same role under another condition stands beside it.
        var same = await scope.Db.Set<RoleBinding>().Where(b => b.OrganizationId == scope.OrganizationId && b.PrincipalKind == principal.Kind && b.PrincipalId == principal.Id && b.Role == role.Name && b.Scope == at && b.ScopeId == scopeId)
            .ToListAsync(cancellationToken);
        if (same.Exists(b => b.Conditions == text && b.ExpiresAtUtc == Input.ExpiresAtUtc)) return Problem.Conflict("binding.exists", $"{principal.Name} holds this role here already.", principal.Name);
        scope.Db.RemoveRange(same.Where(b => b.ExpiresAtUtc <= scope.NowUtc));
        var binding = new RoleBinding
        {
            Id = Ids.New(), OrganizationId = scope.OrganizationId, PrincipalKind = principal.Kind, PrincipalId = principal.Id, Role = role.Name, Scope = at, ScopeId = scopeId,
            Conditions = text, ExpiresAtUtc = Input.ExpiresAtUtc, CreatedAtUtc = scope.NowUtc,
        };
        scope.Db.Add(binding);
        BindingChange.Touch(scope, binding);
        return (await BindingRow.OfAsync(scope, [binding], cancellationToken))[0];
    }

    private static FieldError ScopeOf(Role role)
    {
        var places = string.Join(", ", Enum.GetValues<GrantScope>().Where(s => s != GrantScope.Platform && s >= role.WidestScope && s <= role.NarrowestScope).Select(Words.Of));
        return new FieldError("scope", "binding.roleScope", $"The role {role.Name} is given at: {places}.", Args: [role.Name, places]);
    }
}

/// <summary>Takes a role away; sessions and open pages feel it at once, tokens that need it end.</summary>
public sealed record UnbindRole(string Org, Guid Id) : Command<BindingRow>
{
    public override string Action => "roleBinding.remove";

    public override string OrganizationKey => Org;

    public override Permission? Permission => RolesPermissions.Write;

    public override async Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var binding = await scope.Db.Set<RoleBinding>().Where(b => b.OrganizationId == scope.OrganizationId && b.Id == Id).Select(b => new { b.Scope, b.ScopeId }).SingleOrDefaultAsync(cancellationToken);
        if (binding is null) return Problem.NotFound("binding");
        Result<AccessTarget> place = await BindingPlace.FindAsync(scope, binding.Scope, binding.ScopeId?.ToString("D"), cancellationToken) ?? new AccessTarget(scope.OrganizationId);
        return place.OrMissing(scope, "binding");
    }

    public override async Task<Result<BindingRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var binding = await scope.Db.Set<RoleBinding>().SingleOrDefaultAsync(b => b.OrganizationId == scope.OrganizationId && b.Id == Id, cancellationToken);
        if (binding is null) return Problem.NotFound("binding");
        var row = (await BindingRow.OfAsync(scope, [binding], cancellationToken))[0];
        scope.Audit(BindingChange.Subject(binding.PrincipalKind), binding.PrincipalId, row.PrincipalName ?? "");
        var place = await BindingPlace.FindAsync(scope, binding.Scope, binding.ScopeId?.ToString("D"), cancellationToken) ?? new AccessTarget(scope.OrganizationId);
        if (await Granting.RefusesTakingAsync(scope, [binding], place, cancellationToken) is { } beyond) return beyond;
        return await BindingRemoval.TakeAsync(scope, binding, null, cancellationToken) is { } refusal ? refusal : row;
    }
}

/// <summary>Taking a role away, for whoever was found to be allowed to.</summary>
internal static class BindingRemoval
{
    /// <summary>Null where it is taken; else the refusal that the organization would have no administrator. One change may take several.</summary>
    /// <param name="instead">What is given in its place, so that tokens which need no more than that go on.</param>
    public static async Task<Problem?> TakeAsync(WriteScope scope, RoleBinding binding, RoleBinding? instead, CancellationToken cancellationToken)
    {
        if (await Scim.LastAdmin.LosesBindingAsync(scope, binding, cancellationToken)) return Scim.LastAdmin.Refusal;
        scope.Db.Remove(binding);
        if (binding.PrincipalKind == PrincipalKind.Person) await MemberChange.EndTokensAsync(scope, binding, instead, cancellationToken);
        BindingChange.Touch(scope, binding);
        return null;
    }

    /// <summary>The bindings that this change takes away; the database still has them.</summary>
    public static List<Guid> Leaving(WriteScope scope, RoleBinding binding) =>
        [binding.Id, .. scope.Db.ChangeTracker.Entries<RoleBinding>().Where(e => e.State == EntityState.Deleted && e.Entity.Id != binding.Id).Select(e => e.Entity.Id)];
}

internal static class BindingChange
{
    /// <summary>The kind of resource that the audit entry names.</summary>
    public static string Subject(PrincipalKind kind) => kind switch { PrincipalKind.Group => "group", PrincipalKind.ServiceAccount => "serviceAccount", _ => "user" };

    /// <summary>Lists of roles and people look again, and every replica asks anew what the principal may do.</summary>
    public static void Touch(WriteScope scope, RoleBinding binding)
    {
        scope.Touch(LiveTopic.Roles, binding.Id);
        if (binding.PrincipalKind == PrincipalKind.ServiceAccount) scope.Touch(LiveTopic.Tokens, binding.PrincipalId);
        else scope.Touch(LiveTopic.People, binding.PrincipalId);
        scope.Touch(LiveTopic.Sessions, binding.PrincipalId, 0, Guid.Empty);
    }
}
