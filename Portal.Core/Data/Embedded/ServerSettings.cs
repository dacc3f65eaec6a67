using System.Globalization;

namespace Hexabase.Portal.Data.Embedded;

/// <summary>
/// The server's settings, passed on its command line: root then never writes below a directory that the server's user could have filled with links.
/// Sized for two cores shared with the portal.
/// </summary>
internal static class ServerSettings
{
    internal static IEnumerable<string> For(EmbeddedPostgresOptions options, string socketDirectory, bool lz4)
    {
        var durable = options.UnsafeWithoutDurability ? "off" : "on";
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["fsync"] = durable,
            ["synchronous_commit"] = durable,
            ["full_page_writes"] = durable,
            ["cluster_name"] = "hexabase-portal",
            ["max_connections"] = options.MaxConnections.ToString(CultureInfo.InvariantCulture),
            ["shared_buffers"] = options.SharedBuffersMegabytes.ToString(CultureInfo.InvariantCulture) + "MB",
            ["huge_pages"] = "try",
            ["max_wal_size"] = "4GB",
            ["checkpoint_timeout"] = "15min",
            ["wal_compression"] = lz4 ? "lz4" : "on",
            ["default_toast_compression"] = lz4 ? "lz4" : "pglz",
            ["jit"] = "off", // Compiling costs more than it saves on queries of milliseconds.
            ["random_page_cost"] = "1.1", // Solid-state disks.
            ["effective_io_concurrency"] = "200",
            ["work_mem"] = "16MB",
            ["maintenance_work_mem"] = "256MB",
            ["autovacuum"] = "on",
            ["track_io_timing"] = "on",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
            ["logging_collector"] = "on",
            ["log_directory"] = "log",
            ["log_filename"] = "postgresql-%a.log", // Seven files, each begun anew after a week.
            ["log_truncate_on_rotation"] = "on",
            ["log_rotation_age"] = "1d",
            ["log_rotation_size"] = "0",
            ["log_checkpoints"] = "off",
            ["log_parameter_max_length_on_error"] = "0", // Values of statements are people's data.
        };
        foreach (var (name, value) in options.Settings)
            settings[name] = value;

        // Not open to change: no TCP port, and access is decided by who can enter the socket's directory. Inside it every role is trusted, because
        // peer authentication cannot tell the portal (perhaps root) from the server's own user, and a password would have to lie in the same place.
        settings["listen_addresses"] = "";
        settings["port"] = SocketDirectory.Port.ToString(CultureInfo.InvariantCulture);
        settings["unix_socket_directories"] = "\"" + socketDirectory.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        settings["unix_socket_permissions"] = "0700";
        return settings.Select(static s => $"{s.Key}={s.Value}");
    }
}
