using System.Text.Json.Nodes;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Scim;

/// <summary>A request of an identity provider, freed from HTTP: the service, bulk operations and replays all run it.</summary>
/// <param name="Path">Below the base: "Users/0192...".</param>
/// <param name="Base">"https://portal.example/scim/v2/acme".</param>
public sealed record ScimCall(string Org, string Method, string Path, IReadOnlyDictionary<string, string> Query, JsonNode? Body, string Base, string? IfMatch = null, string? IfNoneMatch = null);

/// <summary>What a request is answered.</summary>
/// <param name="Problem">Set instead of a body for refusals.</param>
/// <param name="Id">The resource that was made or changed.</param>
/// <param name="IsAudited">The gateway has noted the refusal.</param>
public sealed record ScimAnswer(int Status, JsonObject? Body, Problem? Problem = null, string? ETag = null, string? Location = null, Guid? Id = null, bool IsAudited = false);

/// <summary>The SCIM 2.0 service of one organization (RFC 7644): which address and method is which message, and how answers look.</summary>
public static class ScimService
{
    private static readonly ScimAnswer Nowhere = Refuse(new Problem(ProblemKind.NotFound, "route.notFound", "There is no such address in this service; ResourceTypes and Schemas list those that are."));

    /// <param name="portal">The gateway, or what stands in for it to try a request without effect.</param>
    public static async Task<ScimAnswer> RunAsync(IPortal portal, Actor actor, ScimCall call, CancellationToken cancellationToken)
    {
        var answer = await AnswerAsync(portal, actor, call, cancellationToken);
        if (answer is { Problem: { } problem, IsAudited: false }) await RefuseAsync(portal, actor, call, problem, cancellationToken);
        return answer;
    }

    /// <summary>Notes a refusal that no command of the portal made, and answers it.</summary>
    public static async Task<ScimAnswer> RefuseAsync(IPortal portal, Actor actor, ScimCall call, Problem problem, CancellationToken cancellationToken)
    {
        await portal.SendAsync(actor, new RefuseScimRequest(call.Org, call.Method, call.Path, problem), cancellationToken);
        return Refuse(problem) with { IsAudited = true };
    }

    private static async Task<ScimAnswer> AnswerAsync(IPortal portal, Actor actor, ScimCall call, CancellationToken cancellationToken)
    {
        var parts = call.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (parts)
        {
            case ["Users" or "Groups", ..] when parts.Length <= 2:
                return await ResourceAsync(portal, actor, call, parts[0] == "Users", parts.Length == 2 ? parts[1] : null, cancellationToken);
            case ["Bulk"] when call.Method == "POST":
                return await EnterAsync(portal, actor, call, cancellationToken) ?? await ScimBulk.RunAsync(portal, actor, call, cancellationToken);
            case ["Bulk"]:
                return await EnterAsync(portal, actor, call, cancellationToken) ?? Method;
            case ["Me", ..]:
                // A token is nobody's account; the RFC's 501 would be a failure of the service, and this is none.
                return await EnterAsync(portal, actor, call, cancellationToken) ?? Refuse(new Problem(ProblemKind.NotFound, "me.none", "A provisioning token belongs to no person, so there is no /Me here. Use /Users."));
            default:
                if (await EnterAsync(portal, actor, call, cancellationToken) is { } refused) return refused;
                return ScimDiscovery.Find(parts, call) switch
                {
                    null => Nowhere,
                    _ when call.Method is not ("GET" or "HEAD") => Method,
                    { } found => found,
                };
        }
    }

    internal static ScimAnswer Refuse(Problem problem) => new((int)problem.Kind, null, problem);

    internal static ScimAnswer Method { get; } = Refuse(new Problem(ProblemKind.MethodNotAllowed, "method.notAllowed", "This address does not take this method."));

    private static async Task<ScimAnswer?> EnterAsync(IPortal portal, Actor actor, ScimCall call, CancellationToken cancellationToken) =>
        (await portal.AskAsync(actor, new EnterScim(call.Org), cancellationToken)).Problem is { } problem ? Refuse(problem) with { IsAudited = true } : null;

    /// <summary>Of a query: what a handler refused, and not the gateway, which notes who may not enter.</summary>
    private static bool IsOfHandler(Problem problem) => problem.Kind == ProblemKind.Malformed || problem.Code is "user.notFound" or "group.notFound";

