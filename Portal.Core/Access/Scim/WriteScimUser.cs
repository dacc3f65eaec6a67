using System.Text.Json.Nodes;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Scim;

/// <summary>Provisions a person; somebody who is a member already and was not provisioned comes under the identity provider's care.</summary>
public sealed record CreateScimUser(string Org, JsonNode? Body, string Base) : Command<ScimResource>
{
    public override string Action => "person.provision";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Provision;

    public override bool NeedsPlatform => true;

    public override async Task<Result<ScimResource>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!ScimRefusal.Catch(() => ScimDocument.Read(Body, ScimSchemas.Users)).TryGet(out var resource, out var problem)) return problem;
        return await new ScimUserWriter(scope, Base).CreateAsync(resource, cancellationToken);
    }
}

/// <summary>Replaces what the identity provider says of a person (PUT).</summary>
/// <param name="IfMatch">The header; null for none.</param>
public sealed record ReplaceScimUser(string Org, Guid Id, JsonNode? Body, string? IfMatch, string Base) : Command<ScimResource>
{
    public override string Action => "person.change";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Provision;

    public override bool NeedsPlatform => true;

    public override async Task<Result<ScimResource>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!ScimRefusal.Catch(() => ScimDocument.Read(Body, ScimSchemas.Users)).TryGet(out var resource, out var problem)) return problem;
        return await new ScimUserWriter(scope, Base).ChangeAsync(Id, IfMatch, _ => resource, cancellationToken);
    }
}

/// <summary>Changes parts of a person (PATCH): all operations or none.</summary>
public sealed record PatchScimUser(string Org, Guid Id, JsonNode? Body, string? IfMatch, string Base) : Command<ScimResource>
{
    public override string Action => "person.change";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Provision;

    public override bool NeedsPlatform => true;

    public override async Task<Result<ScimResource>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!ScimRefusal.Catch(() => ScimOperation.Read(Body, ScimSchemas.Users)).TryGet(out var operations, out var problem)) return problem;
        return await new ScimUserWriter(scope, Base).ChangeAsync(Id, IfMatch, resource =>
        {
            ScimPatch.Apply(resource, operations, ScimSchemas.Users);
            return resource;
        }, cancellationToken);
    }
}

/// <summary>Takes a person out of the organization.</summary>
public sealed record DeleteScimUser(string Org, Guid Id, string? IfMatch, string Base) : Command<ScimResource>
{
    public override string Action => "person.remove";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Provision;

    public override bool NeedsPlatform => true;

    public override Task<Result<ScimResource>> HandleAsync(WriteScope scope, CancellationToken cancellationToken) => new ScimUserWriter(scope, Base).DeleteAsync(Id, IfMatch, cancellationToken);
}
