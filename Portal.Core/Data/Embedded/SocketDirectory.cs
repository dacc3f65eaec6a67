using System.Security.Cryptography;
using System.Text;

namespace Hexabase.Portal.Data.Embedded;

/// <summary>
/// Where the server's Unix socket lives: a directory of mode 0700 that belongs to the server's user. Who can enter it is the whole access control of the embedded
/// server, so a directory that somebody else could have prepared is refused.
/// </summary>
internal static class SocketDirectory
{
    /// <summary>The port only names the socket file; nothing listens on TCP.</summary>
    internal const int Port = 5432;

    /// <summary>sun_path holds 108 bytes with the closing zero (unix(7)).</summary>
    private const int LongestSocketPath = 107;

    internal static string SocketFile(string directory) => Path.Combine(directory, $".s.PGSQL.{Port}");

    /// <summary>Makes (or checks) the directory for a data directory and returns its path.</summary>
    internal static async Task<string> PrepareAsync(string dataDirectory, ServerUser user, CancellationToken cancellationToken)
    {
        var path = Choose(dataDirectory, user);
        Posix.MakePrivateDirectory(path);
        var owner = await Posix.OwnerAsync(path, cancellationToken);
        var ours = owner is { IsDirectory: true } && (owner.UserId == user.UserId || (user.Drops && owner.UserId == 0));
        if (!ours || owner is not { Mode: 0x1C0 })
        {
            throw new EmbeddedPostgresException(EmbeddedPostgresFault.CannotStart,
                $"The socket directory \"{path}\" must be a directory of mode 0700 that belongs to user {user.UserId}, and is not. Somebody else may have made it: look at it and remove it.");
        }

        await user.TakeAsync(path, recursive: false, cancellationToken);
        return path;
    }

    /// <summary>Removes the directory after the server has stopped, unless it is part of the data directory or in use for something else.</summary>
    internal static void Remove(string directory, string dataDirectory)
    {
        if (directory.StartsWith(dataDirectory + "/", StringComparison.Ordinal))
            return;
        DeleteSocket(directory);
        if (Directory.Exists(directory) && !Directory.EnumerateFileSystemEntries(directory).Any())
            Directory.Delete(directory);
    }

    /// <summary>Removes a socket and its lock file that a killed server left. Only under the portal's lock and when no server process is left.</summary>
    internal static void DeleteSocket(string directory)
    {
        File.Delete(SocketFile(directory));
        File.Delete(SocketFile(directory) + ".lock");
    }

    // Inside the data directory where the path is short enough and the server's user can reach it; else in a place whose name follows from the data directory.
    // /run belongs to root, so nobody can prepare a name there; in /tmp the check of owner and mode in PrepareAsync is the guard.
    private static string Choose(string dataDirectory, ServerUser user)
    {
        var inside = Path.Combine(dataDirectory, "socket");
        if (!user.Drops && Encoding.UTF8.GetByteCount(SocketFile(inside)) <= LongestSocketPath)
            return inside;
        var name = "hexabase-portal-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dataDirectory)).AsSpan(0, 8));
        return user.Drops && CanWriteRun() ? Path.Combine("/run", name) : Path.Combine("/tmp", $"{name}-{user.UserId}");
    }

    private static bool CanWriteRun()
    {
        var probe = Path.Combine("/run", $"hexabase-portal-{Environment.ProcessId}.probe");
        try
        {
            File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // A read-only root file system, as in a hardened container.
        }
    }
}
