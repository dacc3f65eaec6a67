using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Organizations;

/// <summary>Organizations and business units as files.</summary>
internal static class OrganizationFiles
{
    public static readonly ListFile<OrganizationRow> Organizations = new(
        "organizations",
        ("slug", o => o.Slug), ("name", o => o.Name), ("plan", o => Words.Of(o.Plan)), ("currency", o => o.Currency), ("timeZone", o => o.TimeZone),
        (ListCell.Number("fiscalYearStartMonth"), o => ListCell.Of(o.FiscalYearStartMonth)), ("regions", o => ListCell.Many(o.Regions)), ("isSample", o => ListCell.Of(o.IsSample)),
        ("createdAtUtc", o => ListCell.Utc(o.CreatedAtUtc)), ("id", o => o.Id.ToString()));

    public static readonly ListFile<BusinessUnitRow> BusinessUnits = new(
        "business-units",
        ("slug", u => u.Slug), ("name", u => u.Name), ("parent", u => u.ParentSlug), (ListCell.Number("depth"), u => ListCell.Of(u.Depth)), ("owner", u => u.Owner),
        ("costCenter", u => u.CostCenter), ("effectiveCostCenter", u => u.EffectiveCostCenter), (ListCell.Number("workspaces"), u => ListCell.Of(u.Workspaces)),
        ("isArchived", u => ListCell.Of(u.IsArchived)), ("createdAtUtc", u => ListCell.Utc(u.CreatedAtUtc)), ("id", u => u.Id.ToString()));
}
