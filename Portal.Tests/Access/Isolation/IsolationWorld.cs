using System.Diagnostics;
using System.Text;
using Hexabase.Portal.Support;
using Xunit;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>
/// One portal with three organizations, filled through the API, and everybody who could ask: each built-in role in each of them, the platform's
/// administrator and the platform's auditor. Shared by the tests of isolation, which do not change it.
/// </summary>
public sealed class IsolationWorld(TestServer server) : IAsyncLifetime
{
    private readonly string _files = Directory.CreateTempSubdirectory("portal-isolation-").FullName;

    public WebPortal Portal { get; } = new(server);

    internal Estate A { get; private set; } = new("Zyxalpha");

    internal Estate B { get; private set; } = new("Qwvbravo");

    /// <summary>Whose people try to reach the other two: what they write stands in their own logs, where it betrays nothing.</summary>
    internal Estate Reacher { get; private set; } = new("Plocharlie");

    /// <summary>All routes of the running portal's OpenAPI document.</summary>
    internal IReadOnlyList<ApiRoute> Routes { get; private set; } = [];

    /// <summary>An auditor of the platform.</summary>
    internal HttpClient PlatformAuditor { get; private set; } = new();

    public async ValueTask InitializeAsync()
    {
        Portal.Settings["Siem:FileDirectory"] = Path.Combine(_files, "sinks");
        Portal.Settings["Audit:ArchiveDirectory"] = Path.Combine(_files, "archives");
        // No name server answers here: no domain of these organizations exists.
        Portal.Settings["Outbound:NameServers:0"] = "127.0.0.1:9";
        // The second departure within the hour waits for approval.
        Portal.Settings["Scim:HoldFloor"] = "0";
        Portal.Settings["Scim:HoldAfterPercent"] = "30";
        foreach (var limit in new[] { "PerActor", "ActorBurst", "PerAddress", "AddressBurst" }) Portal.Settings[$"RateLimits:{limit}"] = "1000000";
        await Portal.InitializeAsync();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(EstateBuilder.FillAsync(Portal, A), EstateBuilder.FillAsync(Portal, B), EstateBuilder.FillAsync(Portal, Reacher));
        var auditor = await Portal.PostAsync("/api/v1/tokens", new { name = "platform auditor", role = "auditor", expiresInDays = 1 });
        PlatformAuditor = Portal.Client(auditor.Json.GetProperty("token").GetString());
        Routes = ApiRoute.ReadAll((await Portal.GetAsync("/openapi/v1.json")).Json);
        TestContext.Current.SendDiagnosticMessage($"Three organizations filled in {watch.Elapsed.TotalSeconds:F1} s, {Routes.Count} routes");
    }

    public async ValueTask DisposeAsync()
    {
        await Portal.DisposeAsync();
        Directory.Delete(_files, recursive: true);
    }

    /// <summary>A further organization, for a test that changes what is in it.</summary>
    internal async Task<Estate> NewEstateAsync(string marker)
    {
        var estate = new Estate(marker);
        await EstateBuilder.FillAsync(Portal, estate);
        return estate;
    }

    /// <summary>Asks, and fails where the answer holds anything of an organization that the caller does not belong to.</summary>
    /// <param name="home">Whose the caller is; null for the platform's own, who may see everything.</param>
    internal async Task<IsolationAnswer> AskAsync(HttpClient client, Estate? home, ApiRequest request)
    {
        using var message = request.ToMessage(Portal.Address);
        using var response = await client.SendAsync(message, TestContext.Current.CancellationToken);
        var text = Unpacked.TextOf(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        var headers = new StringBuilder();
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers)) headers.Append(name).Append(": ").AppendJoin(", ", values).Append('\n');
        var answer = new IsolationAnswer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, headers.ToString(), text);
        if (home is null) return answer;
        foreach (var other in new[] { A, B }.Where(e => e != home))
        {
            if (other.Betrayed(answer.Headers + text, request.Asked, home) is { } leak)
                throw new InvalidOperationException($"{request} told {home.Marker} of {other.Marker}: '{leak}' in\n{answer.Headers}\n{text}");
        }

        return answer;
    }
}

/// <summary>Shares the world among the classes of these tests, which run one after another.</summary>
[CollectionDefinition(nameof(IsolationWorld))]
public sealed class IsolationTests : ICollectionFixture<IsolationWorld>;

/// <param name="Headers">One a line.</param>
internal sealed record IsolationAnswer(int Status, string? MediaType, string Headers, string Text)
{
    public bool Succeeded => Status is >= 200 and < 300;

    /// <summary>What a caller can tell apart: everything but the request's own id, the time and what they wrote themselves.</summary>
    public string Visible(params IEnumerable<string> written)
    {
        var lines = Headers.Split('\n').Where(h => !h.StartsWith("X-Request-Id", StringComparison.OrdinalIgnoreCase) && !h.StartsWith("Date", StringComparison.OrdinalIgnoreCase) && !h.StartsWith("Content-Length", StringComparison.OrdinalIgnoreCase));
        var all = $"{Status}\n{string.Join('\n', lines.Order(StringComparer.Ordinal))}\n{Text}";
        foreach (var word in written.Where(w => w.Length > 0).OrderByDescending(w => w.Length)) all = all.Replace(word, "*", StringComparison.OrdinalIgnoreCase);
        return all;
    }
}
