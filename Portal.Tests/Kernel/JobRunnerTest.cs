using System.Text.Json;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Data;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Kernel;

public sealed class JobRunnerTest(TestServer server) : IAsyncLifetime
{
    private readonly TestPortal portal = new(server) { Configure = services => services.AddJobHandler<CountJob>("count") };
    private Guid organization;

    public async ValueTask InitializeAsync()
    {
        await portal.InitializeAsync();
        organization = (await portal.CreateOrganizationAsync()).Id;
    }

    public async ValueTask DisposeAsync() => await portal.DisposeAsync();

    [Fact]
    public async Task Job_RunsWithResultAndAuditEntry()
    {
        var id = await QueueAsync(new CountInput("ok"));

        var job = await EndAsync(id);

        job.State.ShouldBe(JobState.Succeeded);
        job.Progress.ShouldBe(1);
        job.Result.ShouldBe("""{"counted":3}""");
        (await EntriesAsync()).ShouldContain(e => e.Action == "job.succeeded" && e.ResourceId == id.ToString() && e.Status == AuditStatus.Success);
    }

    [Fact]
    public async Task FailingJob_SaysThatNothingWasKept_AndHidesTheCause()
    {
        var job = await EndAsync(await QueueAsync(new CountInput("throw")));

        job.State.ShouldBe(JobState.Failed);
        job.Errors.ShouldNotBeNull().ShouldContain("job.failed");
        job.Errors.ShouldNotContain("inner detail");
    }

    [Fact]
    public async Task UnknownKind_FailsClearly()
    {
        var job = await EndAsync(await QueueAsync(new CountInput("ok"), kind: "nobody"));

        job.State.ShouldBe(JobState.Failed);
        job.Errors.ShouldNotBeNull().ShouldContain("job.unknown");
    }

    [Fact]
    public async Task CancelledJob_Stops()
    {
        var id = await QueueAsync(new CountInput("wait"));
        await UntilAsync(async () => (await GetAsync(id)).State == JobState.Running);

        (await portal.Portal.SendAsync(TestPortal.Actor(BuiltInRoles.OrgAdmin, organization), new CancelJob(id))).Problem.ShouldBeNull();

        (await EndAsync(id)).State.ShouldBe(JobState.Canceled);
    }

    [Fact]
    public async Task CancelByAnotherOrganization_LooksLikeAMissingJob()
    {
        var id = await QueueAsync(new CountInput("ok"));
        var stranger = TestPortal.Actor(BuiltInRoles.OrgAdmin, (await portal.CreateOrganizationAsync("Other")).Id);

        (await portal.Portal.SendAsync(stranger, new CancelJob(id))).Problem.ShouldNotBeNull().ShouldBe(Problem.NotFound("job"));
        (await portal.Portal.AskAsync(stranger, new GetJob(id))).Problem.ShouldNotBeNull().ShouldBe((await portal.Portal.AskAsync(stranger, new GetJob(Ids.New()))).Problem);
    }

    [Fact]
    public async Task JobOfADeadWorker_IsStartedAgain()
    {
        var id = await QueueAsync(new CountInput("ok"), kind: "count", lostWorker: true);

        var job = await EndAsync(id);

        job.State.ShouldBe(JobState.Succeeded);
    }

    private async Task<Guid> QueueAsync(CountInput input, string kind = "count", bool lostWorker = false)
    {
        var job = Job.Queue(organization, kind, "Count to three", JsonSerializer.Serialize(input, JobJson.Options), TestPortal.Admin, TimeProvider.System.GetUtcNow().UtcDateTime);
        if (lostWorker) job.Start("gone/abc", TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-5));
        await using var open = await portal.Database.OpenAsync(DataScope.Platform, forWriting: true, CancellationToken.None);
        open.Db.Add(job);
        await open.Db.SaveChangesAsync();
        await open.CommitAsync(CancellationToken.None);
        portal.Services.GetRequiredService<JobRunner>().Wake();
        return job.Id;
    }

    private async Task<JobRow> GetAsync(Guid id) => (await portal.Portal.AskAsync(TestPortal.Admin, new GetJob(id))).Value;

    private async Task<JobRow> EndAsync(Guid id)
    {
        await UntilAsync(async () => (await GetAsync(id)).EndedAtUtc is not null);
        return await GetAsync(id);
    }

    private async Task<List<AuditEntry>> EntriesAsync()
    {
        await using var open = await portal.Database.OpenAsync(DataScope.Of(organization), forWriting: false, CancellationToken.None);
        return await open.Db.Set<AuditEntry>().ToListAsync();
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 600; i++)
        {
            if (await condition()) return;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException("The job did not get there in 30 s.");
    }

    private sealed record CountInput(string How);

    private sealed class CountJob : IJobHandler
    {
        public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
        {
            var how = context.ReadInput<CountInput>().How;
            if (how == "throw") throw new InvalidOperationException("inner detail");
            if (how == "wait") await Task.Delay(TimeSpan.FromMinutes(5), cancellationToken);
            await context.ReportAsync(0.5, "half");
            return new JobOutcome(JobState.Succeeded, new { Counted = 3 });
        }
    }
}
