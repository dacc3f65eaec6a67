using System.Text;
using System.Text.Json;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>One operation of the OpenAPI document.</summary>
/// <param name="Template">"/api/v1/organizations/{org}/budgets/{budget}".</param>
/// <param name="Body">The schema of its JSON body; null where it takes none.</param>
/// <param name="Queries">Names of the parameters that the document has for the query.</param>
internal sealed record ApiRoute(string Method, string Template, string Name, JsonElement? Body, IReadOnlyList<string> Queries, JsonElement Document)
{
    public bool IsRead => Method == "GET";

    /// <summary>Of one organization: below its address, or (jobs) a row of it by the id alone.</summary>
    public bool IsOfOrganization => Template.Contains("{org}", StringComparison.Ordinal) || Template.Contains("/jobs/{id}", StringComparison.Ordinal);

    /// <summary>The parameters of the path beside the organization, each with the segment before it: "budgets/{budget}".</summary>
    public IReadOnlyList<string> Parameters
    {
        get
        {
            var parts = Template.Split('/');
            return [.. Enumerable.Range(1, parts.Length - 1).Where(i => parts[i].StartsWith('{') && parts[i] != "{org}").Select(i => $"{parts[i - 1]}/{parts[i]}")];
        }
    }

    public override string ToString() => $"{Method} {Template} ({Name})";

    public static IReadOnlyList<ApiRoute> ReadAll(JsonElement document) =>
    [
        .. from path in document.GetProperty("paths").EnumerateObject()
           from operation in path.Value.EnumerateObject()
           where operation.Name is "get" or "put" or "post" or "delete" or "patch"
           select Read(path.Name, operation.Name.ToUpperInvariant(), operation.Value, document),
    ];

    private static ApiRoute Read(string template, string method, JsonElement operation, JsonElement document)
    {
        var body = operation.TryGetProperty("requestBody", out var request) && request.GetProperty("content").TryGetProperty("application/json", out var json) ? json.GetProperty("schema") : (JsonElement?)null;
        var queries = operation.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Where(p => p.GetProperty("in").GetString() == "query").Select(p => p.GetProperty("name").GetString() ?? "").ToList()
            : [];
        return new ApiRoute(method, template, operation.TryGetProperty("operationId", out var id) ? id.GetString() ?? "" : $"{method} {template}", body, queries, document);
    }
}

/// <summary>A request as it goes out.</summary>
/// <param name="Raw">Content that is not JSON, with its media type.</param>
internal sealed record ApiRequest(string Method, string Path, string? Json = null, (string Text, string Type)? Raw = null)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public string Asked => $"{Path}\n{Json}{Raw?.Text}\n{string.Join('\n', Headers.Values)}";

    public override string ToString() => $"{Method} {Path}";

    public HttpRequestMessage ToMessage(string address)
    {
        // As it is written: what the address holds is sometimes the point of the test.
        var message = new HttpRequestMessage(new HttpMethod(Method), new Uri(address + Path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (Json is not null) message.Content = new StringContent(Json, Encoding.UTF8, "application/json");
        if (Raw is var (text, type)) message.Content = new StringContent(text, Encoding.UTF8, type);
        foreach (var (name, value) in Headers) message.Headers.TryAddWithoutValidation(name, value);
        return message;
    }
}
