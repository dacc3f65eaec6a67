using System.Collections.Concurrent;
using System.Text.Json;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>What could carry something of one organization into another although each route is sound: caches, keys, cursors, searches, files.</summary>
[Collection(nameof(IsolationWorld))]
public sealed class CrossingTest(IsolationWorld world)
{
    [Fact]
    public async Task ReadsAndChangesInAnyOrder_ShowEachOrganizationItsOwn()
    {
        var random = new Random(20261120);
        var reads = world.Routes.Where(r => r.IsRead && r.IsOfOrganization).ToList();
        var steps = Enumerable.Range(0, 500).Select(_ => (Estate: random.Next(2) == 0 ? world.A : world.B, Role: EstateBuilder.Roles[random.Next(EstateBuilder.Roles.Length)], Read: reads[random.Next(reads.Count)], Change: random.Next(8) == 0, Number: random.Next())).ToList();
        // The check is in the asking: no answer may hold anything of the other organization.
        await Parallel.ForEachAsync(steps, RouteMatrixTest.Parallelism, async (step, _) =>
        {
            if (step.Change)
            {
                var made = await world.AskAsync(step.Estate.Clients["orgAdmin"], step.Estate, new ApiRequest("POST", $"/api/v1/organizations/{step.Estate.Id}/business-units", JsonSerializer.Serialize(new { name = step.Estate.Name($"crossing {step.Number}") })));
                step.Estate.Note(made.Text);
            }
            else
            {
                var answer = await world.AskAsync(step.Estate.Clients[step.Role], step.Estate, RouteRequests.Make(step.Read, step.Estate, step.Number % 2 == 0 ? step.Estate.Id : step.Estate.Slug));
                answer.Status.ShouldBeLessThan(500, $"{step.Read}: {answer.Text}");
            }
        });
    }

