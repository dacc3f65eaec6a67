using System.Security.Cryptography;
using System.Text;

namespace Hexabase.Portal.Access.Sso.Jose;

/// <summary>Makes tokens as a provider does, and as nobody should.</summary>
internal sealed class TokenForge
{
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 18, 0, 0, TimeSpan.Zero);

    public RSA Rsa { get; } = RSA.Create(2048);

    public ECDsa Ec { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string RsaJwk(string kid = "r1", string extra = "") => RsaJwk(Rsa, kid, extra);

    public static string RsaJwk(RSA key, string kid = "r1", string extra = "")
    {
        var p = key.ExportParameters(false);
        return $$"""{"kty":"RSA","kid":"{{kid}}","n":"{{B64(p.Modulus!)}}","e":"{{B64(p.Exponent!)}}"{{extra}}}""";
    }

    public string EcJwk(string kid = "e1", string crv = "P-256", string extra = "") => EcJwk(Ec, kid, crv, extra);

    public static string EcJwk(ECDsa key, string kid, string crv, string extra = "")
    {
        var q = key.ExportParameters(false).Q;
        return $$"""{"kty":"EC","kid":"{{kid}}","crv":"{{crv}}","x":"{{B64(q.X!)}}","y":"{{B64(q.Y!)}}"{{extra}}}""";
    }

    public static string Set(params string[] keys) => $$"""{"keys":[{{string.Join(',', keys)}}]}""";

    public string Rs256(string payload, string header = """{"alg":"RS256","kid":"r1","typ":"JWT"}""") => Sign(header, payload, data => Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public static string Sign(string header, string payload, Func<byte[], byte[]> sign)
    {
        var signed = $"{B64(Encoding.UTF8.GetBytes(header))}.{B64(Encoding.UTF8.GetBytes(payload))}";
        return $"{signed}.{B64(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    public static string B64(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static JwkSet Keys(string json) => JwkSet.Parse(Encoding.UTF8.GetBytes(json)).TryGet(out var keys, out var refusal) ? keys : throw new InvalidOperationException(refusal.ToString());

    public static Checked<JsonMembers> Verify(string token, JwkSet keys)
    {
        if (!CompactJws.Parse(token, "jwt").TryGet(out var jws, out var refusal)) return refusal;
        return keys.Choose(jws.KeyId, jws.Algorithm).TryGet(out var key, out refusal) ? jws.Verify(key) : refusal;
    }

    public static JsonMembers Claims(string json) => JsonMembers.TryParse(Encoding.UTF8.GetBytes(json), 1_000_000, out var members, out var why) ? members : throw new InvalidOperationException(why);
}
