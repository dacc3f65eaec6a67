using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Reviews;

/// <summary>Whose bindings a review looks at: those at the place and below it, or those of one role.</summary>
public enum ReviewScope
{
    Organization,
    BusinessUnit,
    Workspace,
    Project,
    Role,
}

/// <summary>Who decides.</summary>
public enum ReviewerRule
{
    /// <summary>Of each workspace or unit its owner; where there is none, whoever started the review.</summary>
    Owner,

    /// <summary>One named member.</summary>
    Member,
}

/// <summary>What becomes of a binding that nobody decided on.</summary>
public enum MissedRule
{
    /// <summary>It stays, and the review says that nobody looked.</summary>
    Keep,
    Remove,

    /// <summary>The role Org User takes its place, where that is less.</summary>
    Reduce,
}

public enum ReviewState
{
    Open,
    Closed,
}

/// <summary>A campaign in which people look at who holds what. Never deleted, nor are its items.</summary>
public sealed class AccessReview : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Name { get; init; }

    public required ReviewScope Scope { get; init; }

    /// <summary>The unit, workspace or project.</summary>
    public Guid? ScopeId { get; init; }

    /// <summary>For the scope role: a built-in role's name or the key of one of the organization's own.</summary>
    public string? Role { get; init; }

    /// <summary>What the place or role was called when it began.</summary>
    public string? ScopeName { get; init; }

    public required ReviewerRule ReviewerRule { get; init; }

    /// <summary>For the rule member.</summary>
    public Guid? ReviewerUserId { get; init; }

    public required DateTime DueAtUtc { get; init; }

    public required MissedRule Missed { get; init; }

    public ReviewState State { get; set; }

    /// <summary>The person or token.</summary>
    public required Guid StartedBy { get; init; }

    public required DateTime StartedAtUtc { get; init; }

    /// <summary><see cref="Guid.Empty"/>: the portal itself, when it was due.</summary>
    public Guid? ClosedBy { get; set; }

    public DateTime? ClosedAtUtc { get; set; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<AccessReview>(e =>
    {
        e.ToTable("access_reviews");
        e.HasIndex(x => new { x.OrganizationId, x.State, x.DueAtUtc });
        e.Property(x => x.Name).HasMaxLength(200);
        e.Property(x => x.Role).HasMaxLength(60);
        e.Property(x => x.ScopeName).HasMaxLength(200);
    });
}
