using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Hosting;

/// <summary>
/// Where uploads wait, and the name of that place: jobs that read an upload run only where it lies. The name is kept in the data directory, so that a portal that
/// starts again, on another machine too, goes on with its jobs, and replicas that share the directory share them.
/// </summary>
internal static class StorageDefaults
{
    private const int MaxLength = 100;

    /// <summary>Sets Costs:SpoolDirectory, Jobs:Node and the places of the audit log's keys, checkpoints and exports where they are not set.</summary>
    /// <exception cref="PortalStartException">The data directory cannot be written.</exception>
    public static void Apply(ConfigurationManager configuration, string dataDirectory)
    {
        try
        {
            Directory.CreateDirectory(dataDirectory);
            var defaults = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            if (string.IsNullOrEmpty(configuration["Costs:SpoolDirectory"])) defaults["Costs:SpoolDirectory"] = Path.Combine(dataDirectory, "spool");
            if (string.IsNullOrEmpty(configuration["Jobs:Node"])) defaults["Jobs:Node"] = NodeOf(Path.Combine(dataDirectory, "node"));
            if (string.IsNullOrEmpty(configuration["Audit:KeysDirectory"])) defaults["Audit:KeysDirectory"] = Path.Combine(dataDirectory, "keys");
            if (string.IsNullOrEmpty(configuration["Audit:CheckpointDirectory"])) defaults["Audit:CheckpointDirectory"] = Path.Combine(dataDirectory, "checkpoints");
            if (string.IsNullOrEmpty(configuration["Audit:ArchiveDirectory"])) defaults["Audit:ArchiveDirectory"] = Path.Combine(dataDirectory, "audit-archive");
            if (string.IsNullOrEmpty(configuration["Audit:Signing:DataDirectory"])) defaults["Audit:Signing:DataDirectory"] = dataDirectory;
            if (string.IsNullOrEmpty(configuration["Audit:Export:Directory"])) defaults["Audit:Export:Directory"] = Path.Combine(dataDirectory, "audit-exports");
            configuration.AddInMemoryCollection(defaults);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PortalStartException($"The data directory {dataDirectory} cannot be written: {e.Message} Set PORTAL_DATA to a directory of the portal's user.");
        }
    }

    private static string NodeOf(string file) =>
        OwnFile.ReadOrCreate(file, () => $"node-{Ids.Brief()}").Trim() is { Length: > 0 and <= MaxLength } name ? name : throw new IOException($"{file} holds no name.");
}
