using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Organizations;

/// <summary>An organization's settings as typed.</summary>
/// <param name="Plan">"team" or "enterprise".</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="TimeZone">IANA name, for example Asia/Tokyo.</param>
/// <param name="FiscalYearStartMonth">1 to 12.</param>
public sealed record OrganizationInput(string? Name, string? Plan, string? Currency, string? TimeZone, int? FiscalYearStartMonth, IReadOnlyList<string>? Regions = null)
{
    internal Result<OrganizationSettings> Check()
    {
        var errors = new List<FieldError>();
        if (TextRule.Check("name", Name, 200, out var name) is { } nameError) errors.Add(nameError);
        var plan = Plan switch
        {
            "team" => (Plan?)Organizations.Plan.Team,
            "enterprise" => Organizations.Plan.Enterprise,
            _ => null,
        };
        if (plan is null) errors.Add(new FieldError("plan", "plan.unknown", $"plan '{Shown(Plan)}' is neither team nor enterprise.", Args: [Shown(Plan)]));
        var currency = Currency?.Trim().ToUpperInvariant() ?? "";
        if (!Currencies.IsKnown(currency)) errors.Add(new FieldError("currency", "currency.unknown", $"currency '{Shown(Currency)}' is not an ISO 4217 code, such as USD or JPY.", Args: [Shown(Currency)]));
        var zone = TimeZone?.Trim() ?? "";
        if (!zone.Contains('/', StringComparison.Ordinal) && zone != "UTC" || zone.Length > 60 || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            errors.Add(new FieldError("timeZone", "timeZone.unknown", $"timeZone '{Shown(TimeZone)}' is not an IANA time zone, such as Asia/Tokyo or UTC.", Args: [Shown(TimeZone)]));
        if (FiscalYearStartMonth is not (>= 1 and <= 12))
            errors.Add(new FieldError("fiscalYearStartMonth", "fiscalYear.month", "fiscalYearStartMonth is a month from 1 to 12."));
        var regions = new List<string>();
        foreach (var region in Regions ?? [])
        {
            if (TextRule.Check("regions", region, 60, out var clean) is { } regionError) errors.Add(regionError);
            else if (!regions.Contains(clean, StringComparer.Ordinal)) regions.Add(clean);
        }

        if (regions.Count > 50) errors.Add(new FieldError("regions", "regions.tooMany", "At most 50 regions fit."));
        return errors.Count > 0 || plan is null ? Problem.Invalid(errors) : new OrganizationSettings(name, plan.Value, currency, zone, FiscalYearStartMonth ?? 1, regions);
    }

    private static string Shown(string? text) => text is null ? "" : text.Length > 40 ? text[..40] + "…" : text;
}
