using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.ServiceAccounts;

/// <summary>
/// An identity for programs that outlives the token of the day: its roles are bindings as a person's are, its tokens act with them. A person answers for it; with them it stops, unless handed over.
/// </summary>
public sealed class ServiceAccount : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Name { get; set; }

    public string Description { get; set; } = "";

    /// <summary>The member who answers for it.</summary>
    public required Guid OwnerUserId { get; set; }

    public bool IsActive { get; set; } = true;

    public required DateTime CreatedAtUtc { get; init; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<ServiceAccount>(e =>
    {
        e.ToTable("service_accounts");
        e.HasIndex(x => new { x.OrganizationId, x.Name }).IsUnique();
        e.HasIndex(x => x.OwnerUserId);
        e.Property(x => x.Name).HasMaxLength(200);
        e.Property(x => x.Description).HasMaxLength(1000);
    });

    /// <summary>What the account may do now, by its bindings.</summary>
    internal static Task<List<Grant>> GrantsAsync(PortalDbContext db, Guid organizationId, Guid id, CancellationToken cancellationToken) => BindingGrants.ReadAsync(
        db, db.Set<RoleBinding>().Where(b => b.OrganizationId == organizationId && b.PrincipalKind == PrincipalKind.ServiceAccount && b.PrincipalId == id && b.Scope != GrantScope.Platform), cancellationToken);

    /// <summary>Accounts that are switched on and whose owner still belongs to the organization.</summary>
    internal static IQueryable<ServiceAccount> Holding(PortalDbContext db) => db.Set<ServiceAccount>().Where(a => a.IsActive
        && db.Set<User>().Any(u => u.Id == a.OwnerUserId && u.IsActive) && db.Set<Member>().Any(m => m.UserId == a.OwnerUserId && m.OrganizationId == a.OrganizationId && m.IsActive));
}
