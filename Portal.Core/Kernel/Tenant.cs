namespace Hexabase.Portal.Kernel;

/// <summary>What the gateway knows of the organization a message concerns.</summary>
/// <param name="FiscalYearStartMonth">1 to 12.</param>
public sealed record Tenant(Guid Id, string Slug, string Name, string Plan, string Currency, string TimeZone, int FiscalYearStartMonth, bool IsSample, long Version);
