using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Hexabase.Portal.Cli;

/// <summary>A running portal, by its API: --url and --token, or PORTAL_URL and PORTAL_TOKEN.</summary>
internal sealed class RemotePortal : IDisposable
{
    private readonly HttpClient _client;

    private RemotePortal(Uri address, string token)
    {
        // A large bill may take longer than any time-out; the connection ends with the portal.
        _client = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Null where no address is given: the verb works on the database itself.</summary>
    public static RemotePortal? Find(CliArguments arguments)
    {
        if ((arguments["url"] ?? Environment.GetEnvironmentVariable("PORTAL_URL")) is not { Length: > 0 } url) return null;
        if (!Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")) throw new CliUsageException($"'{url}' is not the address of a portal, such as https://portal.example.com.");
        if ((arguments["token"] ?? Environment.GetEnvironmentVariable("PORTAL_TOKEN")) is not { Length: > 0 } token) throw new CliUsageException("--url needs --token, or PORTAL_TOKEN.");
        return new RemotePortal(address, token);
    }

    /// <summary>The answer's body.</summary>
    /// <exception cref="CliRefusedException">The portal refused; the message is its own.</exception>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await _client.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        var isJson = response.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json";
        if (response.IsSuccessStatusCode && isJson) return JsonElement.Parse(text);
        throw new CliRefusedException(
            isJson && JsonElement.Parse(text).TryGetProperty("detail", out var detail) ? detail.GetString() ?? text : $"{_client.BaseAddress} answered {(int)response.StatusCode} and not as a portal does.",
            response.StatusCode == HttpStatusCode.ServiceUnavailable);
    }

    /// <summary>The job; an outage in between is waited for.</summary>
    public async Task<JobSight> JobAsync(Guid id, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return JobSight.Of(await SendAsync(HttpMethod.Get, $"api/v1/jobs/{id}", null, cancellationToken));
            }
            catch (Exception e) when (attempt < 60 && e is HttpRequestException or CliRefusedException { IsOutage: true })
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            }
        }
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>The portal refused what was asked.</summary>
internal sealed class CliRefusedException(string message, bool isOutage = false) : Exception(message)
{
    public bool IsOutage => isOutage;
}
