using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Reviews;

public enum ReviewDecision
{
    None,
    Keep,
    Remove,
}

/// <summary>How an item ended.</summary>
public enum ReviewOutcome
{
    /// <summary>What was decided was done.</summary>
    Enforced,

    /// <summary>Nobody decided; the review's rule was done.</summary>
    Missed,

    /// <summary>The binding had gone by other ways.</summary>
    Superseded,

    /// <summary>It was to go and stays: the organization would have no administrator.</summary>
    KeptLastAdministrator,

    /// <summary>It was to go and stays: neither who started the review nor who closed it may take this role away.</summary>
    KeptBeyondAuthority,
}

/// <summary>What became of the access.</summary>
public enum ReviewEffect
{
    Kept,
    Removed,
    Reduced,
}

/// <summary>One binding as it was when the review began, what was decided about it and what came of that. The review's commands tell the audit log what they did.</summary>
[NotAudited]
public sealed class AccessReviewItem : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ReviewId { get; init; }

    public required Guid BindingId { get; init; }

    public required PrincipalKind PrincipalKind { get; init; }

    public required Guid PrincipalId { get; init; }

    [Personal]
    public string? PrincipalName { get; init; }

    /// <summary>Of a group, when the review began.</summary>
    public int? Members { get; init; }

    /// <summary>A built-in role's name or the key of one of the organization's own.</summary>
    public required string Role { get; init; }

    /// <summary>A built-in role's name or the slug of one of the organization's own.</summary>
    public required string RoleSlug { get; init; }

    /// <summary>Of the organization's own roles.</summary>
    public string? RoleName { get; init; }

    public required GrantScope Scope { get; init; }

    public Guid? ScopeId { get; init; }

    public string? PlaceName { get; init; }

    public string? Condition { get; init; }

    public DateTime? ExpiresAtUtc { get; init; }

    public required DateTime GrantedAtUtc { get; init; }

    /// <summary>Null: any administrator.</summary>
    public Guid? ReviewerUserId { get; init; }

    /// <summary>The last day on which something was done by it; null = none within <see cref="LastUse.LookBackDays"/> days.</summary>
    public DateOnly? LastUseOn { get; init; }

    /// <summary>Monthly, of the budgets that bound the place; null = unknown.</summary>
    public decimal? SpendReach { get; init; }

    /// <summary>ISO 4217.</summary>
    public string? SpendCurrency { get; init; }

    /// <summary>Who started the review may not take this role away by themselves, so the review may not either.</summary>
    public required bool IsBeyondStarter { get; init; }

    public ReviewDecision Decision { get; set; }

    public Guid? DecidedBy { get; set; }

    public DateTime? DecidedAtUtc { get; set; }

    [Personal]
    public string? Reason { get; set; }

    public ReviewOutcome? Outcome { get; set; }

    public ReviewEffect? Effect { get; set; }

    public DateTime? OutcomeAtUtc { get; set; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<AccessReviewItem>(e =>
    {
        e.ToTable("access_review_items");
        e.HasOne<AccessReview>().WithMany().HasForeignKey(x => x.ReviewId);
        e.HasIndex(x => new { x.ReviewId, x.BindingId }).IsUnique();
        e.HasIndex(x => new { x.OrganizationId, x.ReviewerUserId, x.Decision });
        e.Property(x => x.PrincipalName).HasMaxLength(256);
        e.Property(x => x.Role).HasMaxLength(60);
        e.Property(x => x.RoleSlug).HasMaxLength(200);
        e.Property(x => x.RoleName).HasMaxLength(200);
        e.Property(x => x.PlaceName).HasMaxLength(200);
        e.Property(x => x.Condition).IsLongText();
        e.Property(x => x.SpendReach).HasPrecision(28, 10);
        e.Property(x => x.SpendCurrency).HasMaxLength(3);
        e.Property(x => x.Reason).HasMaxLength(1000);
    });
}
