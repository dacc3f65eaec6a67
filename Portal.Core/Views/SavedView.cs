using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Views;

/// <summary>A list as somebody wants to see it again: the page and the query of its address, under a name. Of one person, or shared with the organization.</summary>
public sealed class SavedView : ITenantOwned, IVersioned
{
    public const int MaxNameLength = 120;
    public const int MaxQueryLength = 4000;

    /// <summary>Views that one person keeps of one page.</summary>
    public const int MaxPerPage = 100;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>The person or token that saved it.</summary>
    public required Guid OwnerId { get; init; }

    [Personal]
    public required string OwnerName { get; init; }

    /// <summary>The page's path below the organization: "workspaces".</summary>
    public required string Page { get; init; }

    public required string Name { get; set; }

    /// <summary>As in the address, without the question mark; empty = the page as it opens.</summary>
    public required string QueryString { get; set; }

    public bool IsShared { get; set; }

    public required DateTime CreatedAtUtc { get; init; }

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model)
    {
        model.Entity<SavedView>(e =>
        {
            e.ToTable("saved_views");
            e.HasIndex(x => new { x.OrganizationId, x.Page, x.OwnerId, x.Name }).IsUnique();
            e.Property(x => x.OwnerName).HasMaxLength(300);
            e.Property(x => x.Page).HasMaxLength(80);
            e.Property(x => x.Name).HasMaxLength(MaxNameLength);
            e.Property(x => x.QueryString).IsLongText();
        });
        model.Entity<SavedViewDefault>(e =>
        {
            e.ToTable("saved_view_defaults");
            e.HasIndex(x => new { x.OrganizationId, x.OwnerId, x.Page }).IsUnique();
            e.HasIndex(x => x.ViewId);
            e.Property(x => x.Page).HasMaxLength(80);
        });
    }
}

/// <summary>The view that a page opens with for one person.</summary>
public sealed class SavedViewDefault : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid OwnerId { get; init; }

    public required string Page { get; init; }

    public required Guid ViewId { get; set; }
}
