using Hexabase.Portal.Access;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Kernel;

public static class JobPermissions
{
    public static readonly Permission Read = new("jobs", "read");
    public static readonly Permission Cancel = new("jobs", "cancel");
}

/// <summary>A job as people and programs see it.</summary>
/// <param name="Progress">0 to 1.</param>
/// <param name="Result">JSON, by kind.</param>
/// <param name="Errors">JSON array of {row, column, code, message}.</param>
public sealed record JobRow(
    Guid Id, Guid OrganizationId, string Kind, string Title, JobState State, double Progress, string? Note, string? Result, string? Errors, string? Warnings,
    string CreatedByName, DateTime CreatedAtUtc, DateTime? StartedAtUtc, DateTime? EndedAtUtc, bool CancelRequested, long Version);

/// <summary>One job by its id alone; a job of another organization looks like a missing one.</summary>
public sealed record GetJob(Guid Id) : Query<JobRow>
{
    public override Permission? Permission => JobPermissions.Read;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => JobPlace.FindAsync(Id, scope, cancellationToken);

    public override async Task<Result<JobRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        await scope.Db.Set<Job>().Where(j => j.Id == Id).Select(JobPlace.Row).SingleOrDefaultAsync(cancellationToken) is { } row ? row : Problem.NotFound("job");
}

/// <summary>The jobs of an organization, newest first. The cursor is the last row's id.</summary>
public sealed record ListJobs(string Org, PageRequest Page, string? Kind = null) : Query<Paged<JobRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => JobPermissions.Read;

    public override async Task<Result<Paged<JobRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var jobs = scope.Db.Set<Job>().AsQueryable();
        if (Kind is not null) jobs = jobs.Where(j => j.Kind == Kind);
        if (Page.Cursor is not null)
        {
            if (!Guid.TryParseExact(Page.Cursor, "N", out var after)) return Problem.Invalid("cursor", "cursor.unreadable", "The cursor is not one that this list gave out.");
            var at = await scope.Db.Set<Job>().Where(j => j.Id == after).Select(j => (DateTime?)j.CreatedAtUtc).SingleOrDefaultAsync(cancellationToken);
            if (at is null) return Problem.Invalid("cursor", "cursor.unreadable", "The cursor is not one that this list gave out.");
            jobs = jobs.Where(j => j.CreatedAtUtc < at || (j.CreatedAtUtc == at && j.Id.CompareTo(after) < 0));
        }

        var rows = await jobs.OrderByDescending(j => j.CreatedAtUtc).ThenByDescending(j => j.Id).Take(Page.Limit + 1).Select(JobPlace.Row).ToListAsync(cancellationToken);
        var more = rows.Count > Page.Limit;
        if (more) rows.RemoveAt(Page.Limit);
        return new Paged<JobRow>(rows, more ? rows[^1].Id.ToString("N") : null);
    }
}

/// <summary>Asks a job to stop; what it did is undone by its handler.</summary>
public sealed record CancelJob(Guid Id) : Command<JobRow>
{
    public override string Action => "job.cancel";

    public override Permission? Permission => JobPermissions.Cancel;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => JobPlace.FindAsync(Id, scope, cancellationToken);

    public override async Task<Result<JobRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var job = await scope.Db.Set<Job>().SingleOrDefaultAsync(j => j.Id == Id, cancellationToken);
        if (job is null) return Problem.NotFound("job");
        if (job.IsEnded) return Problem.Conflict("job.ended", "The job has ended already.");
        job.RequestCancel(scope.NowUtc);
        scope.AuditIn(job.OrganizationId);
        scope.Audit("job", job.Id, job.Title);
        scope.Touch(LiveTopic.Jobs, job.Id, job.Version + 1, job.OrganizationId);
        scope.Service<JobRunner>().Cancel(job.Id);
        return JobPlace.ToRow(job);
    }
}

internal static class JobPlace
{
    public static readonly System.Linq.Expressions.Expression<Func<Job, JobRow>> Row = j => new JobRow(
        j.Id, j.OrganizationId, j.Kind, j.Title, j.State, j.Progress, j.Note, j.Result, j.Errors, j.Warnings, j.CreatedByName, j.CreatedAtUtc, j.StartedAtUtc, j.EndedAtUtc, j.CancelRequested, j.Version);

    public static readonly Func<Job, JobRow> ToRow = Row.Compile();

    public static async Task<Result<AccessTarget>> FindAsync(Guid id, ReadScope scope, CancellationToken cancellationToken)
    {
        // Jobs are the organization's as a whole, the platform's the platform's: they are missing to whom reaches less.
        var organization = await scope.Db.Set<Job>().Where(j => j.Id == id).Select(j => (Guid?)j.OrganizationId).SingleOrDefaultAsync(cancellationToken);
        return organization is { } found ? AccessReach.OrMissing(new AccessTarget(found), scope, "job") : Problem.NotFound("job");
    }
}
