using Hexabase.Portal.Audit;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Data;
using Hexabase.Portal.Integrations.Siem;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Integrations;

/// <summary>Back-fill from the organization's own log: what was there before the sink goes out whole, beside the live stream.</summary>
public sealed class SinkBackfillTest(TestServer server)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RangeFromBeforeTheSink_GoesOutWithoutGap_AndTheLiveNumbersContinue()
    {
        await using var world = new SinkWorld(server) { ReadsTheLog = true };
        await world.InitializeAsync();
        await using var receiver = await TestReceiver.StartAsync();
        var begin = DateTime.UtcNow.AddMinutes(-1);
        await UnitsAsync(world, "Before", 40);
        var middle = DateTime.UtcNow;
        await UnitsAsync(world, "Still before", 25);
        var old = await LeavesAsync(world);
        var sink = (await world.CreateAsync(new AuditSinkInput("Late", "https", receiver.Address + "/hook"))).Row;
        await UnitsAsync(world, "After", 7);
        await world.WaitAsync(sink.Id, s => s.Standing.NextIndex == s.Standing.LogSize && s.Standing.Delivered >= 8);
        Of("live").ShouldBe(Enumerable.Range(1, 8).Select(n => (long)n));
        Of("backfill-1").ShouldBeEmpty();

        (await world.SendAsync(new BackfillSink(world.Organization.Slug, sink.Slug, DateTime.UtcNow.AddDays(1), DateTime.UtcNow.AddDays(2)))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("sink.backfill.empty");
        var run = (await world.SendAsync(new BackfillSink(world.Organization.Slug, sink.Slug, begin))).Value;
        await EndedAsync(world, sink, 1);
        Of("backfill-1").ShouldBe(Enumerable.Range(1, old.Count).Select(n => (long)n), "no number is missing and none comes twice");
        receiver.Events.Where(e => e.Stream == "backfill-1").Select(e => e.Id).ShouldBe(old, "in the order of the log");

        await UnitsAsync(world, "Later", 5);
        await world.WaitAsync(sink.Id, s => s.Standing.NextIndex == s.Standing.LogSize && s.Standing.Delivered >= 14);
        var live = Of("live");
        live.ShouldBe(Enumerable.Range(1, live.Count).Select(n => (long)n), "the live stream counts on as if nothing had been between");
        receiver.Events.Where(e => e.Stream is "live" or "backfill-1").Select(e => e.Id).ShouldBe(await LeavesAsync(world), ignoreOrder: true, "each entry once");

        // A second range is a stream of its own, and receivers know what they have by its id.
        (await world.SendAsync(new BackfillSink(world.Organization.Slug, sink.Slug, middle, DateTime.UtcNow))).Problem.ShouldBeNull();
        await EndedAsync(world, sink, 2);
        var again = receiver.Events.Where(e => e.Stream == "backfill-2").ToList();
        again.Select(e => e.Sequence).ShouldBe(Enumerable.Range(1, again.Count).Select(n => (long)n));
        again.Count.ShouldBeInRange(25 + 8 + 5, old.Count + 20);
        again.Take(25).Select(e => e.Id).ShouldBe(old.TakeLast(25));

        List<long> Of(string stream) => [.. receiver.Events.Where(e => e.Stream == stream).Select(e => e.Sequence)];
    }

    private static async Task UnitsAsync(SinkWorld world, string name, int count)
    {
        for (var i = 0; i < count; i++) (await world.SendAsync(new CreateBusinessUnit(world.Organization.Slug, $"{name} {i}"))).Problem.ShouldBeNull();
        await world.Host.Services.GetRequiredService<AuditSequencer>().DrainAsync(Stop);
    }

    private static async Task<List<Guid>> LeavesAsync(SinkWorld world)
    {
        await using var open = await world.Host.Database.OpenAsync(DataScope.Of(world.Organization.Id), forWriting: false, Stop);
        return await open.Db.Set<AuditLeaf>().OrderBy(l => l.Index).Select(l => l.EntryId).ToListAsync(Stop);
    }

    private static async Task EndedAsync(SinkWorld world, AuditSinkRow sink, int runs)
    {
        for (var i = 0; ; i++)
        {
            var known = (await world.Host.Portal.AskAsync(TestPortal.Admin, new ListSinkRuns(world.Organization.Slug, sink.Slug))).Value;
            if (known.Count == runs && known.All(r => r.State == SinkRunState.Done)) return;
            (i < 300).ShouldBeTrue(string.Join(", ", known));
            await Task.Delay(100, Stop);
        }
    }
}
