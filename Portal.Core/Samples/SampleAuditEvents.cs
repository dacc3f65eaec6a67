using System.Text.Json;

namespace Hexabase.Portal.Samples;

/// <summary>
/// Thirty days of the sample organization's Kubernetes audit log, as the API server writes it (audit.k8s.io/v1), to be taken in by the real path: people and pipelines at work in
/// office hours, some refusals, and one night on which an address that nobody knows reads secrets of the payments workspace.
/// </summary>
internal static class SampleAuditEvents
{
    private const int Days = 30;
    private const int EventsADay = 60;

    /// <summary>One event a line; the same bytes for the same last day, so that a second load finds them all there.</summary>
    public static async Task WriteAsync(Stream into, DateOnly lastDay, CancellationToken cancellationToken)
    {
        var number = 0;
        for (var back = Days; back >= 1; back--)
        {
            var day = lastDay.AddDays(-back);
            var random = new SampleRandom(2026).Split($"audit {day:yyyy-MM-dd}");
            for (var i = 0; i < EventsADay; i++) await LineAsync(Ordinary(ref random, day, number++));
            if (back != 9) continue;
            for (var i = 0; i < 24; i++) await LineAsync(Night(ref random, day, i, number++));
        }

        async Task LineAsync(object line)
        {
            await JsonSerializer.SerializeAsync(into, line, cancellationToken: cancellationToken);
            await into.WriteAsync("\n"u8.ToArray(), cancellationToken);
        }
    }

    private static object Ordinary(ref SampleRandom random, DateOnly day, int number)
    {
        var workspace = SampleOrganization.Workspaces[random.NextInt(SampleOrganization.Workspaces.Count)];
        var project = workspace.Projects[random.NextInt(workspace.Projects.Count)];
        var pipeline = random.NextInt(3) == 0;
        var user = pipeline ? $"system:serviceaccount:ci-runners:deployer-{workspace.Team}" : Address(workspace.Owner);
        var (verb, resource, name) = random.NextInt(8) switch
        {
            0 => ("create", "deployments", project),
            1 => ("delete", "pods", $"{project}-{random.NextInt(90) + 10}"),
            2 => ("get", "secrets", $"{project}-credentials"),
            3 => ("update", "configmaps", $"{project}-settings"),
            4 => ("patch", "horizontalpodautoscalers", project),
            _ => ("patch", "deployments", project),
        };
        var refused = random.NextInt(14) == 0;
        // 09:00 to 19:00 in Tokyo; pipelines around the clock.
        var at = pipeline ? day.ToDateTime(TimeOnly.MinValue).AddSeconds(random.NextInt(86_400)) : day.ToDateTime(TimeOnly.MinValue).AddSeconds(random.NextInt(36_000));
        return Event(number, at, user, pipeline ? "203.0.113.40" : $"198.51.100.{10 + random.NextInt(40)}", pipeline ? "argocd/v2.12" : "kubectl/v1.31.2 (linux/amd64)", verb, resource, workspace.Name, name, refused);
    }

    private static object Night(ref SampleRandom random, DateOnly day, int i, int number)
    {
        var payments = SampleOrganization.Workspaces[0];
        var at = day.ToDateTime(new TimeOnly(17, 12)).AddSeconds((i * 7) + random.NextInt(5));
        return Event(number, at, $"system:serviceaccount:{payments.Name}:settlement", "192.0.2.66", "curl/8.5.0", i < 6 ? "list" : "get", "secrets", payments.Name, $"{payments.Projects[i % payments.Projects.Count]}-credentials", i < 4);
    }

    private static object Event(int number, DateTime at, string user, string address, string agent, string verb, string resource, string space, string name, bool refused) => new
    {
        kind = "Event",
        apiVersion = "audit.k8s.io/v1",
        level = "Metadata",
        auditID = $"5a3b1e00-0000-4000-8000-{number:x12}",
        stage = "ResponseComplete",
        requestURI = $"/apis/apps/v1/namespaces/{space}/{resource}/{name}",
        verb,
        user = new { username = user, groups = new[] { "system:authenticated" } },
        sourceIPs = new[] { address },
        userAgent = agent,
        objectRef = new { resource, @namespace = space, name, apiVersion = "v1" },
        responseStatus = new { code = refused ? 403 : verb == "create" ? 201 : 200, reason = refused ? "Forbidden" : null },
        requestReceivedTimestamp = $"{at:yyyy-MM-dd'T'HH:mm:ss}.{number % 1000:000}000Z",
        stageTimestamp = $"{at:yyyy-MM-dd'T'HH:mm:ss}.{number % 1000:000}900Z",
        annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["authorization.k8s.io/decision"] = refused ? "forbid" : "allow", ["sample"] = "true" },
    };

    private static string Address(string owner) => owner.Replace(" (sample)", "", StringComparison.Ordinal).Replace(' ', '.').ToLowerInvariant() + "@example.com";
}
