using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Kernel;

public sealed class LiveUpdatesTest
{
    private readonly LiveUpdates live = new(TimeProvider.System, NullLogger<LiveUpdates>.Instance);
    private readonly Guid organization = Ids.New();

    [Fact]
    public async Task FirstChange_ArrivesAtOnce_AndTheRestAsOneBatchWithoutDoubles()
    {
        var batches = new ConcurrentQueue<IReadOnlyList<LiveChange>>();
        await using var subscription = live.Subscribe(organization, [LiveTopic.Budgets], batch =>
        {
            batches.Enqueue(batch);
            return Task.CompletedTask;
        });

        live.Publish([Change(LiveTopic.Budgets, "a", 1)]);
        await UntilAsync(() => batches.Count == 1);
        for (var version = 2; version <= 50; version++) live.Publish([Change(LiveTopic.Budgets, "a", version), Change(LiveTopic.Budgets, "b", version)]);
        await UntilAsync(() => batches.Count == 2);

        batches.Last().Count.ShouldBe(2);
        batches.Last().ShouldAllBe(c => c.Version == 50);
    }

    [Fact]
    public async Task OtherTopicsAndOrganizations_AreNotHeard()
    {
        var heard = 0;
        await using var subscription = live.Subscribe(organization, [LiveTopic.Budgets], _ =>
        {
            Interlocked.Increment(ref heard);
            return Task.CompletedTask;
        });

        live.Publish([Change(LiveTopic.Costs, "a", 1), new LiveChange(Ids.New(), LiveTopic.Budgets, "a", 1, DateTime.UnixEpoch)]);
        live.Publish([Change(LiveTopic.Budgets, "a", 1)]);
        await UntilAsync(() => heard > 0);

        heard.ShouldBe(1);
    }

    [Fact]
    public async Task ManyChangedRows_BecomeOneStar()
    {
        var release = new TaskCompletionSource();
        var batches = new ConcurrentQueue<IReadOnlyList<LiveChange>>();
        await using var subscription = live.Subscribe(organization, [LiveTopic.Jobs], async batch =>
        {
            batches.Enqueue(batch);
            await release.Task;
        });
        live.Publish([Change(LiveTopic.Jobs, "first", 1)]);
        await UntilAsync(() => batches.Count == 1);

        live.Publish([.. Enumerable.Range(0, 2000).Select(i => Change(LiveTopic.Jobs, $"{i}", 1))]);
        release.SetResult();
        await UntilAsync(() => batches.Count == 2);

        batches.Last().Count.ShouldBeLessThan(300);
        batches.Last().ShouldContain(c => c.Id == "*");
    }

    [Fact]
    public async Task FailingSubscriber_DoesNotDisturbOthers_AndHearsTheNextChange()
    {
        var calls = 0;
        var others = 0;
        await using var bad = live.Subscribe(organization, [LiveTopic.Jobs], _ => Interlocked.Increment(ref calls) == 1 ? throw new InvalidOperationException("broken page") : Task.CompletedTask);
        await using var good = live.Subscribe(organization, [LiveTopic.Jobs], _ =>
        {
            Interlocked.Increment(ref others);
            return Task.CompletedTask;
        });

        live.Publish([Change(LiveTopic.Jobs, "a", 1)]);
        await UntilAsync(() => calls == 1 && others == 1);
        await Task.Delay(LiveUpdates.MinInterval * 2, TestContext.Current.CancellationToken);
        live.Publish([Change(LiveTopic.Jobs, "a", 2)]);

        await UntilAsync(() => calls == 2 && others == 2);
    }

    [Fact]
    public async Task DisposedSubscriber_HearsNothing()
    {
        var heard = 0;
        var subscription = live.Subscribe(organization, [LiveTopic.Jobs], _ =>
        {
            heard++;
            return Task.CompletedTask;
        });
        await subscription.DisposeAsync();

        live.Publish([Change(LiveTopic.Jobs, "a", 1)]);
        await Task.Delay(50, TestContext.Current.CancellationToken);

        heard.ShouldBe(0);
    }

    private LiveChange Change(string topic, string id, long version) => new(organization, topic, id, version, DateTime.UnixEpoch);

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++) await Task.Delay(10, TestContext.Current.CancellationToken);
        condition().ShouldBeTrue();
    }
}
