using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces.Quotas;

/// <summary>The quota of a workspace as one thing with one version; its limits are <see cref="WorkspaceQuotaLimit"/> rows.</summary>
public sealed class WorkspaceQuota : ITenantOwned, IVersioned
{
    /// <summary>The workspace's id.</summary>
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public DateTime ChangedAtUtc { get; set; }

    public long Version { get; private set; }
}

/// <summary>A limit of one resource from one moment until another; null = still. Rows are closed, not overwritten, so that any past date can be shown.</summary>
public sealed class WorkspaceQuotaLimit : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid WorkspaceId { get; init; }

    /// <summary>A known name (cpuMillicores, memoryBytes ...) or any Kubernetes resource name.</summary>
    public required string Resource { get; init; }

    /// <summary>In the resource's own unit.</summary>
    public required long Limit { get; init; }

    public required DateTime FromUtc { get; init; }

    public DateTime? UntilUtc { get; set; }
}

/// <summary>What a source has measured of a resource in a workspace at one time; null = the source does not know this figure.</summary>
[NotAudited]
public sealed class QuotaReading : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid WorkspaceId { get; init; }

    public required string Resource { get; init; }

    public long? Used { get; set; }

    public long? Requested { get; set; }

    public long? Reserved { get; set; }

    public required DateTime AtUtc { get; init; }

    /// <summary>Who measured: "import", a cluster's name.</summary>
    public required string Source { get; set; }
}

/// <summary>What the whole organization may hand out of a resource: the sum of its workspaces' limits is at most limit × factor.</summary>
public sealed class OrganizationQuota : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Resource { get; init; }

    public long Limit { get; set; }

    /// <summary>1 = no over-subscription.</summary>
    public decimal OversubscriptionFactor { get; set; }

    /// <summary>Raised by every workspace quota that draws on it, so that of two requests for the last unit exactly one wins.</summary>
    public long Draws { get; set; }

    public long Version { get; private set; }

    public decimal Allocatable => Limit * OversubscriptionFactor;
}

internal static class QuotaTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<WorkspaceQuota>(e =>
        {
            e.ToTable("workspace_quotas");
            e.HasOne<Workspace>().WithMany().HasForeignKey(x => x.Id);
        });
        model.Entity<WorkspaceQuotaLimit>(e =>
        {
            e.ToTable("workspace_quota_limits");
            e.HasIndex(x => new { x.OrganizationId, x.WorkspaceId, x.Resource, x.FromUtc });
            e.Property(x => x.Resource).HasMaxLength(QuotaResources.MaxNameLength);
            e.HasOne<Workspace>().WithMany().HasForeignKey(x => x.WorkspaceId);
        });
        model.Entity<QuotaReading>(e =>
        {
            e.ToTable("quota_readings");
            e.HasIndex(x => new { x.OrganizationId, x.WorkspaceId, x.Resource, x.AtUtc }).IsUnique();
            e.Property(x => x.Resource).HasMaxLength(QuotaResources.MaxNameLength);
            e.Property(x => x.Source).HasMaxLength(80);
            e.HasOne<Workspace>().WithMany().HasForeignKey(x => x.WorkspaceId);
        });
        model.Entity<OrganizationQuota>(e =>
        {
            e.ToTable("organization_quotas");
            e.HasIndex(x => new { x.OrganizationId, x.Resource }).IsUnique();
            e.Property(x => x.Resource).HasMaxLength(QuotaResources.MaxNameLength);
            e.Property(x => x.OversubscriptionFactor).HasPrecision(9, 4);
            e.Ignore(x => x.Allocatable);
        });
    }
}
