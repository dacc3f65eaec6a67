using Hexabase.Portal.Controls;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Workspaces.Quotas;

/// <summary>Names and tones of quota figures.</summary>
internal static class QuotaWords
{
    /// <summary>The resources that every overview shows, known or not.</summary>
    public static IReadOnlyList<string> Main { get; } = ["cpuMillicores", "memoryBytes", "storageBytes", "gpus"];

    /// <summary>"CPU", "Memory"; any other Kubernetes resource by its own name.</summary>
    public static string Name(Text text, string resource) => text.Has("quotas.resource." + resource) ? text["quotas.resource." + resource] : resource;

    /// <summary>Known resources in their usual order, others after them by name.</summary>
    public static IEnumerable<string> Order(IEnumerable<string> resources)
    {
        var known = QuotaResources.Known.Keys.ToList();
        return resources.Distinct(StringComparer.Ordinal).OrderBy(r => known.IndexOf(r) is var at and >= 0 ? at : int.MaxValue).ThenBy(r => r, StringComparer.Ordinal);
    }

    /// <summary>Share of the limit that a figure takes; null where either is unknown. A limit of 0 is full as soon as anything is there.</summary>
    public static double? Share(decimal? figure, decimal? limit) => (figure, limit) switch
    {
        (null, _) or (_, null) => null,
        (0, 0) => 0,
        (_, 0) => 1,
        var (f, l) => (double)(f.Value / l.Value),
    };

    public static Tone Tone(double? share) => share switch { >= 1 => Controls.Tone.Bad, >= 0.8 => Controls.Tone.Warn, _ => Controls.Tone.Neutral };
}
