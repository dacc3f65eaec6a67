using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Kernel;

public enum JobState
{
    Queued,
    Running,
    Succeeded,
    Failed,
    Canceled,
}

/// <summary>One piece of long work. Durable: it is resumed or fails clearly after a crash; any replica may run it unless it is bound to one.</summary>
public sealed class Job : ITenantOwned, IVersioned
{
    private Job()
    {
    }

    public Guid Id { get; private init; }

    /// <summary><see cref="Guid.Empty"/> = the platform's.</summary>
    public Guid OrganizationId { get; private init; }

    /// <summary>Which handler runs it: "costImport", "reallocation".</summary>
    public string Kind { get; private init; } = "";

    /// <summary>What people see: the file's name.</summary>
    public string Title { get; private init; } = "";

    public JobState State { get; private set; }

    /// <summary>The handler's input as JSON.</summary>
    public string Input { get; private init; } = "{}";

    /// <summary>0 to 1.</summary>
    public double Progress { get; private set; }

    /// <summary>One line on where it is: "412,000 rows".</summary>
    public string? Note { get; private set; }

    public string? Result { get; private set; }

    /// <summary>JSON array of {row, column, code, message}.</summary>
    public string? Errors { get; private set; }

    public string? Warnings { get; private set; }

    /// <summary>A replica that must run it, because it holds the file; null = any.</summary>
    public string? Node { get; private init; }

    public string? Worker { get; private set; }

    public DateTime? HeartbeatAtUtc { get; private set; }

    public int Attempts { get; private set; }

    public bool CancelRequested { get; private set; }

    public Guid CreatedByUserId { get; private init; }

    public string CreatedByName { get; private init; } = "";

    public Guid? OperationId { get; private init; }

    public DateTime CreatedAtUtc { get; private init; }

    public DateTime? StartedAtUtc { get; private set; }

    public DateTime? EndedAtUtc { get; private set; }

    public long Version { get; private set; }

    public bool IsEnded => State is JobState.Succeeded or JobState.Failed or JobState.Canceled;

    public static Job Queue(Guid organizationId, string kind, string title, string inputJson, Actor actor, DateTime nowUtc, string? node = null, Guid? id = null) => new()
    {
        Id = id ?? Ids.New(),
        OrganizationId = organizationId,
        Kind = kind,
        Title = title,
        Input = inputJson,
        State = JobState.Queued,
        Node = node,
        CreatedByUserId = actor.Id,
        CreatedByName = actor.Name,
        OperationId = actor.OperationId,
        CreatedAtUtc = nowUtc,
    };

    public void Start(string worker, DateTime nowUtc)
    {
        State = JobState.Running;
        Worker = worker;
        HeartbeatAtUtc = nowUtc;
        StartedAtUtc ??= nowUtc;
        Attempts++;
    }

    public void Report(double progress, string? note, DateTime nowUtc)
    {
        Progress = Math.Clamp(progress, 0, 1);
        Note = note;
        HeartbeatAtUtc = nowUtc;
    }

    public void RequestCancel(DateTime nowUtc)
    {
        CancelRequested = true;
        if (State == JobState.Queued) End(JobState.Canceled, null, null, null, nowUtc);
    }

    public void End(JobState state, string? result, string? errors, string? warnings, DateTime nowUtc)
    {
        State = state;
        Result = result;
        Errors = errors;
        Warnings = warnings;
        EndedAtUtc = nowUtc;
        if (state == JobState.Succeeded) Progress = 1;
    }

    /// <summary>Back into the queue after its worker was lost.</summary>
    public void Requeue()
    {
        State = JobState.Queued;
        Worker = null;
        Progress = 0;
        Note = null;
    }

    internal static void Configure(ModelBuilder model) => model.Entity<Job>(e =>
    {
        e.ToTable("jobs");
        e.HasIndex(x => new { x.OrganizationId, x.CreatedAtUtc });
        e.HasIndex(x => new { x.State, x.CreatedAtUtc });
        e.Property(x => x.Kind).HasMaxLength(60);
        e.Property(x => x.Title).HasMaxLength(300);
        e.Property(x => x.Input).IsLongText();
        e.Property(x => x.Note).HasMaxLength(300);
        e.Property(x => x.Result).IsLongText();
        e.Property(x => x.Errors).IsLongText();
        e.Property(x => x.Warnings).IsLongText();
        e.Property(x => x.Node).HasMaxLength(100);
        e.Property(x => x.Worker).HasMaxLength(100);
        e.Property(x => x.CreatedByName).HasMaxLength(300);
    });
}
