using Hexabase.Portal.Access;
using Hexabase.Portal.Audit.Ingest;
using Hexabase.Portal.Audit.Retention;
using Hexabase.Portal.Costs.Imports;
using Hexabase.Portal.Kernel;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Samples;

/// <summary>The result of a load.</summary>
/// <param name="Organization">Slug.</param>
/// <param name="Files">Files of the bill.</param>
/// <param name="FilesImported">Those that this run imported; the others were there.</param>
public sealed record SampleLoadResult(string Organization, int Files, int FilesImported, long RowsImported);

/// <summary>
/// Makes the sample organization by the same commands and imports that people use, in the name of who asked. Each step looks first whether its work is there:
/// a run after a crash, or a second load, does only what is missing. A cancelled load keeps what it has made.
/// </summary>
public sealed class SampleLoadJob(IPortal portal, StoredActors actors, EventIngest events, CostImportSpool spool, IOptions<JobOptions> jobs, TimeProvider clock) : IJobHandler
{
    public const string Kind = "sampleLoad";

    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        // This job waits for others; alone in the queue it would wait for ever.
        if (jobs.Value.Parallel < 2) return JobOutcome.Failed("sample.parallel", "The sample needs two jobs at a time: one leads, the other imports. Set Jobs:Parallel to 2 or more.");
        var input = context.ReadInput<SampleLoadInput>();
        var sender = new SampleSender(portal, actors, input.Asker, clock);
        try
        {
            await context.ReportAsync(0, "organization, workspaces, quotas, rules");
            var structure = new SampleStructure(sender);
            await structure.EnsureAsync(input.LastDay, cancellationToken);
            var files = SampleBill.Files(input.LastDay, input.Size);
            var imports = new SampleImports(sender, spool, clock, context);
            await imports.RunAsync(files, cancellationToken);
            await context.ReportAsync(0.99, "budgets");
            await structure.EnsureBudgetsAsync(cancellationToken);
            await context.ReportAsync(0.993, "people");
            await new SampleDirectory(sender, portal).EnsureAsync(cancellationToken);
            await context.ReportAsync(0.994, "access");
            await new SampleAccess(sender, clock).EnsureAsync(cancellationToken);
            await context.ReportAsync(0.995, "audit");
            await AuditAsync(sender, input.LastDay, cancellationToken);
            return new JobOutcome(JobState.Succeeded, new SampleLoadResult(SampleOrganization.Slug, files.Count, imports.FilesImported, imports.RowsImported));
        }
        catch (SampleRefusedException e)
        {
            return JobOutcome.Failed(e.Problem.Code, e.Message);
        }
    }

    /// <summary>The sample's outside log, a legal hold and a rule's retention, by the paths that people use.</summary>
    private async Task AuditAsync(SampleSender sender, DateOnly lastDay, CancellationToken cancellationToken)
    {
        using var log = new MemoryStream();
        await SampleAuditEvents.WriteAsync(log, lastDay, cancellationToken);
        log.Position = 0;
        var taken = await events.IngestAsync(await sender.ActorAsync(cancellationToken), SampleOrganization.Slug, "kubernetes", log, cancellationToken);
        if (taken.Problem is { } problem) throw problem.Kind is ProblemKind.Unavailable or ProblemKind.TooManyRequests ? new IOException(problem.Message) : new SampleRefusedException(problem);
        if ((await sender.AskAsync(new GetAuditRetention(SampleOrganization.Slug), cancellationToken)).Version == 0)
            await sender.SendAsync(new SetAuditRetention(SampleOrganization.Slug, null, 366, "PCI DSS 10.5.1 (sample)"), cancellationToken);
        if ((await sender.AskAsync(new ListAuditHolds(SampleOrganization.Slug), cancellationToken)).Count == 0)
            await sender.SendAsync(new PlaceAuditHold(SampleOrganization.Slug, "Secrets read at night (sample)", "Investigation of the reads from 192.0.2.66", Workspace: SampleOrganization.Workspaces[0].Name), cancellationToken);
    }
}

/// <summary>A step was refused; ends the load with its reason, wherever it stands.</summary>
internal sealed class SampleRefusedException(Problem problem) : Exception(problem.Message)
{
    public Problem Problem => problem;
}

/// <summary>Sends and asks as the one who asked for the load, with what they may do at that moment.</summary>
internal sealed class SampleSender(IPortal portal, StoredActors actors, StoredActor asker, TimeProvider clock)
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private (Actor Actor, long At)? _known;

    /// <exception cref="SampleRefusedException">The command was refused.</exception>
    /// <exception cref="IOException">An outage: whether the command counted is unknown, so the job starts again and looks.</exception>
    public async Task<T> SendAsync<T>(Command<T> command, CancellationToken cancellationToken)
    {
        var result = await portal.SendAsync(await ActorAsync(cancellationToken), command, cancellationToken);
        if (result.TryGet(out var value, out var problem)) return value;
        throw problem.Kind == ProblemKind.Unavailable ? new IOException(problem.Message) : new SampleRefusedException(problem);
    }

    /// <summary>Waits for the end of an outage.</summary>
    public async Task<T> AskAsync<T>(Query<T> query, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await portal.AskAsync(await ActorAsync(cancellationToken), query, cancellationToken);
            if (result.TryGet(out var value, out var problem)) return value;
            if (problem.Kind != ProblemKind.Unavailable) throw new SampleRefusedException(problem);
            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    public async Task<Actor> ActorAsync(CancellationToken cancellationToken)
    {
        if (_known is { } known && clock.GetElapsedTime(known.At) < Moment) return known.Actor;
        var actor = await actors.FindAsync(asker, cancellationToken)
            ?? throw new SampleRefusedException(new Problem(ProblemKind.Forbidden, "sample.askerGone", "Who asked for the sample has no access any more. Ask for it again; what is there is kept."));
        _known = (actor, clock.GetTimestamp());
        return actor;
    }
}
