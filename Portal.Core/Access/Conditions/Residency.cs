namespace Hexabase.Portal.Access.Conditions;

/// <summary>Which country or union the regions of the large clouds lie in (their public lists of regions); a region of one's own is named as it is.</summary>
internal static class Residency
{
    // Ordered: what is more exact stands first.
    private static readonly (string Prefix, string Place)[] Regions =
    [
        ("ap-northeast-1", "jp"), ("ap-northeast-3", "jp"), ("asia-northeast1", "jp"), ("asia-northeast2", "jp"), ("japan", "jp"), ("jp-", "jp"),
        ("ap-northeast-2", "kr"), ("asia-northeast3", "kr"), ("korea", "kr"),
        ("ap-southeast-1", "sg"), ("asia-southeast1", "sg"), ("southeastasia", "sg"),
        ("ap-southeast-2", "au"), ("ap-southeast-4", "au"), ("australia", "au"),
        ("ap-south-", "in"), ("asia-south1", "in"), ("asia-south2", "in"), ("centralindia", "in"), ("southindia", "in"), ("westindia", "in"),
        ("eu-west-2", "uk"), ("europe-west2", "uk"), ("uksouth", "uk"), ("ukwest", "uk"), ("uk-", "uk"),
        ("eu-central-2", "ch"), ("europe-west6", "ch"), ("switzerland", "ch"),
        ("eu-", "eu"), ("europe-", "eu"), ("westeurope", "eu"), ("northeurope", "eu"), ("france", "eu"), ("germany", "eu"), ("italy", "eu"), ("poland", "eu"), ("spain", "eu"), ("sweden", "eu"), ("austria", "eu"),
        ("ca-", "ca"), ("northamerica-northeast", "ca"), ("canada", "ca"),
        ("sa-east-1", "br"), ("southamerica-east1", "br"), ("brazil", "br"),
        ("us-", "us"), ("eastus", "us"), ("westus", "us"), ("centralus", "us"), ("northcentralus", "us"), ("southcentralus", "us"), ("westcentralus", "us"),
    ];

    public static IReadOnlyList<string> Places { get; } = [.. Regions.Select(r => r.Place).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public static bool Lies(string region, string place) => region.Equals(place, StringComparison.OrdinalIgnoreCase) || Of(region) == place;

    private static string? Of(string region)
    {
        foreach (var (prefix, place) in Regions)
            if (region.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return place;
        return null;
    }
}
