using System.Security.Cryptography;
using System.Text;
using Hexabase.Portal.Kernel;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Audit.Persons;

/// <summary>
/// The key that wraps every person's key. It lies outside the database: who has the database alone, or a copy of it, reads no name. While it is rotated, previous keys are still read;
/// new persons are wrapped under the current one only.
/// </summary>
/// <remarks>
/// 32 bytes, or 64: then the second half is what names are looked up by (<see cref="ReferenceOf(string)"/>), which outlives a rotation. A key that was made as the next one carries it.
/// </remarks>
public sealed class AuditMasterKey : IDisposable
{
    private const string Variable = "PORTAL_AUDIT_MASTER_KEY";
    private const string PreviousVariable = "PORTAL_AUDIT_MASTER_KEY_PREVIOUS";
    private const int KeyBytes = 32;

    /// <summary>The current one first.</summary>
    private readonly List<byte[]> _wrapping = [];
    private readonly byte[] _naming;

    /// <exception cref="InvalidOperationException">A key is set and not readable, does not belong to the previous ones, or there is no place to make one; the message says what to do.</exception>
    public AuditMasterKey(IOptions<AuditOptions> options)
    {
        _naming = Take(Load(options.Value));
        foreach (var previous in Previous(options.Value))
        {
            var naming = Take(previous);
            if (!CryptographicOperations.FixedTimeEquals(naming, _naming))
                throw new InvalidOperationException("The audit log's master key and a previous one do not belong together: names would be looked up in two ways. Make the new key from the old one with: portal rotate-audit-key --make FILE.");
        }
    }

    /// <summary>Keys other than the current one are read: a rotation is under way.</summary>
    public bool HasPrevious => _wrapping.Count > 1;

    /// <summary>A new key, as its file holds it, that looks names up as this one does. What it wraps, this one cannot read.</summary>
    public string MakeNext()
    {
        var next = new byte[2 * KeyBytes];
        RandomNumberGenerator.Fill(next.AsSpan(0, KeyBytes));
        _naming.CopyTo(next, KeyBytes);
        var text = Convert.ToBase64String(next);
        CryptographicOperations.ZeroMemory(next);
        return text;
    }

    /// <summary>What stands for a name in <see cref="AuditPerson.Reference"/>: the same name in another letter case gives the same.</summary>
    public string ReferenceOf(string name) =>
        "name:" + Convert.ToHexStringLower(HMACSHA256.HashData(_naming, Encoding.UTF8.GetBytes(name.Trim().Normalize(NormalizationForm.FormKC).ToLowerInvariant())))[..48];

    public static string ReferenceOf(Guid userId) => $"user:{userId:D}";

    /// <summary>Nonce, tag and ciphertext of the person's key.</summary>
    internal byte[] Wrap(Guid keyId, ReadOnlySpan<byte> key) => PersonKey.Encrypt(_wrapping[0], key, keyId.ToByteArray(bigEndian: true));

    /// <exception cref="CryptographicException">None of the master keys is the one it was wrapped with.</exception>
    internal byte[] Unwrap(Guid keyId, ReadOnlySpan<byte> wrapped) => Unwrap(keyId, wrapped, out _);

    /// <param name="isCurrent">It was wrapped with the current key.</param>
    /// <exception cref="CryptographicException">None of the master keys is the one it was wrapped with.</exception>
    internal byte[] Unwrap(Guid keyId, ReadOnlySpan<byte> wrapped, out bool isCurrent)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                isCurrent = i == 0;
                return PersonKey.Decrypt(_wrapping[i], wrapped, keyId.ToByteArray(bigEndian: true));
            }
            catch (CryptographicException) when (i < _wrapping.Count - 1)
            {
                // Wrapped before the rotation: the next older key is tried.
            }
        }
    }

    public void Dispose()
    {
        foreach (var key in _wrapping) CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(_naming);
    }

    /// <summary>Takes a key to wrap and read with; answers what it looks names up by.</summary>
    private byte[] Take(byte[] key)
    {
        var master = key.AsSpan(0, KeyBytes);
        _wrapping.Add(HKDF.Expand(HashAlgorithmName.SHA256, master.ToArray(), KeyBytes, "hexabase audit: wrap person keys"u8.ToArray()));
        var naming = key.Length > KeyBytes ? key.AsSpan(KeyBytes).ToArray() : HKDF.Expand(HashAlgorithmName.SHA256, master.ToArray(), KeyBytes, "hexabase audit: person references"u8.ToArray());
        CryptographicOperations.ZeroMemory(key);
        return naming;
    }

    private static IEnumerable<byte[]> Previous(AuditOptions options)
    {
        foreach (var text in (Environment.GetEnvironmentVariable(PreviousVariable) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            yield return Decode(text, $"The environment variable {PreviousVariable}");
        foreach (var file in options.PreviousMasterKeyFiles)
        {
            string text;
            try
            {
                text = File.ReadAllText(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new InvalidOperationException($"The audit log's previous master key {file} cannot be read: {e.Message}", e);
            }

            yield return Decode(text, $"The file {file}");
        }
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
        var key = new byte[2 * KeyBytes];
        return Convert.TryFromBase64String(text.Trim(), key, out var length) && length is KeyBytes or 2 * KeyBytes ? key[..length]
            : throw new InvalidOperationException($"{where} must hold {KeyBytes} bytes in base64 (made with: openssl rand -base64 {KeyBytes}), or a key that portal rotate-audit-key made.");
    }
}
