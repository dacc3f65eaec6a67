using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hexabase.Portal.Costs.Focus;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>
/// Makes a sound request for any route of the document: path parameters from what an estate holds, bodies from the schema by the names of their members.
/// What cannot be made this way fails with the words that say what to add here.
/// </summary>
internal static class RouteRequests
{
    /// <summary>Parameters that are no key of a row: the same value means the same thing in every organization.</summary>
    public static readonly IReadOnlySet<string> Common = new HashSet<string>(StringComparer.Ordinal)
    {
        "label-keys/{key}", "audit/{index}", "allocation-rules/{version}", "ingest/{source}", "statements/{month}", "certificates/{thumbprint}",
    };

    /// <summary>Queries without which a route refuses to answer.</summary>
    private static readonly Dictionary<string, string> Queries = new(StringComparer.Ordinal)
    {
        ["getAuditConsistency"] = "from=1", ["completeAudit"] = "field=action&prefix=a",
        ["listWhoCan"] = "permission=costs%3Aread",
        ["getCosts"] = CostRange, ["exportCosts"] = CostRange, ["listCostLines"] = CostRange, ["getInvoiceTotals"] = CostRange, ["getCostReport"] = CostRange, ["exportCostReport"] = CostRange,
        ["importCosts"] = "name=more.csv&onError=skip",
        ["ingestEvents"] = "source=generic",
    };

    private const string CostRange = "from=2000-01-01&to=2100-01-01";

    /// <summary>Bodies whose members hang together.</summary>
    private static readonly Dictionary<string, Func<Estate, JsonNode?>> Bodies = new(StringComparer.Ordinal)
    {
        ["setWorkspaceQuota"] = _ => new JsonObject { ["cpuMillicores"] = 4000 },
        ["setOrganizationQuota"] = _ => new JsonObject { ["limits"] = new JsonObject { ["cpuMillicores"] = 400_000 } },
        ["recordQuotaReadings"] = e => new JsonObject { ["source"] = e.Name("probe"), ["readings"] = new JsonArray(new JsonObject { ["workspace"] = e.Places["workspaces/{workspace}"], ["resource"] = "cpuMillicores", ["used"] = 7 }) },
        ["saveAllocationRules"] = Rules, ["previewAllocationRules"] = Rules,
        ["saveEventMapping"] = Mapping, ["previewEvents"] = e => new JsonObject { ["source"] = "generic", ["sample"] = $$"""{"action":"{{e.Marker}}.look"}""" },
        ["createAuditSink"] = Sink, ["testNewAuditSink"] = Sink, ["changeAuditSink"] = Sink,
        ["replayAuditSink"] = _ => new JsonObject { ["firstSequence"] = 1, ["lastSequence"] = 1 },
        ["backfillAuditSink"] = _ => new JsonObject { ["from"] = "2020-01-01T00:00:00Z" },
        ["setAuditRetention"] = _ => new JsonObject { ["keepDays"] = 2557 },
        ["placeAuditHold"] = e => new JsonObject { ["name"] = e.Name("case"), ["reason"] = e.Name("order"), ["workspace"] = e.Places["workspaces/{workspace}"] },
        ["eraseAuditPerson"] = e => new JsonObject { ["name"] = e.Name("nobody"), ["reason"] = e.Name("asked for") },
        ["startAccessReview"] = e => new JsonObject { ["name"] = e.Name("review"), ["dueAtUtc"] = Iso(TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(7)), ["scope"] = "organization" },
        ["decideAccessReview"] = e => new JsonObject { ["items"] = new JsonArray(e.Places["access-review-items/{item}"]), ["decision"] = "keep", ["reason"] = e.Name("needed") },
        ["closeAccessReview"] = _ => new JsonObject { ["applyMissed"] = true },
        ["createToken"] = e => new JsonObject { ["name"] = e.Name("token"), ["role"] = "orgUser", ["expiresInDays"] = 1 },
        ["createPlatformToken"] = e => new JsonObject { ["name"] = e.Name("token"), ["role"] = "auditor", ["expiresInDays"] = 1 },
        ["createRole"] = e => new JsonObject { ["name"] = e.Name($"role {Interlocked.Increment(ref _last)}"), ["permissions"] = new JsonArray("costs:read") },
        ["changeRole"] = e => new JsonObject { ["description"] = e.Name("reads costs") },
        ["bindRole"] = e => new JsonObject { ["principal"] = e.Places["people/{id}"], ["role"] = "developer", ["scope"] = "project", ["place"] = e.Places["projects/{project}"] },
        ["createAccessRule"] = Rule, ["changeAccessRule"] = Rule,
        ["checkCondition"] = _ => new JsonObject { ["condition"] = "mfa" },
        ["createSsoConnection"] = e => new JsonObject { ["name"] = e.Name("provider"), ["kind"] = "oidc", ["issuer"] = $"https://{e.Marker.ToLowerInvariant()}.example", ["clientId"] = e.Name("client"), ["clientProof"] = "privateKey" },
        ["changeSsoConnection"] = e => new JsonObject { ["name"] = e.Name("provider renamed") },
        ["setSsoMappings"] = e => new JsonObject { ["mappings"] = new JsonArray(new JsonObject { ["value"] = e.Name("staff"), ["role"] = "orgUser" }) },
        ["enforceSso"] = _ => new JsonObject { ["state"] = "off" },
        ["addSsoDomain"] = e => new JsonObject { ["name"] = $"{e.Marker.ToLowerInvariant()}-{Interlocked.Increment(ref _last)}.example" },
        ["addSsoCertificate"] = _ => new JsonObject { ["certificate"] = "none" },
        ["importSsoMetadata"] = _ => new JsonObject { ["xml"] = "<none/>" },
        ["createServiceAccount"] = Robot, ["changeServiceAccount"] = Robot,
        ["setSessionPolicy"] = _ => new JsonObject { ["lifetimeHours"] = 12, ["idleMinutes"] = 60, ["mfaFor"] = "nobody", ["graceDays"] = 0 },
        ["rotateToken"] = _ => new JsonObject { ["overlapHours"] = 1 },
        ["handOverToken"] = e => new JsonObject { ["owner"] = e.Places["people/{id}"] },
        ["changeProfile"] = e => new JsonObject { ["displayName"] = e.Name("visitor"), ["theme"] = "dark" },
        ["changePassword"] = _ => new JsonObject { ["currentPassword"] = "none at all", ["newPassword"] = "correct horse battery staple 9" },
        ["loadSample"] = _ => new JsonObject { ["size"] = "small" },
        ["changeBusinessUnit"] = e => new JsonObject { ["name"] = e.Name("unit renamed"), ["costCenter"] = e.Name("cc") },
        ["simulateRole"] = _ => new JsonObject { ["permissions"] = new JsonArray("costs:read") },
        ["changeOrganization"] = e => new JsonObject { ["name"] = e.Name("Holdings renamed") },
    };

