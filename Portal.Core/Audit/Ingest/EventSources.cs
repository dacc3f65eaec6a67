namespace Hexabase.Portal.Audit.Ingest;

/// <summary>The outside logs that the portal can read.</summary>
public static class EventSources
{
    public const string Generic = "generic";

    /// <summary>As in the address of the ingest endpoint and in the qualifier <c>source:</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["kubernetes", "cloudtrail", "okta", "azure", "gcp", "github", Generic];

    private static readonly Dictionary<string, EventNormaliser> Known = new EventNormaliser[]
    {
        new KubernetesEvents(), new CloudTrailEvents(), new OktaEvents(), new AzureEvents(), new GoogleEvents(), new GitHubEvents(),
    }.ToDictionary(n => n.Source, StringComparer.Ordinal);

    /// <summary>Null for an unknown name.</summary>
    /// <param name="mapping">For <see cref="Generic"/>; null = the defaults.</param>
    internal static EventNormaliser? Find(string name, EventMapping? mapping = null) =>
        name == Generic ? new GenericEvents(mapping ?? EventMapping.Default) : Known.GetValueOrDefault(name);
}
