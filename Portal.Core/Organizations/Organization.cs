using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Organizations;

public enum Plan
{
    Team,
    Enterprise,
}

/// <summary>A customer organization, the tenant. Its own id is its tenant id.</summary>
public sealed class Organization : ITenantOwned, IVersioned
{
    private Organization()
    {
    }

    public Guid Id { get; private init; }

    public Guid OrganizationId => Id;

    public string Slug { get; private init; } = "";

    public string Name { get; private set; } = "";

    public Plan Plan { get; private set; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; private set; } = "";

    /// <summary>IANA time zone, for time stamps; costs are in UTC charge periods.</summary>
    public string TimeZone { get; private set; } = "";

    /// <summary>1 to 12.</summary>
    public int FiscalYearStartMonth { get; private set; }

    /// <summary>Regions in which data may lie; empty = not restricted.</summary>
    public List<string> Regions { get; private set; } = [];

    /// <summary>Holds invented data, made by the sample generator and labelled so on every page.</summary>
    public bool IsSample { get; private init; }

    public DateTime CreatedAtUtc { get; private init; }

    public long Version { get; private set; }

    public static Organization Create(string slug, OrganizationSettings settings, bool isSample, DateTime nowUtc)
    {
        var organization = new Organization { Id = Ids.New(), Slug = slug, IsSample = isSample, CreatedAtUtc = nowUtc };
        organization.Change(settings);
        return organization;
    }

    public void Change(OrganizationSettings settings)
    {
        Name = settings.Name;
        Plan = settings.Plan;
        Currency = settings.Currency;
        TimeZone = settings.TimeZone;
        FiscalYearStartMonth = settings.FiscalYearStartMonth;
        if (!Regions.SequenceEqual(settings.Regions, StringComparer.Ordinal)) Regions = [.. settings.Regions];
    }

    internal static void Configure(ModelBuilder model) => model.Entity<Organization>(e =>
    {
        e.ToTable("organizations");
        e.Ignore(x => x.OrganizationId);
        e.HasIndex(x => x.Slug).IsUnique();
        e.Property(x => x.Slug).HasMaxLength(Kernel.Slug.MaxLength);
        e.Property(x => x.Name).HasMaxLength(200);
        e.Property(x => x.Currency).HasMaxLength(3);
        e.Property(x => x.TimeZone).HasMaxLength(60);
        e.PrimitiveCollection(x => x.Regions).HasMaxLength(2000);
    });
}

/// <summary>The checked settings of an organization.</summary>
public sealed record OrganizationSettings(string Name, Plan Plan, string Currency, string TimeZone, int FiscalYearStartMonth, IReadOnlyList<string> Regions);
