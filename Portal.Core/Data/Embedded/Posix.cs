using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Hexabase.Portal.Data.Embedded;

/// <summary>The few system calls and essential Debian tools that .NET has no call for.</summary>
internal static partial class Posix
{
    internal const int SigInt = 2;
    internal const int SigQuit = 3;

    internal static bool IsRoot => Environment.IsPrivilegedProcess;

    internal static uint UserId => GetEuid();

    /// <summary>Sends a signal; false when the process is gone or belongs to somebody else.</summary>
    internal static bool Signal(int processId, int signal) => Kill(processId, signal) == 0;

    /// <summary>Path without symbolic links; the path itself when it cannot be resolved.</summary>
    internal static string RealPath(string path)
    {
        var resolved = Realpath(path, 0);
        if (resolved == 0)
            return path;
        try
        {
            return Marshal.PtrToStringUTF8(resolved) ?? path;
        }
        finally
        {
            Free(resolved);
        }
    }

    /// <summary>Makes a directory of mode 0700 (missing parents get the usual mode); an existing one stays as it is.</summary>
    internal static void MakePrivateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Owner, permission bits and kind of a path itself (links are not followed); null when it does not exist.</summary>
    internal static async Task<FileOwner?> OwnerAsync(string path, CancellationToken cancellationToken)
    {
        var (exit, output) = await RunAsync("/usr/bin/stat", ["-c", "%u %g %a %F", "--", path], cancellationToken);
        if (exit != 0)
            return null;
        var parts = output.Trim().Split(' ', 4);
        return new FileOwner(
            uint.Parse(parts[0], CultureInfo.InvariantCulture),
            uint.Parse(parts[1], CultureInfo.InvariantCulture),
            Convert.ToInt32(parts[2], 8),
            string.Equals(parts[3], "directory", StringComparison.Ordinal));
    }

    /// <summary>Runs a short tool and returns its exit code with standard output and error together. The path is absolute: a bare name would be looked up in the working directory first.</summary>
    internal static async Task<(int ExitCode, string Output)> RunAsync(string file, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = StartInfo(file, arguments) };
        process.Start();
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output + await error);
    }

    /// <summary>A process that shares no stream, no working directory and no PostgreSQL variable with the portal.</summary>
    internal static ProcessStartInfo StartInfo(string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(static n => n.StartsWith("PG", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C.UTF-8";
        return start;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetEuid();

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Realpath(string path, nint resolved);

    [LibraryImport("libc", EntryPoint = "free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void Free(nint pointer);
}

/// <summary>Owner of a path; <paramref name="Mode"/> holds the permission bits.</summary>
internal sealed record FileOwner(uint UserId, uint GroupId, int Mode, bool IsDirectory);
