using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Hexabase.Portal.Access.Factors;

/// <summary>Time-based one-time codes (RFC 6238) as authenticator apps make them: HMAC-SHA-1, 6 digits, steps of 30 seconds since the Unix epoch.</summary>
public static class Totp
{
    public const int Digits = 6;
    public const int StepSeconds = 30;
    private const int SecretBytes = 20;
    private const int Modulus = 1_000_000;
    private const string Base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>160 random bits, what RFC 4226 asks for.</summary>
    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    public static long StepOf(DateTime utc) => new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)).ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of a step, with leading zeros.</summary>
    public static string Code(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6238's default and the only one that every authenticator app knows; HMAC does not need collision resistance.
        HMACSHA1.HashData(secret, counter, hash);
#pragma warning restore CA5350
        var offset = hash[^1] & 0x0F;
        var number = (BinaryPrimitives.ReadInt32BigEndian(hash[offset..]) & 0x7FFF_FFFF) % Modulus;
        return number.ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>The step whose code was typed: the present one or a neighbour (clocks differ), later than the last one used. Null for a wrong or used code.</summary>
    /// <param name="typed">Digits; spaces between them are fine, as are full-width digits of a Japanese keyboard.</param>
    public static long? FindStep(ReadOnlySpan<byte> secret, string? typed, DateTime nowUtc, long lastStep)
    {
        var code = Clean(typed);
        if (code.Length != Digits) return null;
        var given = Encoding.ASCII.GetBytes(code);
        long? found = null;
        var present = StepOf(nowUtc);
        // Every candidate is computed and compared in constant time: the duration does not tell which one was near.
        for (var step = present - 1; step <= present + 1; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Code(secret, step)), given) && step > lastStep) found = step;
        }

        return found;
    }

    /// <summary>What authenticator apps read from the QR code (Key Uri Format).</summary>
    public static string Uri(string issuer, string account, ReadOnlySpan<byte> secret) =>
        $"otpauth://totp/{System.Uri.EscapeDataString(issuer)}:{System.Uri.EscapeDataString(account)}?secret={Base32(secret)}&issuer={System.Uri.EscapeDataString(issuer)}";

    /// <summary>RFC 4648 base32 without padding.</summary>
    public static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(((bytes.Length * 8) + 4) / 5);
        var (buffer, bits) = (0, 0);
        foreach (var b in bytes)
        {
            buffer = (buffer << 8) | b;
            bits += 8;
            while (bits >= 5)
            {
                bits -= 5;
                text.Append(Base32Alphabet[(buffer >> bits) & 31]);
            }

            buffer &= (1 << bits) - 1;
        }

        if (bits > 0) text.Append(Base32Alphabet[(buffer << (5 - bits)) & 31]);
        return text.ToString();
    }

    /// <summary>The digits of what was typed; empty where anything but digits and spaces stands in it.</summary>
    private static string Clean(string? typed)
    {
        var digits = new StringBuilder(Digits);
        foreach (var c in typed ?? "")
        {
            if (char.IsWhiteSpace(c)) continue;
            var value = char.IsDigit(c) ? CharUnicodeInfo.GetDecimalDigitValue(c) : -1;
            if (value < 0 || digits.Length == Digits) return "";
            digits.Append((char)('0' + value));
        }

        return digits.ToString();
    }
}
