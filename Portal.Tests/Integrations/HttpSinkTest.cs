using Hexabase.Portal.Audit;
using Hexabase.Portal.Integrations.Siem;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Integrations;

/// <summary>HEC and signed HTTPS: acknowledgement, refusals, dead letters, replay and back-fill.</summary>
public sealed class HttpSinkTest(SinkWorld world) : IClassFixture<SinkWorld>
{
    [Fact]
    public async Task Hec_CountsOnlyWhatTheIndexerAcknowledged()
    {
        await using var receiver = await TestReceiver.StartAsync();
        (receiver.Token, receiver.AckAfter) = ("hec-token", 3);
        world.Feed.Size = 3_000;
        var sink = (await world.CreateAsync(new AuditSinkInput("Splunk", "hec", receiver.Address, Credential: "hec-token", Filter: "-resource:b-5"))).Row;
        var row = await world.WaitAsync(sink.Id, s => s.Standing.NextIndex == 3_000);
        receiver.Sequences.ShouldBe(Enumerable.Range(1, 2_999).Select(n => (long)n));
        (row.Standing.Delivered, row.Standing.FilteredOut, row.Standing.NextSequence).ShouldBe((2_999, 1, 3_000));
        await world.RemoveAsync(sink.Id);
    }

    [Fact]
    public async Task Hec_WrongToken_IsAFailure_NotADeadLetter()
    {
        await using var receiver = await TestReceiver.StartAsync();
        receiver.Token = "another";
        world.Feed.Size = 10;
        var sink = (await world.CreateAsync(new AuditSinkInput("Wrong token", "hec", receiver.Address, Credential: "hec-token"))).Row;
        var row = await world.WaitAsync(sink.Id, s => s.State == AuditSinkState.Failing);
        row.Standing.LastErrorCode.ShouldBe("http.403");
        row.Standing.DeadLetters.ShouldBe(0);
        receiver.Token = "hec-token";
        await world.WaitAsync(sink.Id, s => s is { State: AuditSinkState.Active, Standing.NextIndex: 10 });
        await world.RemoveAsync(sink.Id);
    }

    [Fact]
    public async Task Hec_ReceiverThatClosesAndIsBusy_GetsEverythingInOrder()
    {
        await using var receiver = await TestReceiver.StartAsync();
        receiver.Token = "hec-token";
        var requests = 0;
        receiver.Refuse = _ => (++requests % 5) switch { 1 => 503, 3 => 0, _ => null };
        world.Feed.Size = 4_000;
        var sink = (await world.CreateAsync(new AuditSinkInput("Busy", "hec", receiver.Address, Credential: "hec-token"))).Row;
        await world.WaitAsync(sink.Id, s => s.Standing.NextIndex == 4_000, 120);
        Rsyslog.ShouldBeWhole(receiver.Sequences, 4_000);
        await world.RemoveAsync(sink.Id);
    }

    [Fact]
    public async Task Https_SignsBatches_AndIsolatesTheRefusedEntry()
    {
        await using var receiver = await TestReceiver.StartAsync();
        receiver.Refuse = body => body.Contains("budget/b-77\"", StringComparison.Ordinal) ? 422 : null;
        world.Feed.Size = 0;
        var made = await world.CreateAsync(new AuditSinkInput("Hook", "https", receiver.Address + "/hook"));
        receiver.Secret = made.Secret.ShouldNotBeNull();
        world.Feed.Size = 200;
        var row = await world.WaitAsync(made.Row.Id, s => s.Standing.NextIndex == 200);
        receiver.BadSignatures.ShouldBe(0);
        receiver.Sequences.ShouldBe(Enumerable.Range(1, 200).Where(n => n != 78).Select(n => (long)n));
        (row.Standing.Delivered, row.Standing.DeadLetters).ShouldBe((199, 1));

        var letter = (await world.Host.Portal.AskAsync(TestPortal.Admin, new ListSinkDeadLetters(world.Organization.Slug, made.Row.Slug, new PageRequest(), OpenOnly: true))).Value.Items.Single();
        (letter.Sequence, letter.Index, letter.Code).ShouldBe((78, 77, "http.422"));
        letter.Reason.ShouldContain("the receiver says no");

        receiver.Refuse = _ => null;
        (await world.SendAsync(new ResendDeadLetter(world.Organization.Slug, made.Row.Slug, letter.Id))).Problem.ShouldBeNull();
        await world.WaitAsync(made.Row.Id, s => s.Standing.DeadLetters == 0);
        receiver.Sequences[^1].ShouldBe(78);
        receiver.Batches.ShouldContain(b => b.EndsWith("_live_78_78", StringComparison.Ordinal));
        await world.RemoveAsync(made.Row.Id);
    }

