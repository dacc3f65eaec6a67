namespace Hexabase.Portal.Samples;

/// <summary>A credit or a refund of the sample bill.</summary>
/// <param name="Provider">Key of the provider.</param>
/// <param name="MonthIndex">0 is the first month of the bill; null is each month.</param>
/// <param name="Category">FOCUS ChargeCategory.</param>
/// <param name="Amount">Negative, in the billing currency.</param>
/// <param name="Workspace">Whose account and tags it carries; null is the payer.</param>
internal sealed record SampleCharge(string Provider, int? MonthIndex, int Day, string Category, string Service, string ServiceCategory, string Subcategory, string Description, decimal Amount, string? Workspace)
{
    public static IReadOnlyList<SampleCharge> All { get; } =
    [
        new("aws", 2, 15, "Credit", "Amazon Elastic Compute Cloud", "Compute", "Virtual Machines", "Migration program credit", -1500m, null),
        new("aws", 5, 10, "Adjustment", "Amazon CloudFront", "Networking", "Content Delivery", "Refund for mismetered transfer", -412.36m, "web-shop"),
        new("azure", 9, 12, "Credit", "Azure App Service", "Web", "Application Platforms", "Service level agreement credit", -300m, "patient-portal"),
        new("google", null, 1, "Credit", "Compute Engine", "Compute", "Virtual Machines", "Partner program credit", -60_000m, null),
    ];
}
