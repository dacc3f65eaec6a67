using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Hexabase.Portal.Integrations.Outbound;

/// <summary>
/// Standard Webhooks 1.0 (standardwebhooks.com): HMAC-SHA256 over <c>id.timestamp.body</c>, <c>v1,BASE64</c>; one signature a secret, separated by spaces, so that a secret can be
/// replaced without a gap. Secrets are base64 behind "whsec_" (the prefix may be missing), 24 to 64 bytes.
/// </summary>
public static class WebhookSignature
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";
    public const string SecretPrefix = "whsec_";

    /// <summary>How far a receiver's clock may be off.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>A new secret of 32 random bytes.</summary>
    public static string NewSecret() => SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public static bool IsSecret(string secret) => TryDecode(secret, out var key) && key.Length is >= 24 and <= 64;

    /// <exception cref="ArgumentException">The id holds a '.', which would make the signed text ambiguous, or a secret is not base64.</exception>
    public static string Sign(string id, DateTimeOffset at, ReadOnlySpan<byte> body, IReadOnlyList<string> secrets)
    {
        if (id.Length == 0 || id.Contains('.', StringComparison.Ordinal)) throw new ArgumentException("A webhook id is not empty and holds no dot.", nameof(id));
        var signed = Signed(id, at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), body);
        var signatures = new List<string>(secrets.Count);
        foreach (var secret in secrets)
        {
            if (!TryDecode(secret, out var key)) throw new ArgumentException("A webhook secret is base64 behind whsec_.", nameof(secrets));
            signatures.Add("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)));
        }

        return string.Join(' ', signatures);
    }

    /// <summary>The receiver's side: any signature by any of the secrets, within <see cref="Tolerance"/> of the clock.</summary>
    public static bool Verify(string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body, IReadOnlyList<string> secrets, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(id) || id.Contains('.', StringComparison.Ordinal) || string.IsNullOrEmpty(signatures)) return false;
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || Math.Abs(now.ToUnixTimeSeconds() - seconds) > (long)Tolerance.TotalSeconds) return false;
        var signed = Signed(id, timestamp, body);
        var valid = false;
        foreach (var secret in secrets)
        {
            if (!TryDecode(secret, out var key)) continue;
            var expected = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)));
            foreach (var signature in signatures.Split(' '))
                valid |= CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(signature));
        }

        return valid;
    }

    private static byte[] Signed(string id, string timestamp, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes($"{id}.{timestamp}.");
        var signed = new byte[head.Length + body.Length];
        head.CopyTo(signed, 0);
        body.CopyTo(signed.AsSpan(head.Length));
        return signed;
    }

    private static bool TryDecode(string secret, out byte[] key)
    {
        var text = secret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? secret[SecretPrefix.Length..] : secret;
        key = new byte[text.Length];
        if (text.Length == 0 || !Convert.TryFromBase64String(text, key, out var length)) return false;
        key = key[..length];
        return true;
    }
}
