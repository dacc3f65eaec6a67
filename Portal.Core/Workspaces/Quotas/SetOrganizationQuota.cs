using System.Globalization;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces.Quotas;

/// <summary>What the organization may hand out of a resource and what it has.</summary>
public sealed record OrganizationQuotaRow(string Resource, long Limit, decimal OversubscriptionFactor);

/// <summary>The organization's own limits as one thing with one version.</summary>
/// <param name="Version">0 = never set.</param>
public sealed record OrganizationQuotaSet(IReadOnlyList<OrganizationQuotaRow> Limits, long Version);

/// <summary>The organization's own limits, by resource.</summary>
public sealed record GetOrganizationQuota(string Org) : Query<OrganizationQuotaSet>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.ReadQuotas;

    public override async Task<Result<OrganizationQuotaSet>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var rows = await scope.Db.Set<OrganizationQuota>().OrderBy(q => q.Resource).Select(q => new OrganizationQuotaRow(q.Resource, q.Limit, q.OversubscriptionFactor)).ToListAsync(cancellationToken);
        return new OrganizationQuotaSet(rows, await StructureLock.VersionAsync(scope, SetOrganizationQuota.Lock, cancellationToken));
    }
}

/// <summary>
/// Replaces the organization's own limits: resources that are not named have none afterwards. The sum of the workspaces' limits is at most
/// limit × factor; over-subscription is only by a factor above 1. A limit below what is handed out already is refused.
/// </summary>
/// <param name="Limits">Resource → limit.</param>
/// <param name="OversubscriptionFactor">1 to 100, four decimals.</param>
public sealed record SetOrganizationQuota(string Org, IReadOnlyDictionary<string, long> Limits, decimal OversubscriptionFactor = 1, long? ExpectedVersion = null) : Command<OrganizationQuotaSet>
{
    internal const string Lock = "organizationQuota";

    public override string Action => "quota.setOrganization";

    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.WriteQuotas;

    public override async Task<Result<OrganizationQuotaSet>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (OversubscriptionFactor is < 1 or > 100 || OversubscriptionFactor != decimal.Round(OversubscriptionFactor, 4))
            errors.Add(new FieldError("oversubscriptionFactor", "quota.factor", "oversubscriptionFactor is a number from 1 to 100 with at most four decimals."));
        if (Limits.Count > QuotaResources.MaxResources) errors.Add(new FieldError(null, "quota.tooMany", $"At most {QuotaResources.MaxResources} resources fit.", Args: [QuotaResources.MaxResources]));
        foreach (var (resource, limit) in Limits.Take(QuotaResources.MaxResources))
        {
            if ((QuotaResources.CheckName(resource) ?? QuotaResources.CheckLimit(resource, limit)) is { } error) errors.Add(error);
        }

        if (errors.Count > 0) return Problem.Invalid(errors);
        scope.Audit("organizationQuota", scope.OrganizationId, scope.Tenant?.Name ?? "");
        var version = await StructureLock.TakeAsync(scope, Lock, cancellationToken);
        if (ExpectedVersion is { } expected && expected != version) return Problem.Stale("quota", version);
        var rows = await scope.Db.Set<OrganizationQuota>().ToDictionaryAsync(q => q.Resource, StringComparer.Ordinal, cancellationToken);
        scope.Db.RemoveRange(rows.Values.Where(r => !Limits.ContainsKey(r.Resource)));
        var after = new List<OrganizationQuota>();
        foreach (var (resource, limit) in Limits.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            if (!rows.TryGetValue(resource, out var row)) scope.Db.Add(row = new OrganizationQuota { Id = Ids.New(), OrganizationId = scope.OrganizationId, Resource = resource });
            row.Limit = limit;
            row.OversubscriptionFactor = OversubscriptionFactor;
            row.Draws++;
            after.Add(row);
            var sum = await OrganizationSum.OfAsync(scope, resource, null, cancellationToken);
            if (sum > row.Allocatable)
                errors.Add(new FieldError(resource, "quota.belowSum", string.Create(CultureInfo.InvariantCulture, $"Workspaces hold {sum:0} of {resource} already, more than {row.Allocatable:0}. Lower theirs first or raise the factor."), Args: [resource, sum, row.Allocatable]));
        }

        if (errors.Count > 0) return Problem.Invalid(errors);
        scope.Touch(LiveTopic.Quotas, scope.OrganizationId, version + 1);
        return new OrganizationQuotaSet(after.ConvertAll(r => new OrganizationQuotaRow(r.Resource, r.Limit, r.OversubscriptionFactor)), version + 1);
    }
}
