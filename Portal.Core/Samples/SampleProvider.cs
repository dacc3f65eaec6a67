using Hexabase.Portal.Costs.Focus;

namespace Hexabase.Portal.Samples;

/// <summary>What a provider sells. Prices are invented and in the billing currency, at most 6 decimals.</summary>
/// <param name="Key">SkuId.</param>
/// <param name="Meter">SKU meter, and the unit of the description.</param>
/// <param name="Weight">Share of a workspace's money, relative to the other SKUs that it uses.</param>
/// <param name="Groups">A workspace uses the SKU when it has one of these letters: b basics, w web, d data, g GPU and machine learning, n network hub, o observability.</param>
/// <param name="Resources">Resources in a workspace; each has a line a day.</param>
/// <param name="Kind">ResourceType, and part of the resource's name.</param>
/// <param name="Hourly">Each resource has a line an hour.</param>
/// <param name="Core">Part of the small bill.</param>
/// <param name="Commitment">Key of the commitment discount that covers it.</param>
internal sealed record SampleSku(
    string Key, string Service, string Category, string Subcategory, string Meter, string Unit, decimal Price, double Weight, string Groups, int Resources, string Kind,
    bool Hourly = false, bool Core = false, string? Commitment = null);

/// <summary>Where a workspace runs at a provider.</summary>
/// <param name="Workspace">Value of the tag "workspace"; null for shared services (<paramref name="Team"/> set) and for what nobody tagged.</param>
/// <param name="Daily">List cost of an average day in the billing currency.</param>
internal sealed record SampleTenancy(
    string? Workspace, string AccountId, string AccountName, double Daily, string Groups, SampleRhythm Rhythm, string[] Regions, string? Team = null);

/// <summary>How a commitment discount is paid.</summary>
internal enum SamplePayment
{
    /// <summary>A recurring purchase line a day.</summary>
    Daily,

    /// <summary>A recurring purchase line on the first of the month for the whole month.</summary>
    Monthly,

    /// <summary>A one-time purchase line for a year, on the first day of the bill and of each year after it.</summary>
    Upfront,
}

/// <summary>A commitment discount.</summary>
/// <param name="HourlyFee">What is committed an hour, in the billing currency; amortized evenly.</param>
/// <param name="Rate">Price under the commitment relative to the list price.</param>
internal sealed record SampleCommitment(
    string Key, string Id, string Name, string Type, string Category, string Service, string ServiceCategory, string Subcategory, string Region, decimal HourlyFee, decimal Rate, SamplePayment Payment)
{
    public decimal DailyFee => HourlyFee * 24;
}

/// <summary>A provider's bill: its accents, catalog and customers.</summary>
/// <param name="Key">Begin of the file names.</param>
/// <param name="Negotiated">Contracted price relative to the list price.</param>
/// <param name="TaxRate">Consumption tax on the billed cost; 0 where the bill has none.</param>
/// <param name="SupportDaily">Support plan a day; 0 with a monthly one.</param>
/// <param name="SupportMonthly">Support plan a month, on its first day.</param>
/// <param name="SupportService">ServiceName of the support plan.</param>
/// <param name="WindowsText">Whether files begin with a byte order mark and end lines with CRLF.</param>
/// <param name="MoneyDecimals">Decimals of taxes: 2, or 0 for JPY.</param>
internal sealed record SampleProvider(
    string Key, string Name, string Publisher, string Issuer, string AccountId, string AccountName, string Currency, string SupportService,
    decimal Negotiated, decimal TaxRate, decimal SupportDaily, decimal SupportMonthly, int MoneyDecimals, bool WindowsText)
{
    public required FocusColumn[] Columns { get; init; }

    public required string[] ExtraColumns { get; init; }

    public required IReadOnlyDictionary<string, string> RegionNames { get; init; }

    public required SampleSku[] Skus { get; init; }

    public required SampleTenancy[] Tenancies { get; init; }

    public required SampleCommitment[] Commitments { get; init; }

    /// <summary>ResourceId from tenancy, region, SKU and resource name.</summary>
    public required Func<SampleTenancy, string, SampleSku, string, string> ResourceId { get; init; }

    /// <summary>The cells of <see cref="ExtraColumns"/> for usage.</summary>
    public required Func<SampleSeries, string?[]> Extras { get; init; }

    /// <summary>All columns of a FOCUS version, in the specification's order, except those that the export leaves out.</summary>
    public static FocusColumn[] ColumnsOf(string version, params FocusColumn[] without) =>
        [.. FocusSpecification.Columns.Where(c => string.CompareOrdinal(c.Since, version) <= 0 && !without.Contains(c.Column)).Select(c => c.Column)];
}
