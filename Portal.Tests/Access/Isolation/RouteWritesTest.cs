using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>Every route that changes something × every built-in role, in an organization of its own that is used up by it.</summary>
[Collection(nameof(IsolationWorld))]
public sealed class RouteWritesTest(IsolationWorld world)
{
    /// <summary>Changes that are refused to an administrator of the organization although the role allows them, each with its reason.</summary>
    private static readonly Dictionary<string, (int Status, string Reason)> Refused = new(StringComparer.Ordinal)
    {
        ["changeProfile"] = (403, "a token is no person"), ["changePassword"] = (403, "a token is no person"), ["revokeSession"] = (403, "a token is no person"),
        ["eraseAuditPerson"] = (404, "the body names nobody; AuditRetentionApiTest erases"),
        ["cancelJob"] = (409, "the job has ended; nothing lasts long enough here to be stopped"), ["cancelAuditSinkRun"] = (409, "the run has ended"),
        ["rotateAuditSinkSecret"] = (422, "a file has no secret"), ["resendAuditSinkDeadLetter"] = (404, "a file refuses no entry"), ["dismissAuditSinkDeadLetter"] = (404, "a file refuses no entry"),
        ["archiveBusinessUnit"] = (422, "still has the workspace that createWorkspace made"),
        ["rejectHeldChange"] = (409, "was approved a moment before"),
        ["revokeOwnToken"] = (403, "a token is no person"), ["startSsoTest"] = (422, "a test sign-in is made by a person in a browser"), ["verifySsoDomain"] = (422, "the domain proves nothing; SsoDomainProofTest verifies"),
        ["addSsoCertificate"] = (409, "a connection of OpenID Connect pins none; SsoConnectionCommandsTest does"), ["removeSsoCertificate"] = (404, "the same"), ["importSsoMetadata"] = (409, "the same"),
        ["activateSsoKey"] = (409, "it signs already; SsoRotationTest activates another"), ["removeSsoKey"] = (409, "it signs; SsoRotationTest removes another"),
        ["removeSsoLink"] = (404, "nobody has come through the provider; OidcPeerTest links"),
        ["createPasswordReset"] = (422, "the person has no password; PasswordResetTest resets one"), ["resetSecondFactors"] = (409, "the person has none"), ["endMemberSession"] = (404, "all were signed out a moment before"),
    };

    [Fact]
    public async Task Writes_FollowTheTableOfRoles_AndTheAdministratorDoesAllOfTheirOwn()
    {
        var access = await RouteAccess.ReadAsync(world);
        var estate = await world.NewEstateAsync("Ruxecho");
        var wrong = new List<string>();
        foreach (var role in new[] { "orgUser", "financeViewer", "auditor" })
        {
            foreach (var route in world.Routes.Where(r => !r.IsRead && !Refused.ContainsKey(r.Name)))
            {
                var answer = await world.AskAsync(estate.Clients[role], estate, RouteRequests.Make(route, estate));
                if (answer.Status == 403 && access.Allows(role, route) && !answer.Text.Contains("savedView.", StringComparison.Ordinal) && !answer.Text.Contains("review.notReviewer", StringComparison.Ordinal)) wrong.Add($"{role}: {route} was refused, the table of roles allows it: {answer.Text}");
                if (answer.Status != 403 && !access.Allows(role, route)) wrong.Add($"{role}: {route} answered {answer.Status}, the table of roles forbids it: {answer.Text}");
            }
        }

        // What is made comes first, what removes it last and from the inside out.
        var order = world.Routes.Where(r => !r.IsRead).OrderBy(r => r.Method == "DELETE").ThenBy(r => r.Method == "DELETE" ? -r.Template.Length : 0);
        foreach (var route in order)
        {
            var answer = await world.AskAsync(estate.Clients["orgAdmin"], estate, RouteRequests.Make(route, estate));
            if (!access.Allows("orgAdmin", route) && !Refused.ContainsKey(route.Name))
            {
                if (answer.Status != 403) wrong.Add($"orgAdmin: {route} answered {answer.Status}, the table of roles forbids it: {answer.Text}");
            }
            else if (!answer.Succeeded && (!Refused.TryGetValue(route.Name, out var expected) || expected.Status != answer.Status))
            {
                wrong.Add(RouteRequests.Untaught(route, $"an administrator of the organization is answered {answer.Status} {answer.Text} to {RouteRequests.Make(route, estate).Json}", $"write its body in {nameof(RouteRequests)}, make the row in {nameof(EstateBuilder)}, or name it in {nameof(Refused)} with the reason").Message);
            }
        }

        wrong.ShouldBeEmpty(string.Join('\n', wrong));
    }
}
