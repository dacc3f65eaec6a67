using System.Text.Json;
using Hexabase.Portal.Access;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Samples;

/// <summary>A load of the sample organization that was queued, or the one that is running already.</summary>
public sealed record StartedSampleLoad(Guid JobId);

/// <summary>
/// Queues the making of the sample organization: <see cref="SampleLoadJob"/> does it in the name of who asks. What is there already is kept, so that it may be
/// sent again after a failure; a load that is not finished goes on with the bill it began with.
/// </summary>
/// <param name="Size">"full" (the default) or "small"; see <see cref="SampleSize"/>.</param>
public sealed record LoadSample(string? Size = null) : Command<StartedSampleLoad>
{
    public override string Action => "sample.load";

    public override Permission? Permission => OrganizationsPermissions.Create;

    public override async Task<Result<StartedSampleLoad>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        SampleSize? asked = Size switch { "small" => SampleSize.Small, "full" => SampleSize.Full, _ => null };
        if (asked is null && !string.IsNullOrEmpty(Size)) return Problem.Invalid("size", "sample.size", "size is full or small.");
        await StructureLock.TakeAsync(scope, SampleLoadJob.Kind, cancellationToken);
        var (last, organization) = await SampleLoads.FindAsync(scope, cancellationToken);
        if (last is { IsEnded: false })
        {
            scope.Audit("job", last.Id, last.Title);
            return new StartedSampleLoad(last.Id);
        }

        if (organization is { IsSample: false })
            return Problem.Conflict("sample.slugTaken", $"An organization that is no sample has the address {SampleOrganization.Slug}. The sample cannot be loaded beside it.", SampleOrganization.Slug);
        // What was begun is finished with the same files: another size or a later day would count a month twice.
        var begun = organization is null || last is null ? null : SampleLoads.InputOf(last);
        if (begun is not null && asked is { } other && other != begun.Size)
            return Problem.Conflict("sample.otherSize", $"The sample organization was begun with the size {Words.Of(begun.Size)}; it has one size only.", Words.Of(begun.Size));
        var id = Ids.New();
        var input = new SampleLoadInput(begun?.Size ?? asked ?? SampleSize.Full, begun?.LastDay ?? scope.TodayUtc, StoredActor.Of(scope.Actor, id));
        scope.Queue(SampleLoadJob.Kind, SampleOrganization.Name, input, id: id);
        scope.Audit("job", id, SampleOrganization.Name, newValue: new { size = Words.Of(input.Size), input.LastDay });
        return new StartedSampleLoad(id);
    }
}

/// <summary>How the sample organization stands.</summary>
/// <param name="Load">The newest load; null = never asked for.</param>
/// <param name="Organization">Its slug once it exists.</param>
public sealed record SampleStatus(JobRow? Load, string? Organization)
{
    /// <summary>Everything is there.</summary>
    public bool IsComplete => Organization is not null && Load is { State: JobState.Succeeded };
}

/// <summary>For the button and the start-up.</summary>
public sealed record GetSampleStatus : Query<SampleStatus>
{
    public override Permission? Permission => OrganizationsPermissions.Create;

    public override async Task<Result<SampleStatus>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var (last, organization) = await SampleLoads.FindAsync(scope, cancellationToken);
        return new SampleStatus(last is null ? null : JobPlace.ToRow(last), organization is { IsSample: true } ? organization.Slug : null);
    }
}

/// <summary>What a load works from.</summary>
/// <param name="LastDay">Last charge day of the bill (UTC).</param>
/// <param name="Asker">In whose name the organization is made.</param>
internal sealed record SampleLoadInput(SampleSize Size, DateOnly LastDay, StoredActor Asker);

internal static class SampleLoads
{
    public static async Task<(Job? Last, Organization? Organization)> FindAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var last = await scope.Db.Set<Job>().AsNoTracking().Where(j => j.OrganizationId == Guid.Empty && j.Kind == SampleLoadJob.Kind).OrderByDescending(j => j.CreatedAtUtc).ThenByDescending(j => j.Id).FirstOrDefaultAsync(cancellationToken);
        return (last, await scope.Db.Set<Organization>().AsNoTracking().SingleOrDefaultAsync(o => o.Slug == SampleOrganization.Slug, cancellationToken));
    }

    public static SampleLoadInput InputOf(Job job) => JsonSerializer.Deserialize<SampleLoadInput>(job.Input, JobJson.Options) ?? throw new InvalidOperationException($"Job {job.Id} has no input.");
}