    /// <summary>Members that a sound body may leave out and whose values would have to be right.</summary>
    private static readonly HashSet<string> Absent = new(StringComparer.Ordinal) { "forecastThresholds", "regions", "isolation", "parent", "isShared", "effectiveFrom" };

    private static int _last;

    /// <param name="estate">Whose rows the path and the body name.</param>
    /// <param name="organization">In the path; the estate's own id when absent.</param>
    /// <param name="other">For single parameters of the path, other values.</param>
    public static ApiRequest Make(ApiRoute route, Estate estate, string? organization = null, IReadOnlyDictionary<string, string>? other = null, Estate? inBody = null)
    {
        var parts = route.Template.Split('/');
        for (var i = 1; i < parts.Length; i++)
        {
            if (!parts[i].StartsWith('{')) continue;
            var parameter = $"{route.Template.Split('/')[i - 1]}/{parts[i]}";
            var value = parts[i] == "{org}" ? organization ?? estate.Id
                : other?.GetValueOrDefault(parameter) ?? estate.Places.GetValueOrDefault(parameter)
                    ?? throw Untaught(route, $"its path has '{parameter}'", $"make such a row in {nameof(EstateBuilder)} and keep its id as Places[\"{parameter}\"]");
            parts[i] = Uri.EscapeDataString(value);
        }

        var path = string.Join('/', parts);
        if (Queries.GetValueOrDefault(route.Name) is { } query) path += $"?{query}";
        if (route.Name == "explainAccess") path += $"?principal={estate.Places["people/{id}"]}&permission=costs%3Aread";
        return route.Name switch
        {
            "importCosts" => new ApiRequest(route.Method, path, Raw: (Bill(estate), "text/csv")),
            "ingestEvents" or "ingestEventsOf" => new ApiRequest(route.Method, path, Raw: (Event(estate), "application/jsonl")),
            _ when route.Body is { } schema => new ApiRequest(route.Method, path, (Bodies.GetValueOrDefault(route.Name)?.Invoke(inBody ?? estate) ?? Value(route, schema, "", inBody ?? estate, 0))?.ToJsonString() ?? "null"),
            _ => new ApiRequest(route.Method, path),
        };
    }

