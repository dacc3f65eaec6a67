using System.Security.Cryptography;

namespace Hexabase.Portal.Audit.Persons;

/// <summary>The key of one person in one log: seals parts of entries and draws the salts of their commitments.</summary>
public sealed class PersonKey(Guid id, byte[] key)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int SaltBytes = 32;
    private readonly byte[] _sealing = HKDF.Expand(HashAlgorithmName.SHA256, key, 32, "hexabase audit: seal"u8.ToArray());
    private readonly byte[] _salting = HKDF.Expand(HashAlgorithmName.SHA256, key, 32, "hexabase audit: salt"u8.ToArray());

    public Guid Id => id;

    public SealedPart Seal(Guid entryId, AuditPart part, ReadOnlySpan<byte> content)
    {
        Span<byte> binding = stackalloc byte[17];
        Bind(entryId, part, binding);
        Span<byte> salt = stackalloc byte[SaltBytes];
        HMACSHA256.HashData(_salting, binding, salt);
        return new SealedPart(id, Encrypt(_sealing, content, binding), Commit(salt, content));
    }

    /// <summary>For many parts in a row: what sealing needs is made once.</summary>
    internal Row SealMany(SealingTools tools) => new(this, tools);

    /// <summary>Seals as <see cref="PersonKey.Seal"/> does, several times as fast. Not for several threads.</summary>
    internal sealed class Row(PersonKey key, SealingTools tools) : IDisposable
    {
        private readonly AesGcm _aes = new(key._sealing, TagBytes);
        private readonly IncrementalHash _mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key._salting);

        public SealedPart Seal(Guid entryId, AuditPart part, ReadOnlySpan<byte> content)
        {
            Span<byte> binding = stackalloc byte[17];
            Bind(entryId, part, binding);
            Span<byte> salt = stackalloc byte[SaltBytes];
            _mac.AppendData(binding);
            _mac.GetHashAndReset(salt);
            var result = new byte[NonceBytes + TagBytes + content.Length];
            var nonce = result.AsSpan(0, NonceBytes);
            tools.Draw(nonce);
            _aes.Encrypt(nonce, content, result.AsSpan(NonceBytes + TagBytes), result.AsSpan(NonceBytes, TagBytes), binding);
            return new SealedPart(key.Id, result, tools.Commit(salt, content));
        }

        public void Dispose()
        {
            _aes.Dispose();
            _mac.Dispose();
        }
    }

    /// <exception cref="CryptographicException">The bytes were changed, or belong to another entry, part or key.</exception>
    public byte[] Open(Guid entryId, AuditPart part, ReadOnlySpan<byte> sealedBytes)
    {
        Span<byte> binding = stackalloc byte[17];
        Bind(entryId, part, binding);
        return Decrypt(_sealing, sealedBytes, binding);
    }

    /// <summary>The salt that opens the commitment of this part of this entry, 32 bytes; it says nothing about any other.</summary>
    public byte[] SaltOf(Guid entryId, AuditPart part)
    {
        Span<byte> binding = stackalloc byte[17];
        Bind(entryId, part, binding);
        return HMACSHA256.HashData(_salting, binding);
    }

    /// <summary>SHA-256(salt ‖ content).</summary>
    public static byte[] Commit(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(salt);
        hash.AppendData(content);
        return hash.GetHashAndReset();
    }

    internal static byte[] Encrypt(byte[] key, ReadOnlySpan<byte> content, ReadOnlySpan<byte> binding)
    {
        var result = new byte[NonceBytes + TagBytes + content.Length];
        var nonce = result.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, content, result.AsSpan(NonceBytes + TagBytes), result.AsSpan(NonceBytes, TagBytes), binding);
        return result;
    }

    internal static byte[] Decrypt(byte[] key, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> binding)
    {
        if (sealedBytes.Length < NonceBytes + TagBytes) throw new CryptographicException("The sealed bytes are cut.");
        var content = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(sealedBytes[..NonceBytes], sealedBytes[(NonceBytes + TagBytes)..], sealedBytes.Slice(NonceBytes, TagBytes), content, binding);
        return content;
    }

    private static void Bind(Guid entryId, AuditPart part, Span<byte> into)
    {
        entryId.TryWriteBytes(into, bigEndian: true, out _);
        into[16] = (byte)part;
    }
}
