using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access.Sso.Oidc;

/// <summary>Discovery documents by issuer, believed for some minutes; a failure for ten seconds, so that a storm of sign-ins does not become one at the provider.</summary>
public sealed class OidcProviders(OidcClient client, IOptions<SsoOptions> options, TimeProvider clock)
{
    private const int MaxIssuers = 1_000;
    private static readonly TimeSpan BetweenFailures = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, (Checked<OidcDiscovery> Answer, DateTimeOffset At)> _known = new(StringComparer.Ordinal);

    public async Task<Checked<OidcDiscovery>> FindAsync(string issuer, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_known.TryGetValue(issuer, out var known) && now - known.At < (known.Answer.Refusal is null ? TimeSpan.FromMinutes(options.Value.DiscoveryMinutes) : BetweenFailures)) return known.Answer;
        var answer = await client.DiscoverAsync(issuer, options.Value.AllowLoopbackHttp, cancellationToken);
        if (_known.Count >= MaxIssuers) _known.Clear();
        _known[issuer] = (answer, now);
        return answer;
    }
}
