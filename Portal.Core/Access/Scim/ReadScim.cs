using System.Linq.Expressions;
using System.Text.Json.Nodes;
using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Scim;

/// <summary>A resource as it is answered.</summary>
/// <param name="Refusal">The request was kept and not carried out: it waits for approval.</param>
public sealed record ScimResource(Guid Id, long Version, JsonObject Json, Problem? Refusal = null);

/// <summary>The provisioned people of the organization that a filter finds.</summary>
public sealed record ListScimUsers(string Org, ScimParameters Parameters, string Base) : Query<JsonObject>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Provision;

    public override async Task<Result<JsonObject>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!ScimRefusal.Catch(() => ScimListQuery.Read(Parameters, ScimSchemas.Users)).TryGet(out var query, out var problem)) return problem;
        var reader = new ScimReader(scope.Db, scope.OrganizationId, Base);
        Expression<Func<ScimUser, object?>>? order = query.SortBy?.ToString() switch
        {
            "userName" => u => u.UserNameKey,
            "id" => u => u.Id,
            "meta.created" => u => u.CreatedAtUtc,
            "meta.lastModified" => u => u.ModifiedAtUtc,
            _ => null,
        };
        try
        {
            return await ScimReader.ListAsync(reader.Users, ScimUserSearch.Of(scope.Db, query.Filter), query, order, u => u.Id,
                (rows, whole) => reader.ShowAsync(rows, whole || query.Projection.Carries("groups"), cancellationToken), cancellationToken);
        }
        catch (ScimRefusal refusal)
        {
            return refusal.Problem;
        }
    }
}

/// <summary>One provisioned person.</summary>
public sealed record GetScimUser(string Org, Guid Id, string Base) : Query<ScimResource>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Provision;

    public override async Task<Result<ScimResource>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var reader = new ScimReader(scope.Db, scope.OrganizationId, Base);
        var user = await reader.Users.SingleOrDefaultAsync(u => u.Id == Id, cancellationToken);
        if (user is null) return Problem.NotFound("user");
        return new ScimResource(user.Id, user.Version, (await reader.ShowAsync([user], true, cancellationToken))[0]);
    }
}

/// <summary>The groups of the organization that a filter finds.</summary>
public sealed record ListScimGroups(string Org, ScimParameters Parameters, string Base) : Query<JsonObject>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Provision;

    public override async Task<Result<JsonObject>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!ScimRefusal.Catch(() => ScimListQuery.Read(Parameters, ScimSchemas.Groups)).TryGet(out var query, out var problem)) return problem;
        var reader = new ScimReader(scope.Db, scope.OrganizationId, Base);
        Expression<Func<Group, object?>>? order = query.SortBy?.ToString() switch
        {
            "displayName" => g => g.DisplayNameKey,
            "id" => g => g.Id,
            "meta.created" => g => g.CreatedAtUtc,
            "meta.lastModified" => g => g.ModifiedAtUtc,
            _ => null,
        };
        try
        {
            return await ScimReader.ListAsync(reader.Groups, Search(scope.Db, query.Filter), query, order, g => g.Id,
                (rows, whole) => reader.ShowAsync(rows, whole || query.Projection.Carries("members"), cancellationToken), cancellationToken);
        }
        catch (ScimRefusal refusal)
        {
            return refusal.Problem;
        }
    }

    private static ScimSearch<Group> Search(PortalDbContext db, ScimFilter? filter) => filter is null ? ScimSearch<Group>.All : ScimSearch<Group>.Of(filter, leaf => leaf switch
    {
        ScimCompare compare => Compare(db, compare),
        ScimPresent { Path: { Sub: null, Attribute.Name: "displayName" or "id" or "meta" or "schemas" } } => new(g => true, true),
        ScimPresent { Path: { Sub: null, Attribute.Name: "externalId" } } => new(g => g.ExternalId != null, true),
        ScimPresent { Path.Attribute.Name: "members" } => new(g => db.Set<GroupMember>().Any(m => m.GroupId == g.Id), false),
        ScimValueFilter { Path.Attribute.Name: "members", Inner: ScimCompare { Path.Attribute.Name: "value" } inner } => Members(db, inner),
        _ => null,
    });

    private static ScimSearch<Group>? Compare(PortalDbContext db, ScimCompare compare)
    {
        switch (compare.Path.ToString())
        {
            case "displayName":
                return ScimSearch<Group>.Text(g => g.DisplayNameKey, compare, upper: true);
            case "externalId":
                return ScimSearch<Group>.Text(g => g.ExternalId, compare, upper: false, db.Database.ProviderName?.Contains("Npgsql", StringComparison.Ordinal) == true);
            case "id" when compare is { Operator: ScimOperator.Eq, Value: string text }:
                return Guid.TryParseExact(text, "D", out var id) && id.ToString() == text ? new(g => g.Id == id, true) : new(g => false, true);
            case "meta.created":
                return ScimSearch<Group>.Instant(g => g.CreatedAtUtc, compare);
            case "meta.lastModified":
                return ScimSearch<Group>.Instant(g => g.ModifiedAtUtc, compare);
            case "members" or "members.value":
                return Members(db, compare);
            default:
                return null;
        }
    }

    private static ScimSearch<Group>? Members(PortalDbContext db, ScimCompare compare)
    {
        if (compare is not { Operator: ScimOperator.Eq, Value: string text }) return null;
        return Guid.TryParseExact(text, "D", out var member) ? new(g => db.Set<GroupMember>().Any(m => m.GroupId == g.Id && m.MemberId == member), true) : new(g => false, true);
    }
}

/// <summary>One group with its members.</summary>
public sealed record GetScimGroup(string Org, Guid Id, string Base, bool WithMembers = true) : Query<ScimResource>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Provision;

    public override async Task<Result<ScimResource>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var reader = new ScimReader(scope.Db, scope.OrganizationId, Base);
        var group = await reader.Groups.SingleOrDefaultAsync(g => g.Id == Id, cancellationToken);
        if (group is null) return Problem.NotFound("group");
        return new ScimResource(group.Id, group.Version, (await reader.ShowAsync([group], WithMembers, cancellationToken))[0]);
    }
}

/// <summary>Leaves the audit entry of a request that was refused before any command or query of the portal saw it.</summary>
public sealed record RefuseScimRequest(string Org, string Method, string Path, Problem Problem) : Command<Done>
{
    public override string Action => "scim.request";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Provision;

    public override Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        scope.Audit("scimRequest", Guid.Empty, AuditWriter.Clip($"{Method} {Path}", 200) ?? "");
        return Task.FromResult<Result<Done>>(Problem);
    }
}

/// <summary>Whether the actor may use the organization's service at all: before what is the same for everybody is told.</summary>
public sealed record EnterScim(string Org) : Query<Done>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Provision;

    public override Task<Result<Done>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) => Task.FromResult<Result<Done>>(default(Done));
}
