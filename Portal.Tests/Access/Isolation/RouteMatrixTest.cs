using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>Every route of the OpenAPI document × every built-in role × own and foreign organization. A new route is in here by itself.</summary>
[Collection(nameof(IsolationWorld))]
public sealed class RouteMatrixTest(IsolationWorld world)
{
    /// <summary>An organization and a row that exist nowhere.</summary>
    private const string Nowhere = "0190a000-0000-7000-8000-00000000dead";

    /// <summary>What an auditor may do beside reading.</summary>
    private static readonly Dictionary<string, string> AuditorWrites = new(StringComparer.Ordinal)
    {
        ["startAuditExport"] = "takes the evidence along: a file of what the auditor may read",
        ["previewAllocationRules"] = "works out and keeps nothing", ["previewEvents"] = "works out and keeps nothing", ["simulateRole"] = "works out and keeps nothing",
        ["saveView"] = "own view", ["changeSavedView"] = "own view", ["deleteSavedView"] = "own view", ["setDefaultView"] = "own choice", ["clearDefaultView"] = "own choice",
        ["changeProfile"] = "own account", ["changePassword"] = "own account", ["revokeSession"] = "own account", ["revokeOwnToken"] = "own account", ["checkCondition"] = "reads a text and keeps nothing",
    };

    /// <summary>Reads that answer something else than 200 to an administrator of the organization, each with its reason.</summary>
    private static readonly Dictionary<string, (int Status, string Reason)> ReadsWithoutAnswer = new(StringComparer.Ordinal)
    {
        ["listPlatformTokens"] = (403, "of the platform"),
        ["getProfile"] = (403, "a token is no person"), ["listSessions"] = (403, "a token is no person"), ["getSecondFactors"] = (403, "a token is no person"), ["listSignIns"] = (403, "a token is no person"), ["listOwnTokens"] = (403, "a token is no person"),
    };

    /// <summary>The rows of a foreign organization beside its own address, and what a random id of that place would be.</summary>
    private static string? Random(string parameter) => RouteRequests.Common.Contains(parameter) ? null : Nowhere;

    [Fact]
    public void EveryEndpoint_IsInTheDocument_OrIsCoveredElsewhere()
    {
        // What is not described is walked by other tests of this folder or shows nothing of any organization.
        string[] elsewhere = ["/scim/", "/hubs/", "/account/", "/health", "/ready", "/metrics", "/openapi/", "/api", "/_blazor", "/_framework", "/Error", "/not-found", "/{**path:file}", "/sso/"];
        var described = world.Routes.Select(r => $"{r.Method} {r.Template}").ToHashSet(StringComparer.OrdinalIgnoreCase);
        var pages = PageRoutes.All.Select(p => p.Template).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var unknown = new List<string>();
        foreach (var endpoint in world.Portal.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>())
        {
            var pattern = "/" + endpoint.RoutePattern.RawText?.Trim('/');
            if (pages.Contains(pattern) || (elsewhere.Any(e => pattern == e || (pattern.StartsWith(e, StringComparison.Ordinal) && e != "/api"))) || endpoint.Metadata.Any(m => m.GetType().Name.Contains("StaticAsset", StringComparison.Ordinal))) continue;
            var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];
            var template = System.Text.RegularExpressions.Regex.Replace(pattern, @":[a-z]+\}", "}", System.Text.RegularExpressions.RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            unknown.AddRange(methods.Select(m => $"{m} {template}").Where(m => !described.Contains(m)));
        }

        unknown.ShouldBeEmpty("these endpoints stand in no document, so that no test asks whom they answer: describe them, or name them here with the test that does");
    }

