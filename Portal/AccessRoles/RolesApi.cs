using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Conditions;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.AccessRoles;

/// <summary>Roles, permissions, bindings and rules of an organization.</summary>
internal static class RolesApi
{
    public static void MapRoles(this RouteGroupBuilder api)
    {
        var roles = api.MapGroup("/organizations/{org}/roles").WithTags("Roles");
        roles.MapGet("", (string org, bool? includeArchived, ApiCall call) => call.AskAsync(new ListRoles(org, includeArchived ?? false), All))
            .WithName("listRoles").WithSummary("Built-in roles and the organization's own, with what they carry");
        roles.MapGet("/{role}", (string org, string role, ApiCall call) => call.AskAsync(new GetRole(org, role), r => r, r => r.Version))
            .WithName("getRole").WithSummary("One role by built-in name, id or slug");
        roles.MapPost("", (string org, CustomRoleInput input, ApiCall call) => call.CreateAsync(new CreateCustomRole(org, input), r => r, r => $"/api/v1/organizations/{org}/roles/{r.Slug}", r => r.Version))
            .WithName("createRole").WithSummary("Makes a role of the organization's own; it carries no more than the caller holds");
        roles.MapPatch("/{role}", (string org, string role, CustomRoleInput input, ApiCall call) => call.SendAsync(new ChangeCustomRole(org, role, input, call.IfMatch), r => r, r => r.Version))
            .WithName("changeRole").WithSummary("Changes what is given; everybody who holds the role gains or loses at once");
        roles.MapDelete("/{role}", (string org, string role, ApiCall call) => call.RemoveAsync(new ArchiveCustomRole(org, role, call.IfMatch)))
            .WithName("archiveRole").WithSummary("Takes a role out of use; refused while anything names it");
        api.MapGet("/organizations/{org}/permissions", (string org, ApiCall call) => call.AskAsync(new ListPermissions(org), All))
            .WithTags("Roles").WithName("listPermissions").WithSummary("Every permission there is, and what asks for it");
        MapBindings(api);
        MapRules(api);
    }

    private static void MapBindings(RouteGroupBuilder api)
    {
        var bindings = api.MapGroup("/organizations/{org}/role-bindings").WithTags("Roles");
        bindings.MapGet("", (string org, string? principalKind, Guid? principalId, string? role, string? scope, string? place, ApiCall call) =>
                call.ListAsync(page => new ListBindings(org, page, principalKind, principalId, role, scope, place), b => b, RoleFiles.Bindings))
            .WithName("listRoleBindings").WithSummary("Who holds which role where, newest first; filter searches names");
        bindings.MapPost("", (string org, BindingInput input, ApiCall call) => call.CreateAsync(new BindRole(org, input), b => b, b => $"/api/v1/organizations/{org}/role-bindings/{b.Id}"))
            .WithName("bindRole").WithSummary("Gives a person or a group a role at a place, under a condition or until a moment where wanted");
        bindings.MapDelete("/{id:guid}", (string org, Guid id, ApiCall call) => call.RemoveAsync(new UnbindRole(org, id)))
            .WithName("unbindRole").WithSummary("Takes a role away");
    }

    private static void MapRules(RouteGroupBuilder api)
    {
        var rules = api.MapGroup("/organizations/{org}/access-rules").WithTags("Roles");
        rules.MapGet("", (string org, ApiCall call) => call.AskAsync(new ListAccessRules(org), All)).WithName("listAccessRules").WithSummary("Rules that stand above all bindings");
        rules.MapPost("", (string org, AccessRuleInput input, ApiCall call) => call.CreateAsync(new CreateAccessRule(org, input), r => r, r => $"/api/v1/organizations/{org}/access-rules/{r.Id}", r => r.Version))
            .WithName("createAccessRule").WithSummary("Makes a rule: deny, allowOnlyIf or separateRoles");
        rules.MapPut("/{id:guid}", (string org, Guid id, AccessRuleInput input, ApiCall call) => call.SendAsync(new ChangeAccessRule(org, id, input, call.IfMatch), r => r, r => r.Version))
            .WithName("changeAccessRule").WithSummary("Replaces what a rule says; its kind stays");
        rules.MapDelete("/{id:guid}", (string org, Guid id, ApiCall call) => call.RemoveAsync(new RemoveAccessRule(org, id, call.IfMatch)))
            .WithName("removeAccessRule").WithSummary("Removes a rule; the audit log keeps what it said");
        rules.MapGet("/conflicts", (string org, ApiCall call) => call.AskAsync(new ListRoleConflicts(org), All)).WithName("listRoleConflicts").WithSummary("People who hold roles that a rule keeps apart");
        rules.MapPost("/check-condition", (string org, ConditionBody body, ApiCall call) => call.AskAsync(new CheckCondition(org, body.Condition), c => c))
            .WithName("checkCondition").WithSummary("Reads a condition: its stored form, or where it stops being one");
    }

    private static object All<T>(IReadOnlyList<T> rows) => new { items = rows, nextCursor = (string?)null };

    internal sealed record ConditionBody(string? Condition);
}

/// <summary>Bindings as a file.</summary>
internal static class RoleFiles
{
    public static readonly ListFile<BindingRow> Bindings = new(
        "role-bindings",
        ("principalKind", b => Words.Of(b.PrincipalKind)), ("principal", b => b.PrincipalName), ("role", b => b.Role), ("scope", b => Words.Of(b.Scope)), ("place", b => b.PlaceName), ("condition", b => b.Condition),
        ("expiresAtUtc", b => ListCell.Utc(b.ExpiresAtUtc)), ("createdAtUtc", b => ListCell.Utc(b.CreatedAtUtc)), ("principalId", b => b.PrincipalId.ToString()), ("placeId", b => b.PlaceId?.ToString()), ("id", b => b.Id.ToString()));
}
