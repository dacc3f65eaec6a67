using System.Globalization;
using System.Net;
using Hexabase.Portal.Integrations.Outbound;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>Where a domain shows the organization's text.</summary>
public enum SsoDomainWay
{
    Dns,
    Https,
}

/// <summary>What a check of a domain found.</summary>
/// <param name="Way">Where the text stands; null = nowhere.</param>
/// <param name="Missing">For each place without it what was looked up and what came; the field is "dns" or "https".</param>
public sealed record SsoDomainFinding(SsoDomainWay? Way, IReadOnlyList<FieldError> Missing)
{
    /// <summary>The line that the domain has to show, in either place.</summary>
    public static string TextOf(string token) => $"hexabase-portal-verification={token}";

    internal Problem Refusal(string domain) => new(
        ProblemKind.Refused, "sso.domain.unproven", $"The text was not found for {domain}. {string.Join(' ', Missing.Select(m => m.Message))} Publish it in one of the two places, then check again; a changed DNS record may need until its time to live is over.", Missing, [domain]);
}

/// <summary>Looks in one place whether whoever holds a domain put the organization's text there: the world outside.</summary>
public interface IDomainProof
{
    SsoDomainWay Way { get; }

    /// <summary>Null where it stands there; otherwise what was looked up and what came instead.</summary>
    Task<FieldError?> CheckAsync(string domain, string text, CancellationToken cancellationToken);
}

/// <summary>By a TXT record: whoever can write one has the domain. Another record at the same name, also one that leads elsewhere (CNAME), does not stand in the way.</summary>
public sealed class DnsDomainProof(TxtResolver resolver) : IDomainProof
{
    private const int MaxShown = 3;

    public SsoDomainWay Way => SsoDomainWay.Dns;

    public static string NameOf(string domain) => $"_hexabase-challenge.{domain}";

    public async Task<FieldError?> CheckAsync(string domain, string text, CancellationToken cancellationToken)
    {
        var name = NameOf(domain);
        if (!DnsMessage.CanHold(name)) return Missing("tooLong", $"{name} is longer than DNS allows.", name);
        var found = await resolver.FindAsync(name, cancellationToken);
        switch (found.State)
        {
            case TxtState.Silent:
                return Missing("silent", $"No name server answered the question for the TXT record {name}.", name);
            case TxtState.Failed:
                return Missing("failed", $"The name server {found.Server} answered the question for the TXT record {name} with {found.Detail}.", name, found.Server, found.Detail);
            default:
                if (found.Texts.Any(t => t.Trim() == text)) return null;
                if (found.Texts.Count == 0) return Missing("none", $"There is no TXT record {name}.", name);
                var came = string.Join(", ", found.Texts.Take(MaxShown).Select(t => $"\"{SsoRefusal.Show(t)}\""));
                return Missing("other", $"The TXT record {name} says {came}.", name, came);
        }
    }

    private static FieldError Missing(string what, string message, params object?[] args) => new("dns", $"sso.domain.dns.{what}", message, Args: args);
}

/// <summary>By a file below https://DOMAIN/.well-known/: who can publish there has the domain.</summary>
public sealed class HttpsDomainProof(OutboundGuard guard) : IDomainProof, IDisposable
{
    private readonly HttpClient _http = guard.CreateClient(OutboundTls.Default);

    public SsoDomainWay Way => SsoDomainWay.Https;

    public static Uri AddressOf(string domain) => new($"https://{domain}/.well-known/hexabase-portal-verification");

    public async Task<FieldError?> CheckAsync(string domain, string text, CancellationToken cancellationToken)
    {
        var address = AddressOf(domain);
        try
        {
            using var answer = await _http.GetAsync(address, cancellationToken);
            if (answer.StatusCode != HttpStatusCode.OK) return Missing("status", string.Create(CultureInfo.InvariantCulture, $"{address} answered {(int)answer.StatusCode}."), address.AbsoluteUri, (int)answer.StatusCode);
            var file = await answer.Content.ReadAsStringAsync(cancellationToken);
            return file.Split('\n').Any(line => line.Trim() == text) ? null : Missing("other", $"{address} does not hold the line with the text.", address.AbsoluteUri);
        }
        catch (HttpRequestException e)
        {
            return (e.InnerException as OutboundException)?.Code switch
            {
                "outbound.name.unknown" => Missing("name", $"{address} cannot be reached: {domain} has no address.", address.AbsoluteUri, domain),
                "outbound.address.closed" => Missing("closed", $"{address} was not asked: the address of {domain} is not public.", address.AbsoluteUri, domain),
                "outbound.tls" => Missing("tls", $"{address} has no certificate that is trusted.", address.AbsoluteUri),
                _ => Missing("unreachable", $"{address} cannot be reached.", address.AbsoluteUri),
            };
        }
        catch (Exception e) when (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return Missing("silent", $"{address} did not answer in time.", address.AbsoluteUri);
        }
    }

    public void Dispose() => _http.Dispose();

    private static FieldError Missing(string what, string message, params object?[] args) => new("https", $"sso.domain.https.{what}", message, Args: args);
}

/// <summary>Checks a domain's proof in both places at once; the network is not waited for inside a transaction.</summary>
public sealed class SsoDomainCheck(IPortal portal, IEnumerable<IDomainProof> proofs)
{
    public async Task<Result<SsoDomainRow>> RunAsync(Actor actor, string org, Guid id, CancellationToken cancellationToken)
    {
        if (!(await portal.AskAsync(actor, new FindSsoDomain(org, id), cancellationToken)).TryGet(out var domain, out var problem)) return problem;
        var ways = proofs.OrderBy(p => p.Way).ToList();
        var found = await Task.WhenAll(ways.Select(p => p.CheckAsync(domain.Name, SsoDomainFinding.TextOf(domain.Token), cancellationToken)));
        var first = Array.FindIndex(found, missing => missing is null);
        return await portal.SendAsync(actor, new VerifySsoDomain(org, id, new SsoDomainFinding(first < 0 ? null : ways[first].Way, [.. found.OfType<FieldError>()])), cancellationToken);
    }
}
