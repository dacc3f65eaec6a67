using System.Globalization;
using System.Text.RegularExpressions;

namespace Hexabase.Portal.Data.Embedded;

/// <summary>One installed PostgreSQL server.</summary>
/// <param name="Directory">Directory that holds <c>initdb</c> and <c>postgres</c>.</param>
/// <param name="MajorVersion">15, 16, ...</param>
internal sealed partial record PostgresBinaries(string Directory, int MajorVersion)
{
    private const string DebianRoot = "/usr/lib/postgresql";

    internal string Initdb => Path.Combine(Directory, "initdb");

    internal string Postgres => Path.Combine(Directory, "postgres");

    /// <summary>
    /// All servers in order of preference: the setting alone when there is one, else PATH, then Debian's directories, newest first.
    /// Never empty: throws <see cref="EmbeddedPostgresFault.BinariesMissing"/>.
    /// </summary>
    internal static async Task<IReadOnlyList<PostgresBinaries>> FindAsync(string? setting, CancellationToken cancellationToken)
    {
        var found = new List<PostgresBinaries>();
        foreach (var directory in Candidates(setting).Where(HasServer).Select(RealDirectory).Distinct(StringComparer.Ordinal))
        {
            var (exit, output) = await Posix.RunAsync(Path.Combine(directory, "postgres"), ["--version"], cancellationToken);
            var version = VersionPattern().Match(output);
            if (exit == 0 && version.Success)
                found.Add(new PostgresBinaries(directory, int.Parse(version.Groups[1].ValueSpan, CultureInfo.InvariantCulture)));
        }

        if (found.Count > 0)
            return found;
        throw new EmbeddedPostgresException(EmbeddedPostgresFault.BinariesMissing, setting is null
            ? "PostgreSQL is not installed: neither PATH nor /usr/lib/postgresql/*/bin has initdb and postgres. Install the Debian package \"postgresql\" "
              + "(apt-get install postgresql), or set Database:Embedded:BinDirectory to the directory that holds them."
            : $"Database:Embedded:BinDirectory is \"{setting}\", but initdb and postgres are not there. Install the Debian package \"postgresql\" "
              + "and remove the setting, or point it to the right directory.");
    }

    /// <summary>The build's own record of lz4; without <c>pg_config</c> the older compression is taken, which every server has.</summary>
    internal async Task<bool> HasLz4Async(CancellationToken cancellationToken)
    {
        var config = Path.Combine(Directory, "pg_config");
        if (MajorVersion < 15 || !File.Exists(config))
            return false;
        var (exit, output) = await Posix.RunAsync(config, ["--configure"], cancellationToken);
        return exit == 0 && output.Contains("--with-lz4", StringComparison.Ordinal);
    }

    private static bool HasServer(string directory) => File.Exists(Path.Combine(directory, "initdb")) && File.Exists(Path.Combine(directory, "postgres"));

    // A link on PATH leads to the directory that also has the other tools of the same version.
    private static string RealDirectory(string directory) =>
        Path.GetDirectoryName(Posix.RealPath(Path.Combine(directory, "postgres"))) is { } real && HasServer(real) ? real : directory;

    private static IEnumerable<string> Candidates(string? setting)
    {
        if (setting is not null)
            return [Path.GetFullPath(setting)];
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathRooted);
        var debian = System.IO.Directory.Exists(DebianRoot)
            ? System.IO.Directory.GetDirectories(DebianRoot)
                .OrderByDescending(static d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : 0)
                .Select(static d => Path.Combine(d, "bin"))
            : [];
        return onPath.Concat(debian);
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionPattern();
}
