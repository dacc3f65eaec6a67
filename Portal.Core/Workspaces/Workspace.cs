using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces;

/// <summary>What a workspace runs.</summary>
public enum WorkspaceEnvironment
{
    Development,
    Staging,
    Production,
    Preview,
}

/// <summary>How sensitive the data in a workspace is.</summary>
public enum DataClassification
{
    Public,
    Internal,
    Confidential,
    Restricted,
}

/// <summary>How a workspace is kept apart from others.</summary>
public enum IsolationLevel
{
    Shared,
    DedicatedNodes,
    DedicatedCluster,
}

/// <summary>A tenant's place to run things; belongs to one business unit, holds projects. Which unit it belonged to on a past day is kept in <see cref="WorkspacePlacement"/>.</summary>
public sealed class Workspace : ITenantOwned, IVersioned
{
    private Workspace()
    {
    }

    public Guid Id { get; private init; }

    public Guid OrganizationId { get; private init; }

    public string Slug { get; private init; } = "";

    public string Name { get; private set; } = "";

    /// <summary>Today's unit; history in <see cref="WorkspacePlacement"/>.</summary>
    public Guid BusinessUnitId { get; private set; }

    public WorkspaceEnvironment Environment { get; private set; }

    public DataClassification Classification { get; private set; }

    public IsolationLevel Isolation { get; private set; }

    public List<string> Regions { get; private set; } = [];

    /// <summary>JSON object of free labels, keys sorted.</summary>
    public string Labels { get; private set; } = "{}";

    [Personal]
    public string? Owner { get; private set; }

    public bool IsArchived { get; private set; }

    public DateTime CreatedAtUtc { get; private init; }

    public long Version { get; private set; }

    public static Workspace Create(Guid organizationId, string slug, WorkspaceSettings settings, DateTime nowUtc)
    {
        var workspace = new Workspace { Id = Ids.New(), OrganizationId = organizationId, Slug = slug, CreatedAtUtc = nowUtc };
        workspace.Change(settings);
        return workspace;
    }

    public void Change(WorkspaceSettings settings)
    {
        Name = settings.Name;
        BusinessUnitId = settings.BusinessUnitId;
        Environment = settings.Environment;
        Classification = settings.Classification;
        Isolation = settings.Isolation;
        if (!Regions.SequenceEqual(settings.Regions, StringComparer.Ordinal)) Regions = [.. settings.Regions];
        Labels = settings.LabelsJson;
        Owner = settings.Owner;
    }

    public void Archive() => IsArchived = true;

    /// <summary>What conditions on access may ask of it.</summary>
    internal Access.Conditions.PlaceFacts ToFacts() => new(Environment, Classification, Regions, LabelSet.Read(Labels), Owner);

    internal static void Configure(ModelBuilder model) => model.Entity<Workspace>(e =>
    {
        e.ToTable("workspaces");
        e.HasIndex(x => new { x.OrganizationId, x.Slug }).IsUnique();
        e.Property(x => x.Slug).HasMaxLength(Kernel.Slug.MaxLength);
        e.Property(x => x.Name).HasMaxLength(200);
        e.Property(x => x.Owner).HasMaxLength(200);
        e.Property(x => x.Labels).IsLongText();
        e.PrimitiveCollection(x => x.Regions).HasMaxLength(2000);
        e.HasOne<Organizations.BusinessUnit>().WithMany().HasForeignKey(x => x.BusinessUnitId);
    });
}

/// <summary>The checked settings of a workspace.</summary>
public sealed record WorkspaceSettings(
    string Name, Guid BusinessUnitId, WorkspaceEnvironment Environment, DataClassification Classification, IsolationLevel Isolation,
    IReadOnlyList<string> Regions, string LabelsJson, string? Owner);

/// <summary>From a day on: the business unit a workspace belongs to. The first placement of a workspace also holds for all days before it.</summary>
public sealed class WorkspacePlacement : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid WorkspaceId { get; init; }

    public required DateOnly EffectiveFrom { get; init; }

    public required Guid BusinessUnitId { get; set; }

    internal static void Configure(ModelBuilder model) => model.Entity<WorkspacePlacement>(e =>
    {
        e.ToTable("workspace_placements");
        e.HasIndex(x => new { x.OrganizationId, x.WorkspaceId, x.EffectiveFrom }).IsUnique();
        e.HasOne<Workspace>().WithMany().HasForeignKey(x => x.WorkspaceId);
    });
}

/// <summary>A project inside a workspace.</summary>
public sealed class Project : ITenantOwned, IVersioned
{
    private Project()
    {
    }

    public Guid Id { get; private init; }

    public Guid OrganizationId { get; private init; }

    public Guid WorkspaceId { get; private init; }

    /// <summary>Unique within the organization.</summary>
    public string Slug { get; private init; } = "";

    public string Name { get; private set; } = "";

    /// <summary>JSON object of free labels, keys sorted; a key here wins over the workspace's.</summary>
    public string Labels { get; private set; } = "{}";

    public bool IsArchived { get; private set; }

    public DateTime CreatedAtUtc { get; private init; }

    public long Version { get; private set; }

    public static Project Create(Guid organizationId, Guid workspaceId, string slug, string name, string labelsJson, DateTime nowUtc) =>
        new() { Id = Ids.New(), OrganizationId = organizationId, WorkspaceId = workspaceId, Slug = slug, Name = name, Labels = labelsJson, CreatedAtUtc = nowUtc };

    public void Change(string name, string labelsJson)
    {
        Name = name;
        Labels = labelsJson;
    }

    public void Archive() => IsArchived = true;

    internal static void Configure(ModelBuilder model) => model.Entity<Project>(e =>
    {
        e.ToTable("projects");
        e.HasIndex(x => new { x.OrganizationId, x.Slug }).IsUnique();
        e.Property(x => x.Slug).HasMaxLength(Kernel.Slug.MaxLength);
        e.Property(x => x.Name).HasMaxLength(200);
        e.Property(x => x.Labels).IsLongText();
        e.HasOne<Workspace>().WithMany().HasForeignKey(x => x.WorkspaceId);
    });
}
