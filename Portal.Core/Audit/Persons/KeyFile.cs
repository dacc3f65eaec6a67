using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Audit.Persons;

/// <summary>Files that hold a secret: for the portal's user alone, written whole or not at all.</summary>
internal static class KeyFile
{
    /// <summary>Writes the file unless it is there; of two replicas that start at once one wins and both read the same.</summary>
    public static void Create(string file, string content)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(file)) ?? throw new ArgumentException("A file needs a directory.", nameof(file));
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else if (!Directory.Exists(directory)) Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var mine = $"{file}.{Ids.Brief()}";
        using (var stream = new FileStream(mine, options))
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            writer.Write(content);
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(mine, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(mine);
        }
    }
}
