using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Access.Sso.Jose;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>Makes and reads the portal's keys.</summary>
internal static class SsoKeys
{
    /// <summary>The one that signs, and its successor or predecessor. Both are published, and what was encrypted for either opens.</summary>
    public const int Max = 2;

    private const int Years = 5;

    public static SsoKey Make(WriteScope scope, SsoConnection connection)
    {
        using var rsa = RSA.Create(2048);
        using var certificate = new CertificateRequest($"CN=hexabase-portal {connection.Id}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(scope.NowUtc.AddMinutes(-5), scope.NowUtc.AddYears(Years));
        return new SsoKey
        {
            Id = Ids.New(), OrganizationId = connection.OrganizationId, ConnectionId = connection.Id, KeyId = StrictBase64Url.Encode(SHA256.HashData(certificate.RawData)),
            PrivateKey = scope.Service<SsoSecrets>().Protect(Convert.ToBase64String(rsa.ExportPkcs8PrivateKey())), Certificate = Convert.ToBase64String(certificate.RawData), CreatedAtUtc = scope.NowUtc,
        };
    }

    public static Checked<RSA> Open(SsoKey key, SsoSecrets secrets)
    {
        if (!secrets.Open(key.PrivateKey).TryGet(out var text, out var refusal)) return refusal;
        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(Convert.FromBase64String(text), out _);
        return rsa;
    }

    /// <summary>The JSON Web Key Set (RFC 7517) of public halves, for private_key_jwt.</summary>
    public static byte[] PublicSet(IEnumerable<SsoKey> keys) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        keys = keys.Select(k =>
        {
            using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(k.Certificate));
            using var rsa = certificate.GetRSAPublicKey() ?? throw new InvalidOperationException("A key of the portal is RSA.");
            var parts = rsa.ExportParameters(false);
            return new { kty = "RSA", use = "sig", alg = "PS256", kid = k.KeyId, n = StrictBase64Url.Encode(parts.Modulus), e = StrictBase64Url.Encode(parts.Exponent) };
        }).ToList(),
    });

    /// <summary>The key that signs: the one that somebody activated, else the newest.</summary>
    /// <param name="keys">Newest first.</param>
    public static SsoKey? Signing(SsoSettings settings, IReadOnlyCollection<SsoKey> keys) => keys.FirstOrDefault(k => k.KeyId == settings.SigningKeyId) ?? keys.FirstOrDefault();

    /// <summary>Of the connections, the newest first.</summary>
    public static IQueryable<SsoKey> Of(PortalDbContext db, IReadOnlyCollection<Guid> connections) =>
        db.Set<SsoKey>().Where(k => connections.Contains(k.ConnectionId)).OrderByDescending(k => k.CreatedAtUtc).ThenByDescending(k => k.Id);

    /// <summary>Of one connection, the newest first.</summary>
    public static Task<List<SsoKey>> OfAsync(PortalDbContext db, Guid connection, CancellationToken cancellationToken) => Of(db, [connection]).ToListAsync(cancellationToken);
}
