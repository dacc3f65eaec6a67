using System.Security.Cryptography;

namespace Hexabase.Portal.Kernel;

/// <summary>Identifiers: UUID version 7 (RFC 9562), ordered by creation time.</summary>
public static class Ids
{
    public static Guid New() => Guid.CreateVersion7();

    /// <summary>Eight characters of [0-9a-z], for slugs of names without letters; not a secret.</summary>
    public static string Brief() => RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", 8);
}