    [Fact]
    public async Task SharedAnswers_OfTwoOrganizationsWithTheSameNames_StayApart()
    {
        var (a, b) = (TestPortal.Actor("financeViewer", Guid.Parse(world.A.Id)), TestPortal.Actor("financeViewer", Guid.Parse(world.B.Id)));
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForAsync(0, 300, RouteMatrixTest.Parallelism, async (i, stop) =>
        {
            var (mine, other, actor) = i % 2 == 0 ? (world.A, world.B, a) : (world.B, world.A, b);
            var units = await world.Portal.Portal.AskAsync(actor, new ListBusinessUnits(i % 3 == 0 ? mine.Id : i % 3 == 1 ? mine.Slug : mine.Id.ToUpperInvariant(), new PageRequest()), stop);
            var budgets = await world.Portal.Portal.AskAsync(actor, new ListBudgets(mine.Slug, new PageRequest()), stop);
            var text = JsonSerializer.Serialize(units.Value) + JsonSerializer.Serialize(budgets.Value);
            if (other.Betrayed(text, "", mine) is { } leak || !text.Contains(mine.Marker, StringComparison.Ordinal)) wrong.Add($"{mine.Marker}: {text}");
            var foreign = await world.Portal.Portal.AskAsync(actor, new ListBusinessUnits(other.Id, new PageRequest()), stop);
            if (foreign.Problem?.Code != "organization.notFound") wrong.Add("a shared answer of another organization was given");
        });
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task IdempotencyKey_OfAnotherOrganization_AnswersNothingOfIt()
    {
        var body = JsonSerializer.Serialize(new { page = "workspaces", name = "the same", queryString = "filter=1" });
        var key = new Dictionary<string, string>(StringComparer.Ordinal) { ["Idempotency-Key"] = "one-key-of-two-organizations" };
        var mine = await world.AskAsync(world.A.Clients["orgAdmin"], world.A, new ApiRequest("POST", $"/api/v1/organizations/{world.A.Id}/saved-views", body) { Headers = key });
        mine.Status.ShouldBe(201, mine.Text);
        world.A.Note(mine.Text);

        var replayed = await world.AskAsync(world.B.Clients["orgAdmin"], world.B, new ApiRequest("POST", $"/api/v1/organizations/{world.A.Id}/saved-views", body) { Headers = key });
        replayed.Status.ShouldBe(404, replayed.Text);
        var own = await world.AskAsync(world.B.Clients["orgAdmin"], world.B, new ApiRequest("POST", $"/api/v1/organizations/{world.B.Id}/saved-views", body) { Headers = key });
        own.Status.ShouldBe(201, own.Text);
        own.Headers.ShouldNotContain("Idempotency-Replayed");
        world.B.Note(own.Text);
        var again = await world.AskAsync(world.A.Clients["orgAdmin"], world.A, new ApiRequest("POST", $"/api/v1/organizations/{world.A.Id}/saved-views", body) { Headers = key });
        again.Text.ShouldBe(mine.Text);
        again.Headers.ShouldContain("Idempotency-Replayed");
    }

    [Fact]
    public async Task Cursors_OfAnotherOrganization_LeadNowhere()
    {
        var tried = 0;
        foreach (var route in world.Routes.Where(r => r.IsRead && r.IsOfOrganization))
        {
            var request = RouteRequests.Make(route, world.A);
            var first = await world.AskAsync(world.A.Clients["orgAdmin"], world.A, request with { Path = $"{request.Path}{(request.Path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=1" });
            if (!first.Succeeded || first.MediaType != "application/json" || JsonElement.Parse(first.Text) is not { ValueKind: JsonValueKind.Object } page || !page.TryGetProperty("nextCursor", out var cursor) || cursor.ValueKind != JsonValueKind.String) continue;
            tried++;
            var theirs = RouteRequests.Make(route, world.B);
            var answer = await world.AskAsync(world.B.Clients["orgAdmin"], world.B, theirs with { Path = $"{theirs.Path}{(theirs.Path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}cursor={Uri.EscapeDataString(cursor.GetString()!)}" });
            answer.Status.ShouldBeOneOf([200, 400, 422], $"{route}: {answer.Text}");
        }

        tried.ShouldBeGreaterThan(8);
    }

    [Fact]
    public async Task Search_FindsNothingOfAnotherOrganization_WhateverItAsks()
    {
        var reader = await world.NewEstateAsync("Mexgamma");
        foreach (var term in new[] { world.A.Marker, world.A.Marker.ToLowerInvariant(), $"actor:\"{world.A.Name("orgAdmin")}\"", $"action:door.{world.A.Marker}", $"resource:{world.A.Places["workspaces/{workspace}"]}", $"workspace:{world.A.Places["workspaces/{workspace}"]}", world.A.Id, $"{world.A.Marker[..5]}*", $"-actor:{reader.Marker} {world.A.Marker}" })
        {
            foreach (var client in new[] { reader.Clients["orgAdmin"], reader.Clients["auditor"] })
            {
                var found = await world.AskAsync(client, reader, new ApiRequest("GET", $"/api/v1/organizations/{reader.Id}/audit?limit=1000&q={Uri.EscapeDataString(term)}"));
                if (found.Status == 200) found.Text.ShouldNotContain($"door.{world.A.Marker}", Case.Insensitive, term);
                foreach (var item in found.Status == 200 ? JsonElement.Parse(found.Text).GetProperty("items").EnumerateArray() : default)
                    item.GetProperty("tenantId").GetString().ShouldBe(reader.Id, $"{term}: {item}");
                var summary = await world.AskAsync(client, reader, new ApiRequest("GET", $"/api/v1/organizations/{reader.Id}/audit/summary?q={Uri.EscapeDataString($"action:door.{world.A.Marker}")}"));
                summary.Text.ShouldNotContain("\"count\":1", Case.Sensitive, summary.Text);
            }
        }
    }

    [Fact]
    public async Task Exports_InEveryFormat_HoldTheOwnOrganizationAlone()
    {
        var files = 0;
        var cases = from route in world.Routes where route.IsRead && route.IsOfOrganization from format in new[] { "csv", "xlsx", "jsonl", "cef", "ocsf" } from role in new[] { "orgAdmin", "auditor", "financeViewer" } from estate in new[] { world.A, world.B } select (route, format, role, estate);
        await Parallel.ForEachAsync(cases, RouteMatrixTest.Parallelism, async (c, _) =>
        {
            var request = RouteRequests.Make(c.route, c.estate);
            var answer = await world.AskAsync(c.estate.Clients[c.role], c.estate, request with { Path = $"{request.Path}{(request.Path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}format={c.format}" });
            answer.Status.ShouldBeLessThan(500, $"{request}: {answer.Text}");
            if (answer.Succeeded && answer.Headers.Contains("attachment", StringComparison.Ordinal) && c.estate.Betrayed(answer.Text, "", new Estate("nobody")) is not null) Interlocked.Increment(ref files);
        });
        files.ShouldBeGreaterThan(60, "the files hold their own organization's marker");
        TestContext.Current.SendDiagnosticMessage($"{files} files with the marker of their own organization");
    }

    [Fact]
    public async Task KeysInOtherWriting_ReachNothingElse()
    {
        // An organization whose slug reads like the id of another one.
        var named = await world.Portal.CreateOrganizationAsync(world.B.Id);
        using var admin = await ClientOfAsync(named);
        foreach (var key in new[] { world.B.Id, world.B.Id.ToUpperInvariant(), world.B.Slug.ToUpperInvariant(), $"{{{world.B.Id}}}", world.B.Id.Replace("-", "", StringComparison.Ordinal), $"{world.B.Slug} ", $" {world.B.Slug}", $"{world.B.Slug}%00", $"{world.A.Id}/../{world.B.Id}" })
        {
            foreach (var (client, home) in new[] { (world.A.Clients["orgAdmin"], world.A), (admin, new Estate("nobody")) })
            {
                var answer = await world.AskAsync(client, home, new ApiRequest("GET", $"/api/v1/organizations/{Uri.EscapeDataString(key)}/workspaces"));
                answer.Status.ShouldBeOneOf([404, 400], $"{key}: {answer.Text}");
            }
        }

        (await world.AskAsync(world.A.Clients["orgAdmin"], world.A, new ApiRequest("GET", $"/api/v1/organizations/{world.A.Id.ToUpperInvariant()}"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task AForeignReach_IsInTheOwnLogAlone_AndReadsLikeOneForNothing()
    {
        var reader = await world.NewEstateAsync("Sibhotel");
        foreach (var path in new[] { $"/api/v1/organizations/{world.B.Slug}/budgets", "/api/v1/organizations/no-such-organization/budgets", $"/api/v1/jobs/{world.B.Places["jobs/{id}"]}", "/api/v1/jobs/0190a000-0000-7000-8000-00000000dead" })
            (await world.AskAsync(reader.Clients["orgAdmin"], reader, new ApiRequest("GET", path))).Status.ShouldBe(404);
        var cancel = await world.AskAsync(reader.Clients["orgAdmin"], reader, new ApiRequest("POST", $"/api/v1/jobs/{world.B.Places["jobs/{id}"]}/cancel"));
        cancel.Status.ShouldBe(404);

        var log = JsonElement.Parse((await world.AskAsync(reader.Clients["orgAdmin"], reader, new ApiRequest("GET", $"/api/v1/organizations/{reader.Id}/audit?limit=1000"))).Text).GetProperty("items");
        var reaches = log.EnumerateArray().Where(e => e.GetProperty("reason").ValueKind == JsonValueKind.String && e.GetProperty("reason").GetString()!.StartsWith("reached for", StringComparison.Ordinal)).ToList();
        reaches.Count.ShouldBe(5);
        // Nobody learns from their own log which of the two it was.
        reaches.Select(e => $"{e.GetProperty("action")} {e.GetProperty("reason")} {e.GetProperty("resource")} {e.GetProperty("oldValue")} {e.GetProperty("newValue")} {e.GetProperty("decision")}").Distinct(StringComparer.Ordinal).Count().ShouldBe(3, "budgets, the job, its cancelling");
        (await world.Portal.GetAsync($"/api/v1/organizations/{world.B.Id}/audit?limit=1000")).Text.ShouldNotContain(reader.Marker, Case.Insensitive);
    }

    private async Task<HttpClient> ClientOfAsync(string slug)
    {
        // By the slug the id's owner is found, so that the token is made through the list of organizations.
        var list = (await world.Portal.GetAsync("/api/v1/organizations?limit=1000")).Json.GetProperty("items").EnumerateArray();
        var id = list.Single(o => o.GetProperty("slug").GetString() == slug).GetProperty("id").GetString()!;
        return await world.Portal.ClientAsync(id, "orgAdmin");
    }
}