    [Fact]
    public async Task Reads_FollowTheTableOfRoles_AndTheAdministratorReadsAllOfTheirOwn()
    {
        var access = await RouteAccess.ReadAsync(world);
        var (asked, found) = (0, 0);
        var wrong = new ConcurrentBag<string>();
        var cases = from route in world.Routes where route.IsRead from estate in new[] { world.A, world.B } from role in EstateBuilder.Roles select (route, estate, role);
        await Parallel.ForEachAsync(cases, Parallelism, async (c, _) =>
        {
            var answer = await world.AskAsync(c.estate.Clients[c.role], c.estate, RouteRequests.Make(c.route, c.estate));
            Interlocked.Increment(ref asked);
            if (answer.Succeeded && c.estate.Betrayed(answer.Text, "", new Estate("nobody")) is not null) Interlocked.Increment(ref found);
            var allowed = access.Allows(c.role, c.route);
            if (answer.Status == 403 != !allowed && !ReadsWithoutAnswer.ContainsKey(c.route.Name)) wrong.Add($"{c.role}: {c.route} answered {answer.Status}, the table of roles says {(allowed ? "yes" : "no")}");
            if (c.role != "orgAdmin" || answer.Status == 200) return;
            if (!ReadsWithoutAnswer.TryGetValue(c.route.Name, out var expected) || expected.Status != answer.Status)
                wrong.Add(RouteRequests.Untaught(c.route, $"the administrator of the organization is answered {answer.Status} {answer.Text}", $"make what it reads in {nameof(EstateBuilder)}, give it the query it needs in {nameof(RouteRequests)}, or name it in {nameof(ReadsWithoutAnswer)} with the reason").Message);
        });
        wrong.ShouldBeEmpty(string.Join('\n', wrong));
        // The test would see a leak: most answers to the organization's own people hold its marker or ids.
        found.ShouldBeGreaterThan(asked / 3, string.Create(CultureInfo.InvariantCulture, $"{found} of {asked} answers held anything of their own organization"));
        TestContext.Current.SendDiagnosticMessage($"{asked} reads, {found} with the marker or an id of their own organization");
    }

    [Fact]
    public async Task PlatformRoles_ReadBothOrganizations()
    {
        var wrong = new ConcurrentBag<string>();
        var cases = from route in world.Routes where route.IsRead && route.IsOfOrganization from estate in new[] { world.A, world.B } from client in new[] { world.Portal.Api, world.PlatformAuditor } select (route, estate, client);
        await Parallel.ForEachAsync(cases, Parallelism, async (c, _) =>
        {
            var answer = await world.AskAsync(c.client, null, RouteRequests.Make(c.route, c.estate));
            if (answer.Status != 200 && !ReadsWithoutAnswer.ContainsKey(c.route.Name)) wrong.Add($"{(c.client == world.Portal.Api ? "service administrator" : "platform auditor")}: {c.route} answered {answer.Status} {answer.Text}");
        });
        wrong.ShouldBeEmpty(string.Join('\n', wrong));
    }

    [Fact]
    public async Task ForeignOrganization_LooksLikeAMissingOne_ToEveryRoleAndMethod()
    {
        var asked = 0;
        var wrong = new ConcurrentBag<string>();
        var cases = from route in world.Routes where route.IsOfOrganization from role in EstateBuilder.Roles.Append("probe").Append("scim") from bySlug in new[] { false, true } select (route, role, bySlug);
        await Parallel.ForEachAsync(cases, Parallelism, async (c, _) =>
        {
            // Everything of the path is foreign; the body is the caller's own.
            var reached = RouteRequests.Make(c.route, world.B, c.bySlug ? world.B.Slug : world.B.Id, inBody: world.Reacher) with { Raw = null };
            var missing = RouteRequests.Make(c.route, world.B, c.bySlug ? "no-such-organization" : Nowhere, c.route.Parameters.Where(p => Random(p) is not null).ToDictionary(p => p, _ => Nowhere), world.Reacher) with { Raw = null, Json = reached.Json };
            var foreign = await world.AskAsync(world.Reacher.Clients[c.role], world.Reacher, reached);
            var nothing = await world.AskAsync(world.Reacher.Clients[c.role], world.Reacher, missing);
            Interlocked.Add(ref asked, 2);
            if (foreign.Status is not (404 or 403)) wrong.Add($"{c.role}: {reached} answered {foreign.Status} {foreign.Text}");
            if (foreign.Visible(world.B.Id, world.B.Slug) != nothing.Visible(Nowhere, "no-such-organization"))
                wrong.Add($"{c.role}: {reached} and {missing} can be told apart:\n{foreign.Visible()}\n--- and ---\n{nothing.Visible()}");
            if (foreign.Status == 403 && c.role is not ("probe" or "scim") && !IsRefusedBeforeTheOrganization(c.route)) wrong.Add($"{c.role}: {reached} says that it exists: {foreign.Text}");
        });
        wrong.ShouldBeEmpty(string.Join('\n', wrong));
        TestContext.Current.SendDiagnosticMessage($"{asked} requests for foreign and missing organizations");
    }

