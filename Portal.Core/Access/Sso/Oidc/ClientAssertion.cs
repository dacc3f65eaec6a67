using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Access.Sso.Jose;

namespace Hexabase.Portal.Access.Sso.Oidc;

/// <summary>The portal's proof to a token endpoint that it is the client (private_key_jwt: OpenID Connect Core section 9, RFC 7523).</summary>
public static class ClientAssertion
{
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    /// <param name="audience">The issuer: a single audience, so that no other server can use it (RFC 7523bis).</param>
    /// <param name="key">RSA (signed with PS256) or P-256 (ES256).</param>
    /// <exception cref="NotSupportedException">Another kind of key.</exception>
    public static string Create(string clientId, string audience, AsymmetricAlgorithm key, string keyId, DateTimeOffset now)
    {
        var alg = key switch
        {
            RSA { KeySize: >= Jwk.MinRsaBits } => "PS256",
            ECDsa { KeySize: 256 } => "ES256",
            _ => throw new NotSupportedException("A client's key is RSA of 2048 bits or more, or P-256."),
        };
        var header = Json(w =>
        {
            w.WriteString("alg", alg);
            w.WriteString("kid", keyId);
            w.WriteString("typ", "JWT");
        });
        var claims = Json(w =>
        {
            w.WriteString("iss", clientId);
            w.WriteString("sub", clientId);
            w.WriteString("aud", audience);
            w.WriteString("jti", OidcRequest.Random());
            w.WriteNumber("iat", now.ToUnixTimeSeconds());
            w.WriteNumber("exp", (now + Lifetime).ToUnixTimeSeconds());
        });
        var signed = $"{StrictBase64Url.Encode(header)}.{StrictBase64Url.Encode(claims)}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = key is RSA rsa
            ? rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
            : ((ECDsa)key).SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{signed}.{StrictBase64Url.Encode(signature)}";
    }

    private static byte[] Json(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
