using System.Globalization;

namespace Hexabase.Portal.Samples;

/// <summary>One workspace's use of one SKU in one region: the unit that the bill repeats from day to day.</summary>
/// <param name="Daily">List cost of an average day, in the billing currency.</param>
/// <param name="Tags">JSON object; null where nobody tagged.</param>
/// <param name="ResourceNames">One name a resource.</param>
/// <param name="ResourceIds">One identifier a resource.</param>
/// <param name="ResourceShares">The resources' parts of the cost; they add up to about 1.</param>
internal sealed record SampleSeries(
    SampleSku Sku, SampleTenancy Tenancy, string Region, double Daily, string? Tags, string CostCenter, string Description,
    string[] ResourceNames, string[] ResourceIds, double[] ResourceShares, SampleRandom Random)
{
    /// <summary>A Google project number made from the account.</summary>
    public string ProjectNumber { get; } = (100_000_000_000 + new SampleRandom(7).Split(Tenancy.AccountId).NextInt(int.MaxValue)).ToString(CultureInfo.InvariantCulture);

    /// <summary>All series of a provider, in the order of its bill.</summary>
    public static IReadOnlyList<SampleSeries> Of(SampleProvider provider, SampleSize size, SampleRandom random)
    {
        List<SampleSeries> all = [];
        foreach (var tenancy in provider.Tenancies)
        {
            var used = provider.Skus.Where(sku => sku.Groups.Intersect(tenancy.Groups).Any()).ToList();
            if (size == SampleSize.Small) used = used.Any(sku => sku.Core) ? used.FindAll(sku => sku.Core) : [used.MaxBy(sku => sku.Weight) ?? used[0]];
            var weights = used.Sum(sku => sku.Weight);
            foreach (var sku in used)
            {
                var daily = tenancy.Daily * sku.Weight / weights;
                var second = size == SampleSize.Full && tenancy.Regions.Length > 1 && !sku.Hourly && sku.Weight >= 1;
                all.Add(Make(provider, tenancy, sku, tenancy.Regions[0], second ? daily * 0.8 : daily, size, random));
                if (second) all.Add(Make(provider, tenancy, sku, tenancy.Regions[1], daily * 0.2, size, random));
            }
        }

        return all;
    }

    /// <summary>The series that an anomaly's extra lines belong to, with one resource of its own.</summary>
    public static SampleSeries Of(SampleProvider provider, SampleAnomaly anomaly, SampleRandom random)
    {
        var tenancy = provider.Tenancies.First(t => t.Workspace == anomaly.Workspace);
        var sku = provider.Skus.First(s => s.Key == anomaly.SkuId) with { Resources = 1, Commitment = null };
        return Make(provider, tenancy, sku, tenancy.Regions[0], (double)anomaly.ListCostPerDay, SampleSize.Full, random.Split(anomaly.Key));
    }

    private static SampleSeries Make(SampleProvider provider, SampleTenancy tenancy, SampleSku sku, string region, double daily, SampleSize size, SampleRandom random)
    {
        var own = random.Split($"{provider.Key}/{tenancy.AccountId}/{region}/{sku.Key}");
        var draw = own.Split("resources");
        var count = size == SampleSize.Small ? 1 : sku.Resources;
        var (names, ids, shares) = (new string[count], new string[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            names[i] = string.Create(CultureInfo.InvariantCulture, $"{tenancy.Workspace ?? tenancy.AccountName}-{draw.Next() & 0xFFFF_FFFF:x8}");
            ids[i] = provider.ResourceId(tenancy, region, sku, names[i]);
            shares[i] = 0.5 + draw.NextUnit();
        }

        var sum = shares.Sum();
        for (var i = 0; i < count; i++) shares[i] /= sum;
        var workspace = SampleOrganization.Workspaces.FirstOrDefault(w => w.Name == tenancy.Workspace);
        var unit = SampleOrganization.BusinessUnits.FirstOrDefault(u => u.Slug == workspace?.BusinessUnit);
        var description = string.Create(CultureInfo.InvariantCulture, $"{sku.Meter}, {sku.Price} {provider.Currency} per {sku.Unit} in {provider.RegionNames[region]}");
        return new SampleSeries(
            sku, tenancy, region, daily, TagsOf(tenancy, workspace, unit?.CostCenter, draw), unit?.CostCenter ?? (tenancy.Team is null ? "" : "CC-9000"), description, names, ids, shares, own);
    }

    // Keys in alphabetical order; all values are plain ASCII words, which JSON takes as they are.
    private static string? TagsOf(SampleTenancy tenancy, SampleWorkspace? workspace, string? costCenter, SampleRandom draw)
    {
        if (workspace is null) return tenancy.Team is { } team ? $$"""{"cost-center":"CC-9000","team":"{{team}}"}""" : null;
        // Each pull request gets an environment of its own, named by its slot.
        var tag = workspace.Name == "preview-envs" ? string.Create(CultureInfo.InvariantCulture, $"preview-{1 + draw.NextInt(12):00}") : workspace.Name;
        var project = workspace.Projects[draw.NextInt(workspace.Projects.Count)];
        return $$"""{"cost-center":"{{costCenter}}","environment":"{{workspace.Environment.ToString().ToLowerInvariant()}}","project":"{{project}}","team":"{{workspace.Team}}","workspace":"{{tag}}"}""";
    }
}
