using System.Security.Cryptography;

namespace Hexabase.Portal.Kernel;

/// <summary>Identifiers: UUID version 7 (RFC 9562), ordered by creation time.</summary>
public static class Ids
{
    public static Guid New() => Guid.CreateVersion7();

    /// <summary>When an id was made, to the millisecond (RFC 9562 section 5.7).</summary>
    public static DateTime TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTime.UnixEpoch.AddMilliseconds(System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16);
    }

    /// <summary>The least of the ids that can be made from this moment on: the border of a range of ids.</summary>
    public static Guid First(DateTime atUtc)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, (long)(atUtc - DateTime.UnixEpoch).TotalMilliseconds << 16);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Eight characters of [0-9a-z], for slugs of names without letters; not a secret.</summary>
    public static string Brief() => RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", 8);
}
