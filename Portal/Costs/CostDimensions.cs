using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Costs;

/// <summary>How dimensions read on pages, and where a click leads from one.</summary>
internal static class CostDimensions
{
    /// <summary>In the order in which they are offered.</summary>
    public static readonly IReadOnlyList<string> Named =
        ["businessUnit", "workspace", "project", "costCenter", "provider", "service", "serviceCategory", "region", "subAccount", "chargeCategory"];

    public static string Word(Text t, string dimension) =>
        dimension.StartsWith("tag:", StringComparison.Ordinal) ? t["costs.dimension.tag", dimension[4..]]
        : dimension.StartsWith("label:", StringComparison.Ordinal) ? t["costs.dimension.label", dimension[6..]]
        : dimension.StartsWith("column:", StringComparison.Ordinal) ? dimension[7..]
        : t[$"costs.dimension.{dimension}"];

    /// <summary>The word inside a sentence: no capital where the portal's own English words begin with one; tags, labels and columns stay as they are written.</summary>
    public static string Inside(Text t, string dimension)
    {
        var word = Word(t, dimension);
        return Named.Contains(dimension) ? char.ToLowerInvariant(word[0]) + word[1..] : word;
    }

    /// <summary>Values that the specification fixes have words of their own.</summary>
    public static string Value(Text t, string dimension, string value) => dimension == "chargeCategory" && t.Has($"costs.charge.{value}") ? t[$"costs.charge.{value}"] : value;

    public static string Nameless(Text t, string dimension) => t[IsPlace(dimension) ? "costs.unallocated" : "costs.without"];

    public static bool IsPlace(string dimension) => dimension is "businessUnit" or "workspace" or "project" or "costCenter";

    /// <summary>True where bills know the dimension themselves, so that the bills' own sums can be held against a report filtered by it.</summary>
    public static bool IsOfBill(string dimension) => !IsPlace(dimension) && !dimension.StartsWith("label:", StringComparison.Ordinal);

    /// <summary>The dimension that tells more of one value; null where the lines themselves are next.</summary>
    public static string? Next(string dimension, IReadOnlyCollection<string> filtered)
    {
        string[] path = dimension switch
        {
            "businessUnit" => ["workspace", "service", "subAccount"],
            "costCenter" => ["workspace", "service", "subAccount"],
            "workspace" => ["project", "service", "subAccount"],
            "project" => ["service", "subAccount"],
            "provider" => ["service", "subAccount"],
            "service" => ["subAccount", "region"],
            "subAccount" => ["service"],
            _ => ["service", "subAccount"],
        };
        return path.FirstOrDefault(d => d != dimension && !filtered.Contains(d));
    }

    /// <summary>"workspace=finance-bu" as its parts; the dimension may hold no '='.</summary>
    public static (string Dimension, string Value)? Split(string where)
    {
        var at = where.IndexOf('=', StringComparison.Ordinal);
        return at > 0 ? (where[..at], where[(at + 1)..]) : null;
    }
}
