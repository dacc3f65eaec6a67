using System.Security.Cryptography;
using System.Text;
using Hexabase.Portal.Kernel;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Audit.Persons;

/// <summary>
/// The key that wraps every person's key. It lies outside the database: who has the database alone, or a copy of it, reads no name.
/// </summary>
public sealed class AuditMasterKey : IDisposable
{
    private const string Variable = "PORTAL_AUDIT_MASTER_KEY";
    private const int KeyBytes = 32;
    private readonly byte[] _wrapping;
    private readonly byte[] _naming;

    /// <exception cref="InvalidOperationException">The key is set and not readable, or there is no place to make one; the message says what to do.</exception>
    public AuditMasterKey(IOptions<AuditOptions> options)
    {
        var master = Load(options.Value);
        _wrapping = HKDF.Expand(HashAlgorithmName.SHA256, master, KeyBytes, "hexabase audit: wrap person keys"u8.ToArray());
        _naming = HKDF.Expand(HashAlgorithmName.SHA256, master, KeyBytes, "hexabase audit: person references"u8.ToArray());
        CryptographicOperations.ZeroMemory(master);
    }

    /// <summary>What stands for a name in <see cref="AuditPerson.Reference"/>: the same name in another letter case gives the same.</summary>
    public string ReferenceOf(string name) =>
        "name:" + Convert.ToHexStringLower(HMACSHA256.HashData(_naming, Encoding.UTF8.GetBytes(name.Trim().Normalize(NormalizationForm.FormKC).ToLowerInvariant())))[..48];

    public static string ReferenceOf(Guid userId) => $"user:{userId:D}";

    /// <summary>Nonce, tag and ciphertext of the person's key.</summary>
    internal byte[] Wrap(Guid keyId, ReadOnlySpan<byte> key) => PersonKey.Encrypt(_wrapping, key, keyId.ToByteArray(bigEndian: true));

    /// <exception cref="CryptographicException">Not the master key it was wrapped with.</exception>
    internal byte[] Unwrap(Guid keyId, ReadOnlySpan<byte> wrapped) => PersonKey.Decrypt(_wrapping, wrapped, keyId.ToByteArray(bigEndian: true));

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_wrapping);
        CryptographicOperations.ZeroMemory(_naming);
    }

    private static byte[] Load(AuditOptions options)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text) return Decode(text, $"The environment variable {Variable}");
        var file = options.MasterKeyFile is { Length: > 0 } set ? set : Path.Combine(Required(options.KeysDirectory), "audit-master.key");
        try
        {
            var content = options.MasterKeyFile is { Length: > 0 } ? File.ReadAllText(file) : OwnFile.ReadOrCreate(file, () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
            return Decode(content, $"The file {file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"The audit log's master key {file} cannot be read: {e.Message}", e);
        }
    }

    private static string Required(string directory) => directory is { Length: > 0 } ? directory
        : throw new InvalidOperationException($"The audit log needs a master key: set {Variable}, Audit:MasterKeyFile or Audit:KeysDirectory.");

    private static byte[] Decode(string text, string where)
    {
        var key = new byte[KeyBytes];
        return Convert.TryFromBase64String(text.Trim(), key, out var length) && length == KeyBytes ? key
            : throw new InvalidOperationException($"{where} must hold {KeyBytes} bytes in base64 (made with: openssl rand -base64 {KeyBytes}).");
    }
}