    private static async Task<ScimAnswer> ResourceAsync(IPortal portal, Actor actor, ScimCall call, bool users, string? key, CancellationToken cancellationToken)
    {
        var type = users ? ScimSchemas.Users : ScimSchemas.Groups;
        var projection = ScimParameters.Of(call.Query).Projection(type);
        if (key is null || key == ".search")
        {
            switch (call.Method, key)
            {
                case ("GET" or "HEAD", null):
                    return await ListAsync(portal, actor, call, users, call.Query, cancellationToken);
                case ("POST", ".search"):
                    return ScimRefusal.Catch(() => ScimListQuery.OfBody(call.Body)).TryGet(out var query, out var wrong) ? await ListAsync(portal, actor, call, users, query, cancellationToken) : Refuse(wrong);
                case ("POST", null):
                    var made = await portal.SendAsync(actor, users ? new CreateScimUser(call.Org, call.Body, call.Base) : (Command<ScimResource>)new CreateScimGroup(call.Org, call.Body, call.Base), cancellationToken);
                    return Answer(made, 201, call, type, projection);
                default:
                    return await EnterAsync(portal, actor, call, cancellationToken) ?? Method;
            }
        }

        // Ids are told in lower case and are exact.
        if (!Guid.TryParseExact(key, "D", out var id) || id.ToString() != key) return await EnterAsync(portal, actor, call, cancellationToken) ?? Refuse(Problem.NotFound(users ? "user" : "group"));
        switch (call.Method)
        {
            case "GET" or "HEAD":
                var read = await portal.AskAsync(actor, users ? new GetScimUser(call.Org, id, call.Base) : (Query<ScimResource>)new GetScimGroup(call.Org, id, call.Base, projection.Carries("members")), cancellationToken);
                if (read.Succeeded && call.IfNoneMatch is { } known && ScimVersion.Matches(known, read.Value.Version)) return new ScimAnswer(304, null, ETag: ScimVersion.Write(read.Value.Version));
                return read.Problem is { } unread ? Refuse(unread) with { IsAudited = !IsOfHandler(unread) } : Answer(read, 200, call, type, projection);
            case "PUT":
                var put = await portal.SendAsync(actor, users ? new ReplaceScimUser(call.Org, id, call.Body, call.IfMatch, call.Base) : (Command<ScimResource>)new ReplaceScimGroup(call.Org, id, call.Body, call.IfMatch, call.Base), cancellationToken);
                return await FullAsync(portal, actor, call, users, put, type, projection, cancellationToken);
            case "PATCH":
                var patched = await portal.SendAsync(actor, users ? new PatchScimUser(call.Org, id, call.Body, call.IfMatch, call.Base) : (Command<ScimResource>)new PatchScimGroup(call.Org, id, call.Body, call.IfMatch, call.Base), cancellationToken);
                // A group may have thousands of members; they are told when they are asked for.
                if (!users && patched is { Succeeded: true, Value.Refusal: null } && !call.Query.ContainsKey("attributes")) return new ScimAnswer(204, null, ETag: ScimVersion.Write(patched.Value.Version), Id: id, Location: $"{call.Base}/Groups/{id}");
                return await FullAsync(portal, actor, call, users, patched, type, projection, cancellationToken);
            case "DELETE":
                var gone = await portal.SendAsync(actor, users ? new DeleteScimUser(call.Org, id, call.IfMatch, call.Base) : (Command<ScimResource>)new DeleteScimGroup(call.Org, id, call.IfMatch, call.Base), cancellationToken);
                return gone.Problem is { } problem ? Refuse(problem) with { IsAudited = true } : gone.Value.Refusal is { } kept ? Refuse(kept) with { IsAudited = true } : new ScimAnswer(204, null, Id: id);
            default:
                return await EnterAsync(portal, actor, call, cancellationToken) ?? Method;
        }
    }

    /// <summary>A changed group is read again where its members are part of the answer.</summary>
    private static async Task<ScimAnswer> FullAsync(IPortal portal, Actor actor, ScimCall call, bool users, Result<ScimResource> result, ScimResourceType type, ScimProjection projection, CancellationToken cancellationToken)
    {
        if (!users && result is { Succeeded: true, Value.Refusal: null } && projection.Carries("members")) result = await portal.AskAsync(actor, new GetScimGroup(call.Org, result.Value.Id, call.Base), cancellationToken);
        return Answer(result, 200, call, type, projection);
    }

    private static async Task<ScimAnswer> ListAsync(IPortal portal, Actor actor, ScimCall call, bool users, IReadOnlyDictionary<string, string> query, CancellationToken cancellationToken)
    {
        var list = await portal.AskAsync(actor, users ? new ListScimUsers(call.Org, ScimParameters.Of(query), call.Base) : (Query<JsonObject>)new ListScimGroups(call.Org, ScimParameters.Of(query), call.Base), cancellationToken);
        return list.TryGet(out var body, out var problem) ? new ScimAnswer(200, body) : Refuse(problem) with { IsAudited = !IsOfHandler(problem) };
    }

    /// <summary>Of a command, whose refusals the gateway notes.</summary>
    private static ScimAnswer Answer(Result<ScimResource> result, int status, ScimCall call, ScimResourceType type, ScimProjection projection)
    {
        if (!result.TryGet(out var resource, out var problem)) return Refuse(problem) with { IsAudited = true };
        if (resource.Refusal is { } kept) return Refuse(kept) with { IsAudited = true };
        return new ScimAnswer(status, projection.Apply(resource.Json), ETag: ScimVersion.Write(resource.Version), Location: $"{call.Base}{type.Endpoint}/{resource.Id}", Id: resource.Id);
    }
}
