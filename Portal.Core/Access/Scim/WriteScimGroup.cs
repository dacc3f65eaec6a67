using System.Text.Json.Nodes;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Scim;

/// <summary>Makes a group.</summary>
public sealed record CreateScimGroup(string Org, JsonNode? Body, string Base) : Command<ScimResource>
{
    public override string Action => "group.create";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Provision;

    public override async Task<Result<ScimResource>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!ScimRefusal.Catch(() => ScimDocument.Read(Body, ScimSchemas.Groups)).TryGet(out var resource, out var problem)) return problem;
        return await new ScimGroupWriter(scope, Base).CreateAsync(resource, cancellationToken);
    }
}

/// <summary>Replaces what the identity provider says of a group (PUT).</summary>
public sealed record ReplaceScimGroup(string Org, Guid Id, JsonNode? Body, string? IfMatch, string Base) : Command<ScimResource>
{
    public override string Action => "group.change";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Provision;

    public override async Task<Result<ScimResource>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!ScimRefusal.Catch(() => ScimDocument.Read(Body, ScimSchemas.Groups)).TryGet(out var resource, out var problem)) return problem;
        var namesMembers = Body is JsonObject sent && sent.Any(p => p.Key.Equals("members", StringComparison.OrdinalIgnoreCase));
        return await new ScimGroupWriter(scope, Base).ReplaceAsync(Id, IfMatch, resource, namesMembers, cancellationToken);
    }
}

/// <summary>Changes parts of a group or its members (PATCH): all operations or none.</summary>
public sealed record PatchScimGroup(string Org, Guid Id, JsonNode? Body, string? IfMatch, string Base) : Command<ScimResource>
{
    public override string Action => "group.change";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Provision;

    public override async Task<Result<ScimResource>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!ScimRefusal.Catch(() => ScimOperation.Read(Body, ScimSchemas.Groups)).TryGet(out var operations, out var problem)) return problem;
        return await new ScimGroupWriter(scope, Base).PatchAsync(Id, IfMatch, operations, cancellationToken);
    }
}

/// <summary>Removes a group and the roles that came with it; its people stay.</summary>
public sealed record DeleteScimGroup(string Org, Guid Id, string? IfMatch, string Base) : Command<ScimResource>
{
    public override string Action => "group.remove";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Provision;

    public override Task<Result<ScimResource>> HandleAsync(WriteScope scope, CancellationToken cancellationToken) => new ScimGroupWriter(scope, Base).DeleteAsync(Id, IfMatch, cancellationToken);
}
