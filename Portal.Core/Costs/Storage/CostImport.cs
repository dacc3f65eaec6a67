using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Storage;

/// <summary>What to do with rows that break the specification.</summary>
public enum OnImportError
{
    /// <summary>Load nothing if any row has an error.</summary>
    Reject,

    /// <summary>Load the good rows and offer the others as a file with reasons.</summary>
    Skip,
}

/// <summary>What an import does to what is there.</summary>
public enum CostImportMode
{
    Append,

    /// <summary>Supersedes the version of the same provider, billing account and billing period.</summary>
    Replace,
}

public enum CostImportState
{
    /// <summary>Not (yet) loaded; how it stands is its job's state.</summary>
    Pending,

    Active,

    /// <summary>Every part of it was replaced by later imports.</summary>
    Superseded,

    /// <summary>The same content was there already.</summary>
    Duplicate,
}

/// <summary>One file that was given to the portal.</summary>
public sealed class CostImport : ITenantOwned
{
    private CostImport()
    {
    }

    public Guid Id { get; private init; }

    /// <summary>Counts the imports of all organizations; part of the line ids.</summary>
    public long Number { get; private init; }

    public Guid OrganizationId { get; private init; }

    public Guid JobId { get; private init; }

    public string FileName { get; private init; } = "";

    /// <summary>The file's name in the spool directory of the replica that took it.</summary>
    public string SpoolName { get; private init; } = "";

    public string? Node { get; private init; }

    public CostImportMode Mode { get; private init; }

    public OnImportError OnError { get; private init; }

    public CostImportState State { get; private init; }

    /// <summary>SHA-256 of the unpacked content while it is active; unique in the organization, so that nothing counts twice.</summary>
    public string? ActiveSha256 { get; private init; }

    public Guid? DuplicateOf { get; private init; }

    public long RowsImported { get; private init; }

    public long RowsRejected { get; private init; }

    public string CreatedByName { get; private init; } = "";

    public DateTime CreatedAtUtc { get; private init; }

    public DateTime? CompletedAtUtc { get; private init; }

    internal static CostImport Create(Guid organizationId, Guid jobId, string fileName, string spoolName, string? node, CostImportMode mode, OnImportError onError, string createdBy, DateTime nowUtc) => new()
    {
        Id = Kernel.Ids.New(),
        OrganizationId = organizationId,
        JobId = jobId,
        FileName = fileName,
        SpoolName = spoolName,
        Node = node,
        Mode = mode,
        OnError = onError,
        CreatedByName = createdBy,
        CreatedAtUtc = nowUtc,
    };

    internal static void Configure(ModelBuilder model) => model.Entity<CostImport>(e =>
    {
        e.ToTable("cost_imports");
        e.Property(x => x.Number).UseIdentityOnBothEngines().ValueGeneratedOnAdd();
        e.HasIndex(x => x.Number).IsUnique();
        e.HasIndex(x => new { x.OrganizationId, x.ActiveSha256 }).IsUnique();
        e.HasIndex(x => new { x.OrganizationId, x.CreatedAtUtc });
        e.Property(x => x.FileName).HasMaxLength(300);
        e.Property(x => x.SpoolName).HasMaxLength(100);
        e.Property(x => x.Node).HasMaxLength(100);
        e.Property(x => x.ActiveSha256).HasMaxLength(64);
        e.Property(x => x.CreatedByName).HasMaxLength(300);
    });
}
