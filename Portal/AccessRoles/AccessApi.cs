using Hexabase.Portal.Access.Explain;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.AccessRoles;

/// <summary>Why somebody may do something, who may, and the matrix of both.</summary>
internal static class AccessApi
{
    public static void MapAccess(this RouteGroupBuilder api)
    {
        var access = api.MapGroup("/organizations/{org}/access").WithTags("Roles");
        access.MapGet("/why", (string org, string? principalKind, string? principal, string? permission, string? scope, string? place, DateTime? at, string? ip, bool? mfa, ApiCall call) =>
                call.AskAsync(new ExplainAccess(org, principal, new AccessQuestion(permission, scope, place, Utc(at), ip, mfa ?? false), principalKind), a => a))
            .WithName("explainAccess").WithSummary("Why a person, service account or token (principalKind) can or cannot do something at a place, now or at a past moment: identity provider, mapping or provisioning, group, role, place, condition; what would change it");
        access.MapGet("/who", (string org, string? permission, string? scope, string? place, DateTime? at, string? ip, bool? mfa, ApiCall call) =>
                call.ListAsync(page => new ListWhoCan(org, new AccessQuestion(permission, scope, place, Utc(at), ip, mfa ?? false), page), r => r, AccessFiles.Who))
            .WithName("listWhoCan").WithSummary("Which people, service accounts and tokens can do something at a place, now or at a past moment; filter searches names");
        access.MapGet("/matrix", (string org, DateTime? at, ApiCall call) => call.ListAsync(page => new ListAccessMatrix(org, page, Utc(at)), r => r, AccessFiles.Matrix))
            .WithName("listAccessMatrix").WithSummary("People by areas of permissions; format=csv|xlsx|jsonl for the whole matrix as a file");
        access.MapGet("/administrators", (string org, ApiCall call) => call.AskAsync(new ListAdministrators(org), names => new { items = names, nextCursor = (string?)null }))
            .WithName("listAdministrators").WithSummary("Whom a member asks for a permission: names of the organization's administrators");
    }

    // Without a zone a moment is UTC, as everywhere.
    private static DateTime? Utc(DateTime? at) => at is not { } moment ? null : moment.Kind == DateTimeKind.Local ? moment.ToUniversalTime() : DateTime.SpecifyKind(moment, DateTimeKind.Utc);
}

/// <summary>Answers about access as files.</summary>
internal static class AccessFiles
{
    private static readonly IReadOnlyList<string> Areas = [.. PermissionCatalog.Permissions.Select(p => p.Area).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public static readonly ListFile<MatrixRow> Matrix = new(
        "access-matrix", ["displayName", "userName", "isActive", "roles", .. Areas.Select(a => new ListColumn(a)), "places", "userId"],
        m => [[m.DisplayName, m.UserName, ListCell.Of(m.IsActive), ListCell.Many(m.Roles), .. Areas.Select(a => m.Verbs.TryGetValue(a, out var verbs) ? ListCell.Many(verbs) : null), ListCell.Many(m.Places), m.UserId.ToString()]]);

    public static readonly ListFile<WhoRow> Who = new(
        "who-can",
        ("kind", w => Words.Of(w.Kind)), ("displayName", w => w.DisplayName), ("userName", w => w.UserName), ("actsAs", w => w.ActsAs), ("conditional", w => ListCell.Of(w.Conditional)), ("role", w => w.Role), ("scope", w => Words.Of(w.Scope)), ("group", w => w.Group), ("source", w => Words.Of(w.Origin.Source)), ("connection", w => w.Origin.Connection), ("providerGroups", w => w.Origin.ProviderGroups is { } groups ? string.Join("; ", groups) : null), ("condition", w => w.Condition),
        ("expiresAtUtc", w => ListCell.Utc(w.ExpiresAtUtc)), ("id", w => w.Id.ToString()), ("bindingId", w => w.BindingId?.ToString()));
}
