using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Hexabase.Portal.Access.Sso.Jose;
using Hexabase.Portal.Integrations.Outbound;
using Microsoft.Extensions.Options;
using Microsoft.Identity.Client;

namespace Hexabase.Portal.Access.Sso.Oidc;

/// <summary>Where the groups are that did not fit into a token of Entra ID: the world outside.</summary>
public interface IEntraGroups
{
    /// <param name="issuer">https://login.microsoftonline.com/TENANT-ID/v2.0.</param>
    /// <param name="objectId">The person's <c>oid</c>.</param>
    /// <param name="certificate">With its key, where the client proves itself by it instead of a secret.</param>
    /// <returns>Ids of all groups, nested ones too.</returns>
    Task<Checked<IReadOnlyList<string>>> OfAsync(string issuer, string clientId, string? secret, X509Certificate2? certificate, string objectId, CancellationToken cancellationToken);
}

/// <summary>Asks Microsoft Graph (getMemberGroups) with the application's own permission GroupMember.Read.All, through the guarded way out.</summary>
public sealed class GraphGroups(OutboundGuard guard, IOptions<SsoOptions> options) : IEntraGroups, IMsalHttpClientFactory, IDisposable
{
    private const int MaxApplications = 100;
    private readonly HttpClient _http = guard.CreateClient(OutboundTls.Default);
    private readonly ConcurrentDictionary<string, IConfidentialClientApplication> _applications = new(StringComparer.Ordinal);

    public HttpClient GetHttpClient() => _http;

    public async Task<Checked<IReadOnlyList<string>>> OfAsync(string issuer, string clientId, string? secret, X509Certificate2? certificate, string objectId, CancellationToken cancellationToken)
    {
        try
        {
            var token = await Application(issuer, clientId, secret, certificate).AcquireTokenForClient([$"{options.Value.GraphAddress}/.default"]).ExecuteAsync(cancellationToken);
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{options.Value.GraphAddress}/v1.0/users/{Uri.EscapeDataString(objectId)}/getMemberGroups") { Content = JsonContent.Create(new { securityEnabledOnly = false }) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.AccessToken);
            using var answer = await _http.SendAsync(request, cancellationToken);
            return Read((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (MsalException e)
        {
            return Refuse("token", "Entra ID gives the portal no token for Microsoft Graph.", SsoRefusal.Show(e.ErrorCode), "Give the application the permission GroupMember.Read.All (application) and an administrator's consent.");
        }
        catch (HttpRequestException e)
        {
            return Refuse("unreachable", "Microsoft Graph cannot be reached.", SsoRefusal.Show((e.InnerException as OutboundException)?.Code), "Check that the portal may call graph.microsoft.com and login.microsoftonline.com.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Refuse("timeout", "Microsoft Graph did not answer in time.", null, "Try again; if it repeats, assign only the needed groups to the application so that they fit into the token.");
        }
    }

    internal static Checked<IReadOnlyList<string>> Read(int status, byte[] body)
    {
        if (status != 200) return Refuse("status", FormattableString.Invariant($"Microsoft Graph answered {status}."), null, "Give the application the permission GroupMember.Read.All (application) and an administrator's consent.");
        if (!JsonMembers.TryParse(body, OidcTokens.MaxBytes * 4, out var members, out var why) || !members.TryGet("value", out var list) || list.ValueKind != JsonValueKind.Array)
            return Refuse("malformed", $"Microsoft Graph's answer cannot be read{(why is null ? "" : ": it " + why)}.", null, "Try again; if it repeats, report this to the portal's operator.");
        var groups = list.EnumerateArray().Where(g => g.ValueKind == JsonValueKind.String).Select(g => g.GetString() ?? "").ToList();
        return groups.Count > ClaimsMapping.MaxGroups
            ? Refuse("count", "The person is in too many groups.", FormattableString.Invariant($"{groups.Count} groups"), "Send only the groups that are assigned to the application.")
            : groups;
    }

    public void Dispose() => _http.Dispose();

    private IConfidentialClientApplication Application(string issuer, string clientId, string? secret, X509Certificate2? certificate)
    {
        // Keeps its tokens; a changed secret is another application.
        var key = $"{issuer}|{clientId}|{(certificate is null ? SsoRefusal.Hide(secret) : certificate.Thumbprint)}";
        if (_applications.Count >= MaxApplications) _applications.Clear();
        return _applications.GetOrAdd(key, _ =>
        {
            var builder = ConfidentialClientApplicationBuilder.Create(clientId).WithAuthority(issuer.EndsWith("/v2.0", StringComparison.Ordinal) ? issuer[..^5] : issuer).WithInstanceDiscovery(false).WithHttpClientFactory(this);
            return certificate is null ? builder.WithClientSecret(secret).Build() : builder.WithCertificate(certificate).Build();
        });
    }

    private static SsoRefusal Refuse(string code, string message, string? came, string change) => new($"oidc.graph.{code}", message, came, change);
}