    [Fact]
    public async Task Redirects_AreNotFollowed()
    {
        await using var receiver = await TestReceiver.StartAsync();
        var result = await world.Host.Services.GetRequiredService<SinkTester>().RunAsync(TestPortal.Admin, world.Organization.Slug, null, new AuditSinkInput("Moved", "https", receiver.Address + "/moved"), TestContext.Current.CancellationToken);
        (result.Value.Succeeded, result.Value.Code).ShouldBe((false, "http.302"));
        receiver.Sequences.ShouldBeEmpty();
    }

    [Fact]
    public async Task ReplayAndBackfill_KeepNumbersAndStreamsApart()
    {
        await using var receiver = await TestReceiver.StartAsync();
        world.Feed.Size = 500;
        var sink = (await world.CreateAsync(new AuditSinkInput("Again", "https", receiver.Address + "/hook", Filter: "-resource:b-3"))).Row;
        await world.WaitAsync(sink.Id, s => s.Standing.NextIndex == 500);
        receiver.Sequences.Clear();
        var run = await world.SendAsync(new ReplaySink(world.Organization.Slug, sink.Slug, 3, 6));
        run.Problem.ShouldBeNull();
        await WaitForRunAsync(sink, SinkRunState.Done);
        receiver.Sequences.ShouldBe([3, 4, 5, 6]);
        (await world.SendAsync(new ReplaySink(world.Organization.Slug, sink.Slug, 1, 500))).Problem.ShouldNotBeNull("499 numbers were given");
        (await world.GetAsync(sink.Id)).Standing.NextSequence.ShouldBe(500);
        await world.RemoveAsync(sink.Id);
    }

    [Fact]
    public async Task Paused_SendsNothing_ResumedGoesOn()
    {
        await using var receiver = await TestReceiver.StartAsync();
        world.Feed.Size = 10;
        var sink = (await world.CreateAsync(new AuditSinkInput("Pausing", "https", receiver.Address + "/hook"))).Row;
        await world.WaitAsync(sink.Id, s => s.Standing.NextIndex == 10);
        (await world.SendAsync(new PauseAuditSink(world.Organization.Slug, sink.Slug))).Problem.ShouldBeNull();
        await Task.Delay(2500, TestContext.Current.CancellationToken);
        world.Feed.Size = 30;
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        receiver.Sequences.Count.ShouldBe(10);
        (await world.SendAsync(new ResumeAuditSink(world.Organization.Slug, sink.Slug))).Problem.ShouldBeNull();
        await world.WaitAsync(sink.Id, s => s.Standing.NextIndex == 30);
        receiver.Sequences.ShouldBe(Enumerable.Range(1, 30).Select(n => (long)n));
        await world.RemoveAsync(sink.Id);
    }