    public static string Bill(Estate e)
    {
        var today = TimeProvider.System.GetUtcNow();
        var month = new DateTime(today.Year, today.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        var place = new (string, string)[]
        {
            ("BillingPeriodStart", Iso(month)), ("BillingPeriodEnd", Iso(month.AddMonths(1))), ("ChargePeriodStart", Iso(today.UtcDateTime.Date)), ("ChargePeriodEnd", Iso(today.UtcDateTime.Date.AddDays(1))),
            ("ProviderName", e.Name("cloud")), ("ServiceName", e.Name("compute")), ("BillingAccountName", e.Name("account")), ("BillingAccountId", e.Name("id")), ("ChargeDescription", e.Name("charge")),
            ("Tags", $$"""{"{{e.Marker}}-tag":"{{e.Marker}}"}"""),
        };
        return new FocusFile().Row(place).Row([.. place, ("BilledCost", "2.5")]).Row([.. place, ("BilledCost", e.Name("no number"))]).Text();
    }

    /// <summary>Its id is new each time, for the second of the same id is a duplicate.</summary>
    public static string Event(Estate e) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"timestamp":"{{Iso(TimeProvider.System.GetUtcNow().UtcDateTime)}}","source_id":"{{e.Marker}}-{{Interlocked.Increment(ref _last)}}","action":"door.{{e.Marker}}","actor":"ann@{{e.Marker}}.test","resource_name":"{{e.Marker}} door","reason":"{{e.Marker}}"}""") + "\n";

    /// <summary>What refuses to become a request says how to teach it.</summary>
    public static InvalidOperationException Untaught(ApiRoute route, string what, string how) =>
        new($"{route} is not covered by the tests of isolation: {what}. To cover it, {how}.");

    private static JsonNode? Value(ApiRoute route, JsonElement schema, string member, Estate e, int depth)
    {
        if (schema.TryGetProperty("$ref", out var reference)) schema = route.Document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()?.Split('/')[^1] ?? "");
        if (schema.TryGetProperty("oneOf", out var choices)) schema = choices.EnumerateArray().Last();
        if (schema.TryGetProperty("$ref", out _)) return depth > 8 ? null : Value(route, schema, member, e, depth + 1);
        if (Absent.Contains(member)) return null;
        if (Word(member, e) is { } known) return known;
        switch (Kind(schema))
        {
            case "object" when schema.TryGetProperty("properties", out var members):
                return new JsonObject(members.EnumerateObject().Select(m => KeyValuePair.Create(m.Name, Value(route, m.Value, m.Name, e, depth + 1))).Where(m => m.Value is not null));
            case "array":
                return schema.TryGetProperty("items", out var item) && Value(route, item, member, e, depth + 1) is { } one ? new JsonArray(one) : [];
            case "object":
                return new JsonObject();
            case "integer" or "number":
                return null;
            case "boolean":
                return false;
            case "string" when schema.TryGetProperty("format", out var format):
                return format.GetString() switch { "uuid" => null, "date" => "2026-01-01", "date-time" => "2026-01-01T00:00:00Z", _ => throw Untaught(route, $"'{member}' is a string of the form {format}", $"name the form in {nameof(RouteRequests)}.{nameof(Value)}") };
            case "string" when schema.TryGetProperty("enum", out var words):
                return words[0].GetString();
            default:
                return e.Name($"{member} {Interlocked.Increment(ref _last)}");
        }
    }

    /// <summary>Members whose values are words of the portal or keys of rows.</summary>
    private static JsonNode? Word(string member, Estate e) => member switch
    {
        "role" => "orgUser",
        "plan" => "enterprise",
        "currency" => "USD",
        "timeZone" => "UTC",
        "fiscalYearStartMonth" => 1,
        "environment" => "production",
        "classification" => "internal",
        "email" => string.Create(CultureInfo.InvariantCulture, $"person{Interlocked.Increment(ref _last)}@{e.Marker}.test"),
        "page" => "workspaces",
        "queryString" => $"filter={e.Marker}",
        "metric" => "billed",
        "businessUnit" => e.Places["business-units/{unit}"],
        "scope" => new JsonObject { ["workspace"] = e.Places["workspaces/{workspace}"] },
        "limits" => new JsonObject { ["monthly"] = new JsonObject { ["amount"] = "1000", ["currency"] = "USD" } },
        "recipients" => new JsonArray($"{e.Marker}@{e.Marker}.test"),
        "labels" => new JsonObject { [e.Places["label-keys/{key}"]] = e.Marker },
        "thresholds" => new JsonArray(0.8),
        _ => null,
    };

    private static string? Kind(JsonElement schema) => !schema.TryGetProperty("type", out var type) ? null
        : type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()).FirstOrDefault(t => t != "null") : type.GetString();

    private static JsonObject Rules(Estate e) => new()
    {
        ["effectiveFrom"] = "2020-01-01",
        ["rules"] = new JsonArray(new JsonObject { ["name"] = e.Name("rule"), ["match"] = new JsonObject { ["ServiceName"] = e.Name("compute") }, ["target"] = new JsonObject { ["workspace"] = e.Places["workspaces/{workspace}"] } }),
    };

    private static JsonObject Rule(Estate e) => new() { ["name"] = e.Name($"rule {Interlocked.Increment(ref _last)}"), ["kind"] = "deny", ["permission"] = "costs:import", ["condition"] = "weekday in sun UTC and environment in preview" };

    private static JsonObject Robot(Estate e) => new() { ["name"] = e.Name($"robot {Interlocked.Increment(ref _last)}"), ["role"] = "orgUser", ["owner"] = e.Places["people/{id}"] };

    private static JsonObject Mapping(Estate e) => new() { ["fields"] = new JsonObject { ["reason"] = $"reason | {e.Marker}.reason" }, ["failureValues"] = new JsonArray(e.Marker) };

    private static JsonObject Sink(Estate e) => new()
    {
        ["name"] = e.Name($"evidence {Interlocked.Increment(ref _last)}"), ["kind"] = "file", ["address"] = $"{e.Marker}-{_last}.jsonl", ["filter"] = $"-actor:{e.Marker}", ["from"] = "2020-01-01T00:00:00Z",
    };

    private static string Iso(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
