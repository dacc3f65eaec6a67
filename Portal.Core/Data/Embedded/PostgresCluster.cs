using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Hexabase.Portal.Data.Embedded;

/// <summary>The cluster (PGDATA) below the data directory: made once, checked at every start.</summary>
/// <param name="Path">Real path of PGDATA.</param>
/// <param name="User">User that owns it and runs the server.</param>
/// <param name="Binaries">Server of the cluster's major version.</param>
internal sealed record PostgresCluster(string Path, ServerUser User, PostgresBinaries Binaries)
{
    /// <summary>Owner of every database and the role that migrates.</summary>
    internal const string Superuser = "portal_owner";

    /// <summary>Finds the right binaries, makes the cluster on first start and hands it to the server's user. The caller holds the lock of the data directory.</summary>
    internal static async Task<PostgresCluster> PrepareAsync(string dataDirectory, string? binDirectory, ILogger logger, CancellationToken cancellationToken)
    {
        var installed = await PostgresBinaries.FindAsync(binDirectory, cancellationToken);
        var path = System.IO.Path.Combine(dataDirectory, "cluster");
        var user = await ServerUser.ForAsync(path, cancellationToken);
        if (!Directory.Exists(path))
            await InitializeAsync(dataDirectory, path, user, installed[0], logger, cancellationToken);
        var cluster = new PostgresCluster(path, user, Choose(path, installed));
        if (user.Drops && await Posix.OwnerAsync(path, cancellationToken) is { UserId: 0 })
            await user.TakeAsync(path, recursive: true, cancellationToken); // Copied back by root, for example from a backup.
        return cluster;
    }

    // initdb works beside the final place and the result is renamed, so that a crash in between leaves no half cluster that later starts would take for a whole one.
    private static async Task InitializeAsync(string dataDirectory, string path, ServerUser user, PostgresBinaries binaries, ILogger logger, CancellationToken cancellationToken)
    {
        var unfinished = path + ".new";
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        Posix.MakePrivateDirectory(unfinished);
        await user.TakeAsync(unfinished, recursive: false, cancellationToken);

        // Sort order is by code point (fast, the same on every machine, never broken by a C library upgrade); letter case follows Unicode.
        string[] command =
        [
            binaries.Initdb, "-D", PostgresProcess.ClusterByDescriptor, "--encoding=UTF8", "--locale=C.UTF-8", "--lc-collate=C",
            "--data-checksums", "--username=" + Superuser, "--auth=trust", "--no-instructions",
        ];
        logger.LogInformation("Making a new PostgreSQL {Version} cluster in {Directory}", binaries.MajorVersion, path);
        var (exit, output) = await Posix.RunAsync("/bin/sh", PostgresProcess.Script("exec", unfinished, user, command), cancellationToken);
        if (exit != 0)
            throw new EmbeddedPostgresException(EmbeddedPostgresFault.CannotStart, $"PostgreSQL's initdb failed for \"{path}\": {output.Trim()}");
        Directory.Move(unfinished, path);

        // The rename must be on disk before data is: an unfinished directory is thrown away at the next start.
        var (synced, message) = await Posix.RunAsync("/bin/sync", [dataDirectory], cancellationToken);
        if (synced != 0)
            throw new EmbeddedPostgresException(EmbeddedPostgresFault.CannotStart, $"\"{dataDirectory}\" cannot be written to disk: {message.Trim()}");
    }

    private static PostgresBinaries Choose(string path, IReadOnlyList<PostgresBinaries> installed)
    {
        var file = System.IO.Path.Combine(path, "PG_VERSION");
        var text = File.Exists(file) ? File.ReadAllText(file).Trim() : "";
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            throw new EmbeddedPostgresException(EmbeddedPostgresFault.VersionMismatch,
                $"\"{path}\" is not a PostgreSQL cluster: PG_VERSION is missing or unreadable. Restore the directory from a backup, or move it away to begin with an empty portal. Nothing was changed.");
        }

        return installed.FirstOrDefault(b => b.MajorVersion == version)
            ?? throw new EmbeddedPostgresException(EmbeddedPostgresFault.VersionMismatch,
                $"The data in \"{path}\" was written by PostgreSQL {version}, and the installed server is PostgreSQL {string.Join(", ", installed.Select(b => b.MajorVersion))}. "
                + $"Install the Debian package \"postgresql-{version}\" beside it, or point Database:Embedded:BinDirectory to a PostgreSQL {version}; "
                + $"to change the version, run pg_upgrade, or pg_dumpall with version {version} and psql into a new data directory. Nothing was changed.");
    }
}