    [Fact]
    public async Task ChangedFilter_HoldsFromNowOn_AndSecretsAreStoredProtected()
    {
        await using var receiver = await TestReceiver.StartAsync();
        world.Feed.Size = 0;
        var sink = (await world.CreateAsync(new AuditSinkInput("Secret", "hec", receiver.Address, Credential: "very-secret-token"))).Row;
        await using (var open = await world.Host.Database.OpenAsync(Data.DataScope.Of(world.Organization.Id), false, TestContext.Current.CancellationToken))
        {
            var stored = await open.Db.Set<AuditSink>().SingleAsync(s => s.Id == sink.Id, TestContext.Current.CancellationToken);
            stored.Credential.ShouldNotBeNull().ShouldNotContain("very-secret-token");
            (await open.Db.Set<AuditEntry>().Where(e => e.Action == "auditSink.create" && e.NewValue != null).Select(e => e.NewValue).ToListAsync(TestContext.Current.CancellationToken)).ShouldAllBe(v => !v!.Contains("very-secret-token"));
        }

        var changed = await world.SendAsync(new ChangeAuditSink(world.Organization.Slug, sink.Slug, new AuditSinkInput("Secret", null, receiver.Address, Filter: "status:failure")));
        changed.Problem.ShouldBeNull();
        (changed.Value.Filter, changed.Value.HasCredential).ShouldBe(("status:failure", true));
        await world.RemoveAsync(sink.Id);
    }

    [Theory]
    [InlineData("syslogTls", "nowhere", "address")]
    [InlineData("syslogTls", "10.0.0.1:6514", "address")]
    [InlineData("hec", "https://user:secret@siem.example.com", "address")]
    [InlineData("https", "ftp://siem.example.com", "address")]
    [InlineData("file", "../../etc/passwd", "address")]
    [InlineData("pigeon", "x", "kind")]
    public async Task BadInput_NamesItsField(string kind, string address, string field)
    {
        var made = await world.SendAsync(new CreateAuditSink(world.Organization.Slug, new AuditSinkInput("Bad", kind, address, Credential: kind == "hec" ? "t" : null)));
        made.Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().ShouldContain(e => e.Field == field);
    }

    [Fact]
    public async Task AReplicaThatLostItsLease_WritesNothing()
    {
        await using var receiver = await TestReceiver.StartAsync();
        world.Feed.Size = 0;
        var sink = (await world.CreateAsync(new AuditSinkInput("Fenced", "https", receiver.Address + "/hook"))).Row;
        (await world.SendAsync(new PauseAuditSink(world.Organization.Slug, sink.Slug))).Problem.ShouldBeNull();
        await Task.Delay(3000, TestContext.Current.CancellationToken);
        var ledger = world.Host.Services.GetRequiredService<SinkLedger>();
        var first = (await ledger.TakeAsync(world.Organization.Id, sink.Id, "one", CancellationToken.None)).ShouldNotBeNull();
        await ledger.ReleaseAsync(first.Progress);
        var second = (await ledger.TakeAsync(world.Organization.Id, sink.Id, "two", CancellationToken.None)).ShouldNotBeNull();
        second.Progress.Epoch.ShouldBeGreaterThan(first.Progress.Epoch);
        var stretch = new SettledStretch((0, 1), (5, 6), [new SettledPart(202605, (0, 1), (5, 6), 5, 0, 0)], []);
        await Should.ThrowAsync<SinkLeaseLostException>(() => ledger.SettleAsync(first.Progress, SinkLane.Of(first.Progress), [stretch], CancellationToken.None));
        (await world.GetAsync(sink.Id)).Standing.NextIndex.ShouldBe(0);
        await ledger.ReleaseAsync(second.Progress);
        await world.RemoveAsync(sink.Id);
    }

    private async Task WaitForRunAsync(AuditSinkRow sink, SinkRunState state)
    {
        for (var i = 0; ; i++)
        {
            var runs = (await world.Host.Portal.AskAsync(TestPortal.Admin, new ListSinkRuns(world.Organization.Slug, sink.Slug))).Value;
            if (runs.All(r => r.State == state)) return;
            (i < 300).ShouldBeTrue(string.Join(", ", runs));
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
