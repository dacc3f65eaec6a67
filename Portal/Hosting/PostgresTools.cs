using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Hexabase.Portal.Hosting;

/// <summary>Runs <c>pg_dump</c> and <c>pg_restore</c> of the server's own version on a database.</summary>
internal static class PostgresTools
{
    /// <summary>Writes the database to a file in the custom format; a file of that name is replaced only when the new one is complete.</summary>
    /// <returns>Null, or what the tool complained about.</returns>
    public static async Task<string?> DumpAsync(string? toolDirectory, string connectionString, string file, CancellationToken cancellationToken)
    {
        // A half-written file must not look like a backup.
        var partial = file + ".partial";
        try
        {
            if (await RunAsync(toolDirectory, connectionString, "pg_dump", ["--format=custom", "--no-owner", $"--file={partial}"], cancellationToken) is { } complaint) return complaint;
            File.Move(partial, file, overwrite: true);
            return null;
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Replaces what the file names, all or nothing; the roles that its grants name must exist.</summary>
    public static Task<string?> RestoreAsync(string? toolDirectory, string connectionString, string file, CancellationToken cancellationToken) =>
        RunAsync(toolDirectory, connectionString, "pg_restore", ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error", file], cancellationToken);

    private static async Task<string?> RunAsync(string? toolDirectory, string connectionString, string tool, string[] options, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo(toolDirectory is { Length: > 0 } directory ? Path.Combine(directory, tool) : tool) { UseShellExecute = false, RedirectStandardError = true };
        start.ArgumentList.Add($"--dbname={connection.Database}");
        foreach (var option in options) start.ArgumentList.Add(option);
        // By environment, so that no password stands in the list of processes.
        start.Environment["PGHOST"] = connection.Host;
        start.Environment["PGPORT"] = connection.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = connection.Username;
        if (connection.Password is { Length: > 0 } password) start.Environment["PGPASSWORD"] = password;
        Process process;
        try
        {
            process = Process.Start(start) ?? throw new PortalStartException($"{tool} did not start.");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new PortalStartException($"{tool} was not found. Install PostgreSQL's client tools, or set Database:BinDirectory.");
        }

        using (process)
        {
            try
            {
                var complaint = await process.StandardError.ReadToEndAsync(cancellationToken);
                await process.WaitForExitAsync(cancellationToken);
                return process.ExitCode == 0 ? null : complaint.Trim() is { Length: > 0 } said ? said : $"{tool} ended with code {process.ExitCode}.";
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
                throw;
            }
        }
    }
}
