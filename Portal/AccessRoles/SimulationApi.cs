using Hexabase.Portal.Access.Simulation;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.AccessRoles;

/// <summary>What a changed role would have meant, and how much a member can spend.</summary>
internal static class SimulationApi
{
    public static void MapSimulation(this RouteGroupBuilder api)
    {
        api.MapPost("/organizations/{org}/roles/{role}/simulation", (string org, string role, SimulationBody body, ApiCall call) => call.AskAsync(new SimulateRole(org, role, body.Permissions, body.Days ?? SimulateRole.DefaultDays), s => s))
            .WithTags("Roles").WithName("simulateRole").WithSummary("Replays what holders of a role did in the last days (90) on changed permissions: what would be refused, what nobody used, what would become possible. Changes nothing");
        api.MapGet("/organizations/{org}/people/{id:guid}/spend-reach", (string org, Guid id, ApiCall call) => call.AskAsync(new GetSpendReach(org, id), s => s))
            .WithTags("People").WithName("getSpendReach").WithSummary("The most money a member can cause to be spent, with the budgets and quotas that bound it; needs people:read and budgets:read");
        api.MapGet("/organizations/{org}/service-accounts/{id:guid}/spend-reach", (string org, Guid id, ApiCall call) => call.AskAsync(new GetSpendReach(org, id, ActorKind.ServiceAccount), s => s))
            .WithTags("Tokens").WithName("getServiceAccountSpendReach").WithSummary("The most money a service account can cause to be spent; needs tokens:read and budgets:read");
        api.MapGet("/organizations/{org}/tokens/{id:guid}/spend-reach", (string org, Guid id, ApiCall call) => call.AskAsync(new GetSpendReach(org, id, ActorKind.Token), s => s))
            .WithTags("Tokens").WithName("getTokenSpendReach").WithSummary("The most money a token can cause to be spent, within its scopes; needs tokens:read and budgets:read");
    }

    internal sealed record SimulationBody(IReadOnlyList<string>? Permissions, int? Days);
}
