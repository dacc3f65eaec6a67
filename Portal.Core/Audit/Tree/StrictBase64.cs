using System.Diagnostics.CodeAnalysis;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>Standard base64 (RFC 4648 section 4) with padding, no white space, and only the one canonical text of the bytes.</summary>
internal static class StrictBase64
{
    public static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length % 4 != 0) return false;
        var buffer = new byte[text.Length / 4 * 3];
        if (!Convert.TryFromBase64String(text, buffer, out var written)) return false;
        // Bits behind the last byte and white space in the middle would let two texts stand for the same bytes.
        if (Convert.ToBase64String(buffer, 0, written) != text) return false;
        bytes = buffer[..written];
        return true;
    }

    /// <summary>32 bytes of a hash.</summary>
    /// <exception cref="FormatException">Not canonical base64 of 32 bytes.</exception>
    public static byte[] Hash(string? text, string what) =>
        text is not null && TryDecode(text, out var bytes) && bytes.Length == MerkleTree.HashBytes ? bytes : throw new FormatException($"{what} is not base64 of 32 bytes.");
}
