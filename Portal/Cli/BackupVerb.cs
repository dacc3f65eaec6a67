using System.Globalization;
using System.Text.Json;
using Hexabase.Portal.Data;
using Hexabase.Portal.Hosting;
using Npgsql;

namespace Hexabase.Portal.Cli;

/// <summary><c>portal backup</c> and <c>portal restore</c>, by PostgreSQL's own tools in their custom format.</summary>
internal static class BackupVerb
{
    public static async Task<int> BackupAsync(CliArguments arguments, CancellationToken cancellationToken)
    {
        var file = arguments.File;
        await using var portal = await OfflinePortal.OpenAsync(arguments, cancellationToken);
        RefuseSqlServer(portal.Ground);
        if (await PostgresTools.DumpAsync(portal.Ground.ToolDirectory, portal.Ground.ConnectionString, file, cancellationToken) is { } complaint) throw new CliRefusedException(complaint);
        var size = new FileInfo(file).Length;
        await Console.Out.WriteLineAsync(arguments.Json ? JsonSerializer.Serialize(new { file, sizeBytes = size }) : string.Create(CultureInfo.InvariantCulture, $"Wrote {file} ({size:N0} bytes)."));
        return 0;
    }

    public static async Task<int> RestoreAsync(CliArguments arguments, CancellationToken cancellationToken)
    {
        var file = arguments.File;
        if (!File.Exists(file)) throw new CliUsageException($"{file} does not exist.");
        if (!arguments.Yes) throw new CliUsageException("Restoring replaces all data of this portal. Repeat the command with --yes.");
        await using var portal = await OfflinePortal.OpenAsync(arguments, cancellationToken);
        RefuseSqlServer(portal.Ground);
        // Makes the roles that the backup's grants name; its tables are then replaced in one transaction.
        await portal.Migrator.MigrateAsync(cancellationToken);
        if (await PostgresTools.RestoreAsync(portal.Ground.ToolDirectory, portal.Ground.ConnectionString, file, cancellationToken) is { } complaint)
            throw new CliRefusedException($"{complaint}{Environment.NewLine}Nothing was changed.");

        NpgsqlConnection.ClearAllPools();
        var applied = await portal.Migrator.MigrateAsync(cancellationToken);
        await Console.Out.WriteLineAsync(arguments.Json ? JsonSerializer.Serialize(new { file, applied }) : $"Restored {file}.");
        return 0;
    }

    private static void RefuseSqlServer(PortalGround ground)
    {
        if (ground.Provider == DatabaseProvider.SqlServer)
            throw new PortalStartException("SQL Server is backed up and restored by its own tools (BACKUP DATABASE, RESTORE DATABASE); the portal does not run them.");
    }
}
