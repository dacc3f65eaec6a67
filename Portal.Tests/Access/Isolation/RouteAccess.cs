using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>
/// What each route needs, as the portal itself says it to a token without any permission, and what the table of roles makes of that. Routes that need none
/// have a reason here.
/// </summary>
internal sealed partial class RouteAccess
{
    /// <summary>Routes for everybody who is signed in, about themselves alone.</summary>
    private static readonly Dictionary<string, string> Open = new(StringComparer.Ordinal)
    {
        ["getOrganization"] = "whoever belongs to it", ["getHome"] = "shows each what they may see",
        ["listAccessReviews"] = "shows each what they review", ["getAccessReview"] = "shows each what they review", ["listAccessReviewItems"] = "shows each what they review", ["decideAccessReview"] = "reviewers decide on their own items",
        ["listOrganizations"] = "answers those that the caller reaches",
        ["getProfile"] = "the caller's own", ["changeProfile"] = "the caller's own", ["listSessions"] = "the caller's own", ["revokeSession"] = "the caller's own", ["changePassword"] = "the caller's own",
        ["getSecondFactors"] = "the caller's own", ["listSignIns"] = "the caller's own", ["listOwnTokens"] = "the caller's own", ["revokeOwnToken"] = "the caller's own",
        ["checkCondition"] = "says what a text means, of nobody's data", ["listRoles"] = "what each role means; who holds it is told to those alone who may read roles", ["getRole"] = "the same", ["listPermissions"] = "the portal's own words, the same for everybody", ["listAdministrators"] = "whom to ask, told to members",
    };

    private readonly ConcurrentDictionary<string, Permission?> _needed = new(StringComparer.Ordinal);

    public static async Task<RouteAccess> ReadAsync(IsolationWorld world)
    {
        var access = new RouteAccess();
        await Parallel.ForEachAsync(world.Routes, async (route, _) =>
        {
            if (Open.ContainsKey(route.Name))
            {
                access._needed[route.Name] = null;
                return;
            }

            var answer = await world.AskAsync(world.A.Clients["probe"], world.A, RouteRequests.Make(route, world.A));
            if (answer.Status != 403 || Named().Match(answer.Text) is not { Success: true } named)
                throw RouteRequests.Untaught(route, $"it answers {answer.Status} to a token that holds no permission at all, and does not name the one it needs: {answer.Text}", $"give its message a permission, or name it in {nameof(RouteAccess)}.{nameof(Open)} with the reason why everybody may");
            access._needed[route.Name] = new Permission(named.Groups[1].Value, named.Groups[2].Value);
        });
        return access;
    }

    public Permission? Needed(ApiRoute route) => _needed[route.Name];

    /// <summary>What the table of roles says to a role in its own organization.</summary>
    public bool Allows(string role, ApiRoute route, bool onPlatform = false) =>
        Needed(route) is not { } permission || ((onPlatform || route.IsOfOrganization) && BuiltInRoles.Find(role)?.Allows(permission) == true);

    [GeneratedRegex("needs the permission ([A-Za-z]+):([A-Za-z]+)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Named();
}
