using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Scim;

/// <summary>What administrators see of provisioning: the request log with replay, changes that wait for approval, groups and the roles they carry.</summary>
internal static class ProvisioningApi
{
    public static void MapProvisioning(this RouteGroupBuilder api)
    {
        var provisioning = api.MapGroup("/organizations/{org}/provisioning").WithTags("Provisioning");
        provisioning.MapGet("", (string org, ApiCall call) => call.AskAsync(new GetProvisioning(org), p => new { address = ScimApi.BaseOf(call.Http.Request, org), p.People, p.ActivePeople, p.Groups, p.LastRequestAtUtc, p.Requests24Hours, p.Refused24Hours, p.Tokens, p.TokensEndAtUtc, p.Held, p.Hold, p.LogDays }))
            .WithName("getProvisioning").WithSummary("Whether the identity provider reaches the organization, with what, and what waits for approval");
        provisioning.MapGet("/requests", async (string org, bool? failures, ApiCall call) =>
            {
                await call.Http.RequestServices.GetRequiredService<ScimRequestLog>().FlushAsync(call.Aborted);
                return await call.ListAsync(page => new ListScimRequests(org, page, failures == true), r => r);
            })
            .WithName("listScimRequests").WithSummary("What the identity provider sent in the last 30 days, newest first, details of persons redacted; failures=true for refused ones");
        provisioning.MapPost("/requests/{id:guid}/replay", (string org, Guid id, ApiCall call) => call.SendAsync(new ReplayScimRequest(org, id, ScimApi.BaseOf(call.Http.Request, org)), r => r))
            .WithName("replayScimRequest").WithSummary("What a logged request would do now; nothing is changed");
        provisioning.MapGet("/held-changes", (string org, bool? all, ApiCall call) => call.ListAsync(page => new ListHeldChanges(org, page, all != true), h => h))
            .WithName("listHeldChanges").WithSummary("Deactivations and deletions that wait for approval; all=true for decided ones too");
        provisioning.MapPost("/held-changes/{id:guid}/approve", (string org, Guid id, ApiCall call) => call.SendAsync(new ApproveHeldChange(org, id), h => h, h => h.Version))
            .WithName("approveHeldChange").WithSummary("Carries a held change out");
        provisioning.MapPost("/held-changes/{id:guid}/reject", (string org, Guid id, ApiCall call) => call.SendAsync(new RejectHeldChange(org, id), h => h, h => h.Version))
            .WithName("rejectHeldChange").WithSummary("Refuses a held change");

        var groups = api.MapGroup("/organizations/{org}/groups").WithTags("People");
        groups.MapGet("", (string org, ApiCall call) => call.ListAsync(page => new ListGroups(org, page), g => g, Groups)).WithName("listGroups").WithSummary("The groups of an organization with their roles");
        groups.MapGet("/{id:guid}", (string org, Guid id, ApiCall call) => call.AskAsync(new GetGroup(org, id), g => g, g => g.Version)).WithName("getGroup").WithSummary("One group with its roles");
        groups.MapGet("/{id:guid}/members", (string org, Guid id, ApiCall call) => call.ListAsync(page => new ListGroupMembers(org, id, page), m => m)).WithName("listGroupMembers").WithSummary("Who is in a group");
        groups.MapPut("/{id:guid}/role", (string org, Guid id, GroupRoleBody body, ApiCall call) => call.SendAsync(new BindGroupRole(org, id, body.Role), g => g, g => g.Version))
            .WithName("bindGroupRole").WithSummary("Gives the members of a group a role; null takes it away");
    }

    private static readonly ListFile<GroupRow> Groups = new(
        "groups", ("displayName", g => g.DisplayName), (ListCell.Number("members"), g => ListCell.Of(g.Members)), ("roles", g => ListCell.Many(g.Roles)), ("externalId", g => g.ExternalId), ("id", g => g.Id.ToString()));

    internal sealed record GroupRoleBody(string? Role);
}
