namespace Hexabase.Portal.Samples;

/// <summary>Something in the sample bill that a person or a detector should find.</summary>
/// <param name="Key">Stable name: "gpu-weekend".</param>
/// <param name="Title">What happened.</param>
/// <param name="Provider">FOCUS ProviderName.</param>
/// <param name="Service">FOCUS ServiceName.</param>
/// <param name="Workspace">The workspace tag of its lines.</param>
/// <param name="FirstDay">First charge day (UTC).</param>
/// <param name="LastDay">Last charge day, inclusive; of a price change, the end of the bill.</param>
/// <param name="ListCostPerDay">Additional list cost a day, about, in <paramref name="Currency"/>; 0 for a price change.</param>
/// <param name="PriceFactor">What the prices of the service's SKU are multiplied with; 1 for extra usage.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="SkuId">FOCUS SkuId.</param>
public sealed record SampleAnomaly(
    string Key, string Title, string Provider, string Service, string Workspace, DateOnly FirstDay, DateOnly LastDay, decimal ListCostPerDay, decimal PriceFactor, string Currency, string SkuId)
{
    internal bool Holds(DateOnly day) => day >= FirstDay && day <= LastDay;
}
