using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Hexabase.Portal.Access;

/// <summary>
/// The text of secrets that people carry. API tokens are <c>hxp_</c>, 32 random bytes in base62 (43 characters) and the CRC-32 of both in base62
/// (6 characters), so that a scanner recognises a leaked one and a mistyped one never reaches the database. Links carry the random part alone.
/// </summary>
public static class TokenText
{
    public const string Prefix = "hxp_";
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int SecretLength = 43;
    private const int ChecksumLength = 6;

    public static string NewToken()
    {
        var body = Prefix + NewSecret();
        return body + Checksum(body);
    }

    /// <summary>32 random bytes in base62, for one-time links.</summary>
    public static string NewSecret()
    {
        Span<byte> random = stackalloc byte[32];
        RandomNumberGenerator.Fill(random);
        return Base62(new BigInteger(random, isUnsigned: true), SecretLength);
    }

    public static bool IsWellFormed(string token) =>
        token.Length == Prefix.Length + SecretLength + ChecksumLength && token.StartsWith(Prefix, StringComparison.Ordinal)
        && string.Equals(Checksum(token[..^ChecksumLength]), token[^ChecksumLength..], StringComparison.Ordinal);

    /// <summary>SHA-256; enough for secrets of 256 random bits.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>The characters shown in lists, to tell tokens apart.</summary>
    public static string Hint(string token) => token.StartsWith(Prefix, StringComparison.Ordinal) ? token[..8] + "…" : "…";

    private static string Checksum(string body) => Base62(Crc32(Encoding.ASCII.GetBytes(body)), ChecksumLength);

    private static string Base62(BigInteger value, int length)
    {
        var text = new char[length];
        for (var i = length - 1; i >= 0; i--)
        {
            value = BigInteger.DivRem(value, Alphabet.Length, out var digit);
            text[i] = Alphabet[(int)digit];
        }

        return new string(text);
    }

    // CRC-32 of ISO 3309 (zlib), bit by bit: the input is 47 bytes.
    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320u & (uint)-(int)(crc & 1));
        }

        return ~crc;
    }
}
