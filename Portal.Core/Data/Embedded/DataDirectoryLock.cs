using System.Globalization;
using System.Text;

namespace Hexabase.Portal.Data.Embedded;

/// <summary>One portal per data directory: an advisory lock (flock) that the kernel drops when the portal ends in whatever way.</summary>
internal static class DataDirectoryLock
{
    private const int WouldBlock = 11; // EWOULDBLOCK, which flock answers and .NET hands on.

    /// <summary>Takes the lock, or throws <see cref="EmbeddedPostgresFault.InUse"/>. Dispose the stream to give it back.</summary>
    internal static FileStream Take(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, "lock");
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new EmbeddedPostgresException(EmbeddedPostgresFault.CannotStart,
                $"The data directory \"{dataDirectory}\" belongs to another user, perhaps because the portal ran as root before. Start the portal as that user, or choose another directory.", e);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new EmbeddedPostgresException(EmbeddedPostgresFault.InUse,
                $"Another portal (process {Holder(path)}) is running on the data directory \"{dataDirectory}\". Stop it first, or give this one a directory of its own (PORTAL_DATA).", e);
        }

        stream.SetLength(0);
        stream.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        stream.Flush();
        return stream;
    }

    // Plain .NET readers take a shared lock and would be refused too.
    private static string Holder(string path)
    {
        using var handle = System.Diagnostics.Process.Start(Posix.StartInfo("/bin/cat", [path]));
        var text = handle?.StandardOutput.ReadToEnd().Trim();
        return string.IsNullOrEmpty(text) ? "unknown" : text;
    }
}
