using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Hexabase.Portal.Access.Sso.Jose;

/// <summary>base64url without padding (RFC 7515 section 2): only the alphabet, and only the one canonical text of the bytes.</summary>
public static class StrictBase64Url
{
    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        // The framework's decoder also takes padding and white space.
        if (text.Length % 4 == 1 || text.ContainsAnyExcept(Alphabet)) return false;
        var buffer = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        // Bits behind the last byte would let two texts stand for the same bytes; the framework's Try… throws at them.
        if (Base64Url.DecodeFromChars(text, buffer, out _, out var written) != OperationStatus.Done) return false;
        if (!text.SequenceEqual(Base64Url.EncodeToString(buffer.AsSpan(0, written)))) return false;
        bytes = buffer[..written];
        return true;
    }
}
