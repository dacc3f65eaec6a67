using System.Text.Json;

namespace Hexabase.Portal.Cli;

/// <summary><c>portal migrate</c></summary>
internal static class MigrateVerb
{
    public static async Task<int> RunAsync(CliArguments arguments, CancellationToken cancellationToken)
    {
        await using var portal = await OfflinePortal.OpenAsync(arguments, cancellationToken);
        var applied = await portal.Migrator.MigrateAsync(cancellationToken);
        await Console.Out.WriteLineAsync(arguments.Json ? JsonSerializer.Serialize(new { applied }) : applied.Count == 0 ? "The schema is current." : $"Applied: {string.Join(", ", applied)}");
        return 0;
    }
}
