using System.Security.Cryptography;
using System.Text;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Factors;

/// <summary>One of ten codes that stand in for a lost authenticator, each once. Only its slow hash is kept; a set shares one salt, so that one computation compares with all.</summary>
public sealed class RecoveryCode
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    [Secret]
    public required byte[] Salt { get; init; }

    [Secret]
    public required byte[] Hash { get; init; }

    public required DateTime CreatedAtUtc { get; init; }

    public DateTime? UsedAtUtc { get; set; }

    internal static void Configure(ModelBuilder model) => model.Entity<RecoveryCode>(e =>
    {
        e.ToTable("recovery_codes");
        e.HasGuard(TableGuard.PlatformOnly);
        e.HasIndex(x => x.UserId);
        e.HasOne<User>().WithMany().HasForeignKey(x => x.UserId);
        // The same code typed twice at the same moment opens one session.
        e.Property(x => x.UsedAtUtc).IsConcurrencyToken();
        e.Property(x => x.Salt).HasMaxLength(16).IsFixedLength();
        e.Property(x => x.Hash).HasMaxLength(32).IsFixedLength();
    });
}

/// <summary>The text of recovery codes: 16 characters without look-alikes (80 bits) in groups of four.</summary>
public static class RecoveryCodes
{
    public const int Count = 10;
    private const int Length = 16;
    private const int Iterations = 210_000;
    private const string Alphabet = "23456789abcdefghjkmnpqrstuvwxyz";

    public static string NewCode()
    {
        var text = new StringBuilder(Length + 3);
        for (var i = 0; i < Length; i++)
        {
            if (i > 0 && i % 4 == 0) text.Append('-');
            text.Append(Alphabet[RandomNumberGenerator.GetInt32(Alphabet.Length)]);
        }

        return text.ToString();
    }

    /// <summary>True for text that can be a recovery code at all; anything else costs no hash.</summary>
    public static bool IsOne(string? typed) => Clean(typed).Length == Length;

    public static byte[] NewSalt() => RandomNumberGenerator.GetBytes(16);

    /// <summary>PBKDF2 with HMAC-SHA-512: the codes have fewer than 112 bits, so a plain hash would be too quick to guess (ASVS 6.5.2).</summary>
    public static byte[] Hash(string typed, byte[] salt) => Rfc2898DeriveBytes.Pbkdf2(Clean(typed), salt, Iterations, HashAlgorithmName.SHA512, 32);

    private static string Clean(string? typed) => new([.. (typed ?? "").Normalize(NormalizationForm.FormKC).ToLowerInvariant().Where(c => Alphabet.Contains(c, StringComparison.Ordinal))]);
}
