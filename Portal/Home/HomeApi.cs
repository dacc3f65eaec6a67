using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Home;

/// <summary>The decision queue.</summary>
internal static class HomeApi
{
    public static void MapHome(this RouteGroupBuilder api) =>
        api.MapGet("/organizations/{org}/home", (string org, ApiCall call) => call.AskAsync(new GetHome(org), h => h))
            .WithName("getHome").WithSummary("What waits for a decision, most urgent first, and the set-up steps").WithTags("Home");
}
