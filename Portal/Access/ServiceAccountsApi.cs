using Hexabase.Portal.Access.ServiceAccounts;
using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Access;

/// <summary>Service accounts of an organization; their tokens are made at <c>/tokens</c> with <c>serviceAccount</c>.</summary>
internal static class ServiceAccountsApi
{
    public static void MapServiceAccounts(this RouteGroupBuilder api)
    {
        var accounts = api.MapGroup("/organizations/{org}/service-accounts").WithTags("Tokens");
        accounts.MapGet("", (string org, ApiCall call) => call.ListAsync(page => new ListServiceAccounts(org, page), a => a, AccessFiles.ServiceAccounts)).WithName("listServiceAccounts").WithSummary("The service accounts of an organization, newest first");
        accounts.MapGet("/{id:guid}", (string org, Guid id, ApiCall call) => call.AskAsync(new GetServiceAccount(org, id), a => a, a => a.Version)).WithName("getServiceAccount").WithSummary("One service account");
        accounts.MapPost("", (string org, AccountBody body, ApiCall call) => call.CreateAsync(
                new CreateServiceAccount(org, body.Name, body.Role, body.Description, body.Owner), a => a, a => $"/api/v1/organizations/{org}/service-accounts/{a.Id}", a => a.Version))
            .WithName("createServiceAccount").WithSummary("Makes a service account with a role and an owner");
        accounts.MapPatch("/{id:guid}", (string org, Guid id, AccountBody body, ApiCall call) => call.SendAsync(
                new ChangeServiceAccount(org, id, body.Name, body.Description, body.Role, body.Owner, body.IsActive, call.IfMatch), a => a, a => a.Version))
            .WithName("changeServiceAccount").WithSummary("Changes name, description, role or owner, or switches it on or off");
        accounts.MapDelete("/{id:guid}", (string org, Guid id, ApiCall call) => call.RemoveAsync(new DeleteServiceAccount(org, id, call.IfMatch))).WithName("deleteServiceAccount").WithSummary("Removes a service account; its tokens end");
    }

    internal sealed record AccountBody(string? Name, string? Description, string? Role, string? Owner, bool? IsActive);
}
