using System.Diagnostics;
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
        // A half-written file must not look like a backup.
        var partial = file + ".partial";
        var code = await RunAsync(portal.Ground, "pg_dump", ["--format=custom", "--no-owner", $"--file={partial}"], cancellationToken);
        if (code != 0)
        {
            File.Delete(partial);
            return 1;
        }

        File.Move(partial, file, overwrite: true);
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
        if (await RunAsync(portal.Ground, "pg_restore", ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error", file], cancellationToken) != 0)
        {
            await Console.Error.WriteLineAsync("Nothing was changed.");
            return 1;
        }

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

    private static async Task<int> RunAsync(PortalGround ground, string tool, string[] options, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnectionStringBuilder(ground.ConnectionString);
        var start = new ProcessStartInfo(ground.ToolDirectory is { Length: > 0 } directory ? Path.Combine(directory, tool) : tool) { UseShellExecute = false };
        start.ArgumentList.Add($"--dbname={connection.Database}");
        foreach (var option in options) start.ArgumentList.Add(option);
        // By environment, so that no password stands in the list of processes.
        start.Environment["PGHOST"] = connection.Host;
        start.Environment["PGPORT"] = connection.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = connection.Username;
        if (connection.Password is { Length: > 0 } password) start.Environment["PGPASSWORD"] = password;
        try
        {
            using var process = Process.Start(start) ?? throw new PortalStartException($"{tool} did not start.");
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new PortalStartException($"{tool} was not found. Install PostgreSQL's client tools, or set Database:BinDirectory.");
        }
    }
}
