using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Policies;

/// <summary>Of whom an organization wants a second factor.</summary>
public enum MfaRule
{
    Nobody,
    Admins,
    Everybody,
}

/// <summary>What an organization asks of its members' sessions. Where a person belongs to several, the strictest counts; the portal's own limits always do.</summary>
public sealed class SessionPolicy : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>Hours after which a browser signs in again; null = the portal's own.</summary>
    public int? LifetimeHours { get; set; }

    /// <summary>Minutes without a request or an open page after which a session ends; null = the portal's own.</summary>
    public int? IdleMinutes { get; set; }

    public MfaRule MfaFor { get; set; }

    /// <summary>Since when <see cref="MfaFor"/> asks for a factor; the grace begins then, or when a member joins later.</summary>
    public DateTime? MfaSinceUtc { get; set; }

    /// <summary>Days for setting the second factor up.</summary>
    public int GraceDays { get; set; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<SessionPolicy>(e =>
    {
        e.ToTable("session_policies");
        e.HasIndex(x => x.OrganizationId).IsUnique();
    });
}
