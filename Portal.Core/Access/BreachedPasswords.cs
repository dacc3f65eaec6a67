using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace Hexabase.Portal.Access;

/// <summary>Passwords that are known to have leaked.</summary>
public interface IBreachedPasswords
{
    bool Contains(string password);
}

/// <summary>
/// Looks passwords up in the operator's file (<see cref="AccessOptions.BreachedPasswordsFile"/>): about forty small reads in a file of any size, no network. Without a file, or while it cannot
/// be read, nothing counts as leaked and the log says so: people must be able to change a password all the same.
/// </summary>
public sealed class BreachedPasswordFile(IOptions<AccessOptions> options, ILogger<BreachedPasswordFile> log) : IBreachedPasswords
{
    // A line is at most 40 digits, a colon and a count.
    private const int LongestLine = 64;
    private const int FewestDigits = 10;

    public bool Contains(string password)
    {
        if (options.Value.BreachedPasswordsFile is not { Length: > 0 } path) return false;
#pragma warning disable CA5350 // The lists are made of SHA-1 hashes; it protects nothing here.
        var hash = Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
        try
        {
            using var file = File.OpenHandle(path, options: FileOptions.RandomAccess);
            return Find(file, hash);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogWarning("The list of leaked passwords cannot be read, so new passwords are not compared with it: {Reason}", e.Message);
            return false;
        }
    }

    /// <summary>Binary search by byte offsets: the last line that is not after the hash either begins it or is not there.</summary>
    private static bool Find(SafeFileHandle file, string hash)
    {
        var (low, high) = (0L, RandomAccess.GetLength(file));
        string? last = null;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var (start, line, next) = LineAt(file, middle);
            if (line is null || start >= high)
            {
                high = middle;
                continue;
            }

            if (string.CompareOrdinal(line, 0, hash, 0, Math.Max(line.Length, 1)) <= 0)
            {
                last = line;
                low = next;
            }
            else
            {
                high = middle;
            }
        }

        return last is { Length: >= FewestDigits } && hash.StartsWith(last, StringComparison.Ordinal);
    }

    /// <summary>The first line that begins at or after the offset: its digits, and where the next begins. A null line: none begins there.</summary>
    private static (long Start, string? Line, long Next) LineAt(SafeFileHandle file, long offset)
    {
        Span<byte> buffer = stackalloc byte[LongestLine * 2];
        var from = Math.Max(0, offset - 1);
        var text = buffer[..RandomAccess.Read(file, buffer, from)];
        var begin = 0;
        if (offset > 0)
        {
            // The byte before the offset tells whether a line begins exactly there.
            var newline = text.IndexOf((byte)'\n');
            if (newline < 0) return (long.MaxValue, null, long.MaxValue);
            begin = newline + 1;
        }

        var rest = text[begin..];
        if (rest.IsEmpty) return (long.MaxValue, null, long.MaxValue);
        var end = rest.IndexOf((byte)'\n');
        var line = end < 0 ? rest : rest[..end];
        var digits = line.IndexOfAny((byte)':', (byte)'\r');
        return (from + begin, Encoding.ASCII.GetString(digits < 0 ? line : line[..digits]).ToUpperInvariant(), from + begin + (end < 0 ? rest.Length : end + 1));
    }
}
