using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Organizations;

/// <summary>An organization as people and programs see it.</summary>
public sealed record OrganizationRow(Guid Id, string Slug, string Name, Plan Plan, string Currency, string TimeZone, int FiscalYearStartMonth, IReadOnlyList<string> Regions, bool IsSample, DateTime CreatedAtUtc, long Version)
{
    /// <summary>What the plan includes.</summary>
    public PlanEntitlements Entitlements => PlanEntitlements.Of(Plan);

    internal static OrganizationRow Of(Organization o) => new(o.Id, o.Slug, o.Name, o.Plan, o.Currency, o.TimeZone, o.FiscalYearStartMonth, o.Regions, o.IsSample, o.CreatedAtUtc, o.Version == 0 ? 1 : o.Version);
}

/// <summary>Makes a customer organization; service administrators only.</summary>
public sealed record CreateOrganization(OrganizationInput Input, bool IsSample = false) : Command<OrganizationRow>
{
    public override string Action => "organization.create";

    public override Permission? Permission => OrganizationsPermissions.Create;

    public override async Task<Result<OrganizationRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!Input.Check().TryGet(out var settings, out var problem)) return problem;
        var stem = Slug.Stem(settings.Name);
        var taken = await scope.Db.Set<Organization>().Where(o => o.Slug.StartsWith(stem)).Select(o => o.Slug).ToListAsync(cancellationToken);
        var organization = Organization.Create(Slug.From(settings.Name, "organization", taken.ToHashSet(StringComparer.Ordinal)), settings, IsSample, scope.NowUtc);
        scope.Db.Add(organization);
        scope.AuditIn(organization.Id);
        scope.Audit("organization", organization.Id, organization.Name);
        scope.Touch(LiveTopic.Organizations, organization.Id, 1, organization.Id);
        return OrganizationRow.Of(organization);
    }
}
