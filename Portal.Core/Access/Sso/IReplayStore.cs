using System.Security.Cryptography;
using System.Text;

namespace Hexabase.Portal.Access.Sso;

/// <summary>Remembers what may be used once: authorization codes, token ids, assertion ids. One memory for all replicas.</summary>
public interface IReplayStore
{
    /// <summary>True for the first caller with this key, on any replica; false for every later one until the expiry.</summary>
    Task<bool> TryUseAsync(ReplayKey key, DateTimeOffset expiresAt, CancellationToken cancellationToken);
}

/// <summary>A thing that is used once. Kept as a hash: neither codes nor personal data stand in the memory.</summary>
/// <param name="Hash">SHA-256 of kind, issuer and id, each with its length in front.</param>
public sealed record ReplayKey(byte[] Hash)
{
    public static ReplayKey Code(string issuer, string code) => Of("code", issuer, code);

    public static ReplayKey LogoutToken(string issuer, string jti) => Of("logout", issuer, jti);

    public static ReplayKey Assertion(string issuer, string id) => Of("assertion", issuer, id);

    /// <summary>An answer to a SAML request: each request is answered once.</summary>
    public static ReplayKey Request(string issuer, string id) => Of("request", issuer, id);

    public static ReplayKey State(string issuer, string state) => Of("state", issuer, state);

    private static ReplayKey Of(string kind, string issuer, string id) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{kind}:{issuer.Length}:{issuer}:{id.Length}:{id}"))));
}