    [Fact]
    public async Task ForeignRow_InTheOwnOrganization_LooksLikeAMissingOne()
    {
        var asked = 0;
        var wrong = new ConcurrentBag<string>();
        var cases = from route in world.Routes from parameter in route.Parameters where Random(parameter) is not null from role in EstateBuilder.Roles select (route, parameter, role);
        await Parallel.ForEachAsync(cases, Parallelism, async (c, _) =>
        {
            var reached = RouteRequests.Make(c.route, world.Reacher, other: new Dictionary<string, string>(StringComparer.Ordinal) { [c.parameter] = world.B.Places.GetValueOrDefault(c.parameter) ?? Nowhere }) with { Raw = null };
            var missing = RouteRequests.Make(c.route, world.Reacher, other: new Dictionary<string, string>(StringComparer.Ordinal) { [c.parameter] = Nowhere }) with { Raw = null, Json = reached.Json };
            var foreign = await world.AskAsync(world.Reacher.Clients[c.role], world.Reacher, reached);
            var nothing = await world.AskAsync(world.Reacher.Clients[c.role], world.Reacher, missing);
            Interlocked.Add(ref asked, 2);
            if (foreign.Succeeded) wrong.Add($"{c.role}: {reached} answered {foreign.Status} {foreign.Text}");
            if (foreign.Visible(world.B.Places.GetValueOrDefault(c.parameter) ?? Nowhere) != nothing.Visible(Nowhere))
                wrong.Add($"{c.role}: {reached} and {missing} can be told apart:\n{foreign.Visible()}\n--- and ---\n{nothing.Visible()}");
        });
        wrong.ShouldBeEmpty(string.Join('\n', wrong));
        TestContext.Current.SendDiagnosticMessage($"{asked} requests for foreign and missing rows");
    }

    [Fact]
    public async Task ForeignRow_NamedInABody_LooksLikeAMissingOne()
    {
        var wrong = new ConcurrentBag<string>();
        var mine = await world.NewEstateAsync("Vexdelta");
        var marked = new Estate(mine.Marker) { Id = mine.Id, Slug = mine.Slug };
        var nobody = new Estate(mine.Marker) { Id = mine.Id, Slug = mine.Slug };
        foreach (var (place, value) in mine.Places) (marked.Places[place], nobody.Places[place]) = RouteRequests.Common.Contains(place) ? (value, value) : (world.B.Places[place], Nowhere);
        await Parallel.ForEachAsync(world.Routes.Where(r => !r.IsRead && r.IsOfOrganization && r.Body is not null && r.Method == "POST"), Parallelism, async (route, _) =>
        {
            // Only where the body names a row at all.
            var reached = RouteRequests.Make(route, mine, inBody: marked) with { Raw = null };
            var missing = RouteRequests.Make(route, mine, inBody: nobody) with { Raw = null };
            if (!world.B.Ids.Any(id => reached.Json?.Contains(id, StringComparison.Ordinal) == true)) return;
            var foreign = await world.AskAsync(mine.Clients["orgAdmin"], mine, reached);
            var nothing = await world.AskAsync(mine.Clients["orgAdmin"], mine, missing);
            if (foreign.Succeeded) wrong.Add($"{reached} took a foreign row: {reached.Json}\n{foreign.Text}");
            if (foreign.Visible([.. world.B.Ids]) != nothing.Visible(Nowhere)) wrong.Add($"{reached} tells a foreign row from a missing one:\n{foreign.Visible()}\n--- and ---\n{nothing.Visible()}");
        });
        wrong.ShouldBeEmpty(string.Join('\n', wrong));
    }

    [Fact]
    public async Task Auditor_ChangesNothing()
    {
        var wrong = new ConcurrentBag<string>();
        var cases = from route in world.Routes where !route.IsRead from auditor in new[] { (Client: world.A.Clients["auditor"], Home: world.A), (Client: world.PlatformAuditor, Home: (Estate?)null) } select (route, auditor);
        await Parallel.ForEachAsync(cases, Parallelism, async (c, _) =>
        {
            var answer = await world.AskAsync(c.auditor.Client, c.auditor.Home, RouteRequests.Make(c.route, world.A));
            if (answer.Succeeded && !AuditorWrites.ContainsKey(c.route.Name)) wrong.Add($"an auditor was answered {answer.Status} by {c.route}: make it a permission that no auditor holds, or name it in {nameof(AuditorWrites)} with the reason");
            if (!answer.Succeeded && answer.Status != 403 && !AuditorWrites.ContainsKey(c.route.Name)) wrong.Add($"an auditor was not refused by {c.route} for who they are, but with {answer.Status} {answer.Text}");
        });
        wrong.ShouldBeEmpty(string.Join('\n', wrong));
    }

    /// <summary>What is refused by a permission of the platform whatever the organization in the address.</summary>
    private static bool IsRefusedBeforeTheOrganization(ApiRoute route) => !route.IsOfOrganization;

    internal static ParallelOptions Parallelism => new() { MaxDegreeOfParallelism = 12, CancellationToken = TestContext.Current.CancellationToken };
}
