using System.Security.Cryptography;

namespace Hexabase.Portal.Access.Sso.Oidc;

/// <summary>How the portal proves to a provider that it is the client: a shared secret, or better its own key (private_key_jwt), which never leaves the portal.</summary>
public sealed class OidcCredentials
{
    private OidcCredentials(string clientId, string? secret, AsymmetricAlgorithm? key, string? keyId) => (ClientId, Secret, Key, KeyId) = (clientId, secret, key, keyId);

    public string ClientId { get; }

    internal string? Secret { get; }

    internal AsymmetricAlgorithm? Key { get; }

    internal string? KeyId { get; }

    public static OidcCredentials OfSecret(string clientId, string secret) => new(clientId, secret, null, null);

    /// <param name="key">RSA of 2048 bits or more, or P-256.</param>
    public static OidcCredentials OfKey(string clientId, AsymmetricAlgorithm key, string keyId) => new(clientId, null, key, keyId);
}
