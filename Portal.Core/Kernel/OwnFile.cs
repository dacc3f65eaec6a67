using System.Text;

namespace Hexabase.Portal.Kernel;

/// <summary>Files that the portal makes once for itself, keys above all: for its user alone, written whole or not at all.</summary>
public static class OwnFile
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The file's text; it is made first where there is none. Of two replicas that start at once one makes it and both read the same.</summary>
    public static string ReadOrCreate(string file, Func<string> make)
    {
        if (File.Exists(file)) return File.ReadAllText(file);
        var directory = Path.GetDirectoryName(Path.GetFullPath(file)) ?? throw new ArgumentException("A file needs a directory.", nameof(file));
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else if (!Directory.Exists(directory)) Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using (Lock(file + ".lock"))
        {
            if (!File.Exists(file)) Write(file, make());
        }

        return File.ReadAllText(file);
    }

    private static void Write(string file, string content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var aside = $"{file}.{Ids.Brief()}";
        using (var stream = new FileStream(aside, options))
        {
            stream.Write(Encoding.UTF8.GetBytes(content));
            stream.Flush(flushToDisk: true);
        }

        File.Move(aside, file, overwrite: true);
    }

    /// <summary>The operating system's lock, which ends with the process that held it.</summary>
    private static FileStream Lock(string file)
    {
        using var pause = new ManualResetEventSlim();
        for (var started = Environment.TickCount64; ; pause.Wait(20))
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(file) && Environment.TickCount64 - started < Patience.TotalMilliseconds)
            {
                // Another process makes the file at this moment.
            }
        }
    }
}
