using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Organizations;

/// <summary>A department, division or team that carries cost. Units nest; where a unit stood and what its cost center was on any past day is kept in <see cref="BusinessUnitPlacement"/>.</summary>
public sealed class BusinessUnit : ITenantOwned, IVersioned
{
    private BusinessUnit()
    {
    }

    public Guid Id { get; private init; }

    public Guid OrganizationId { get; private init; }

    public string Slug { get; private init; } = "";

    public string Name { get; private set; } = "";

    /// <summary>Who answers for it, as typed or a member's name.</summary>
    [Personal]
    public string? Owner { get; private set; }

    public bool IsArchived { get; private set; }

    public DateTime CreatedAtUtc { get; private init; }

    public long Version { get; private set; }

    public static BusinessUnit Create(Guid organizationId, string slug, string name, string? owner, DateTime nowUtc) =>
        new() { Id = Ids.New(), OrganizationId = organizationId, Slug = slug, Name = name, Owner = owner, CreatedAtUtc = nowUtc };

    public void Change(string name, string? owner)
    {
        Name = name;
        Owner = owner;
    }

    public void Archive() => IsArchived = true;

    internal static void Configure(ModelBuilder model)
    {
        model.Entity<BusinessUnit>(e =>
        {
            e.ToTable("business_units");
            e.HasIndex(x => new { x.OrganizationId, x.Slug }).IsUnique();
            e.Property(x => x.Slug).HasMaxLength(Kernel.Slug.MaxLength);
            e.Property(x => x.Name).HasMaxLength(200);
            e.Property(x => x.Owner).HasMaxLength(200);
        });
        BusinessUnitPlacement.Configure(model);
    }
}

/// <summary>From a day on: the parent and the cost center of a unit. The newest placement that began on or before a day holds on that day.</summary>
public sealed class BusinessUnitPlacement : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid BusinessUnitId { get; init; }

    public required DateOnly EffectiveFrom { get; init; }

    public Guid? ParentId { get; set; }

    public string? CostCenter { get; set; }

    internal static void Configure(ModelBuilder model) => model.Entity<BusinessUnitPlacement>(e =>
    {
        e.ToTable("business_unit_placements");
        e.HasIndex(x => new { x.OrganizationId, x.BusinessUnitId, x.EffectiveFrom }).IsUnique();
        e.Property(x => x.CostCenter).HasMaxLength(80);
        e.HasOne<BusinessUnit>().WithMany().HasForeignKey(x => x.BusinessUnitId);
        e.HasOne<BusinessUnit>().WithMany().HasForeignKey(x => x.ParentId);
    });
}
