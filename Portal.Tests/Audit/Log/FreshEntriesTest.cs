using System.Buffers;
using System.Text;
using Hexabase.Portal.Audit.Ingest;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Hexabase.Portal.Support.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Log;

/// <summary>What the tree and the index are made of where entries are taken as they are at hand: the same as what the database holds.</summary>
public sealed class FreshEntriesTest(TestServer server) : OrganizationWorld(server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AuditSequencer Sequencer => World.Services.GetRequiredService<AuditSequencer>();

    private FreshEntries Fresh => World.Services.GetRequiredService<FreshEntries>();

    private static readonly string[] Events =
    [
        """{"time":"2026-01-02T03:04:05.1234567Z","id":"a","action":"open","actor":"ann@example.test","old":{"door":"shut"},"new":{"door":"open \"wide\"","path":"C:\\temp\\x"},"ip":"10.0.0.1","user_agent":"curl/8.1"}""",
        """{"time":1767323045,"id":"b","action":"\u202Eevil\u0000","actor":"山田太郎","new":{"名前":"東京タワー","half":"\ud83d"},"status":"denied","message":"山田太郎 may not"}""",
        """{"time":"2026-01-02T03:04:05+09:00","id":"c","action":"grant","actor":"ann@example.test","resource":{"type":"user","id":"77","name":"ann@example.test"},"session_id":"0f8fad5b-d9cb-469f-a165-70867728950e"}""",
        """{"time":"2026-01-02T03:04:05Z","action":"plain"}""",
    ];

    [Fact]
    public async Task FreshEntries_MakeTheLeavesAndWordsOfTheirRows()
    {
        await IngestAsync(string.Join('\n', Events));
        await using var open = await World.Database.OpenAsync(DataScope.Of(Organization.Id), forWriting: false, Cancel);
        var ids = await open.Db.Set<AuditEntry>().Where(e => e.Source == "generic").OrderBy(e => e.Id).Select(e => e.Id).ToListAsync(Cancel);
        ids.Count.ShouldBe(Events.Length);
        var stored = await open.Db.Set<AuditEntry>().Where(e => e.Source == "generic").OrderBy(e => e.Id).Select(LeafFacts.Of).ToListAsync(Cancel);
        var missing = new List<Guid>();
        Fresh.Find(ids, missing).Select(LeafOf).ShouldBe(stored.Select(LeafOf));
        missing.ShouldBeEmpty();

        var rows = (await World.Services.GetRequiredService<AuditLogReader>().PendingAsync(open.Db, Organization.Id, Cancel)).Where(r => r.Source == "generic").OrderBy(r => r.Id).Select(AuditIndexed.Of);
        var fresh = Fresh.Take(ids).Select(f => new AuditIndexed(f.ShouldNotBeNull().Facts, f.Actor, f.Subject));
        ImageOf(fresh).ShouldBe(ImageOf(rows));
        Fresh.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task FreshEntries_AreTakenByTreeAndIndex_AndProvenFromTheirRows()
    {
        await IngestAsync(string.Join('\n', Events));
        Fresh.IsEmpty.ShouldBeFalse();
        await Sequencer.DrainAsync(Cancel);
        await World.Services.GetRequiredService<AuditIndexer>().CatchUpAsync(Organization.Id, Cancel);
        Fresh.IsEmpty.ShouldBeTrue();
        foreach (var word in new[] { "curl", "wide", "東京タワー", "actor:\"山田太郎\"", "10.0.0.1", "plain" })
        {
            var found = (await AskAsync(new SearchAudit(Org, $"source:generic {word}"))).Items.ShouldHaveSingleItem(word);
            var proof = await AskAsync(new GetInclusionProof(Org, found.Index ?? -1));
            MerkleTree.LeafHash(proof.Leaf.ShouldNotBeNull()).ShouldBe(proof.LeafHash);
        }
    }

    [Fact]
    public async Task WhoIsErasedBeforeTheIndexComes_IsNotFound()
    {
        await IngestAsync("""{"time":"2026-01-02T03:04:05Z","id":"u","action":"leave","actor":"Ursula Unforgotten"}""");
        await DoAsync(new ErasePerson(Org, null, "Ursula Unforgotten", "Request 12"));
        Fresh.IsEmpty.ShouldBeFalse();
        await Sequencer.DrainAsync(Cancel);
        await World.Services.GetRequiredService<AuditIndexer>().CatchUpAsync(Organization.Id, Cancel);
        (await AskAsync(new SearchAudit(Org, "unforgotten"))).Items.ShouldBeEmpty();
        (await AskAsync(new SearchAudit(Org, "source:generic action:leave"))).Items.ShouldHaveSingleItem().ActorName.ShouldBeNull();
    }

    [Fact]
    public async Task EventsThatWereThereAlready_AreNotKept()
    {
        await IngestAsync(Events[0]);
        await Sequencer.DrainAsync(Cancel);
        await World.Services.GetRequiredService<AuditIndexer>().CatchUpAsync(Organization.Id, Cancel);
        await IngestAsync(Events[0]);
        Fresh.IsEmpty.ShouldBeTrue();
        var again = await IngestAsync(string.Join('\n', Events));
        (again.Accepted, again.Duplicates).ShouldBe((Events.Length - 1, 1));
    }

    [Fact]
    public async Task WhatNobodyTakes_IsGivenUp()
    {
        await IngestAsync(string.Join('\n', Events));
        await using var open = await World.Database.OpenAsync(DataScope.Of(Organization.Id), forWriting: false, Cancel);
        var ids = await open.Db.Set<AuditEntry>().Where(e => e.Source == "generic").Select(e => e.Id).ToListAsync(Cancel);
        var entries = Fresh.Take(ids).OfType<FreshEntry>().ToList();
        var clock = new ManualClock(DateTimeOffset.UnixEpoch);
        var fresh = new FreshEntries(clock);
        fresh.Add(entries);
        fresh.IsEmpty.ShouldBeTrue("nobody gives places here");
        fresh.IsWanted = true;
        fresh.Add(entries[..1]);
        clock.Advance(TimeSpan.FromSeconds(20));
        fresh.Add(entries[1..]);
        clock.Advance(TimeSpan.FromSeconds(20));
        fresh.IsWanted = true;
        var missing = new List<Guid>();
        fresh.Find(entries.ConvertAll(e => e.Facts.Id), missing).Count.ShouldBe(entries.Count - 1);
        missing.ShouldBe([entries[0].Facts.Id]);
        fresh.IsWanted = false;
        fresh.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task ProofsHold_WhileTheTreeGrowsOverItsTiles()
    {
        var events = 0;
        foreach (var more in new[] { 600, 100, 700 })
        {
            await IngestAsync(string.Join('\n', Enumerable.Range(events, more).Select(i => $$"""{"time":"2026-01-02T03:04:05Z","id":"p{{i}}","action":"grow"}""")));
            events += more;
            await Sequencer.DrainAsync(Cancel);
            var checkpoint = await AskAsync(new GetAuditCheckpoint(Org));
            foreach (var index in new[] { 0L, 255, 256, 511, events - 1 })
            {
                var proof = await AskAsync(new GetInclusionProof(Org, index));
                MerkleTree.VerifyInclusion((ulong)index, (ulong)checkpoint.TreeSize, proof.LeafHash, proof.Path, checkpoint.RootHash).ShouldBeTrue();
                proof.RootHash.ShouldBe(checkpoint.RootHash);
            }

            var older = await AskAsync(new GetInclusionProof(Org, 10, 520));
            MerkleTree.VerifyInclusion(10, 520, older.LeafHash, older.Path, older.RootHash).ShouldBeTrue();
        }
    }

    private async Task<IngestReport> IngestAsync(string body)
    {
        // Holds the lease from here on, and has no more to do.
        await Sequencer.DrainAsync(Cancel);
        return (await World.Services.GetRequiredService<EventIngest>().IngestAsync(Admin, Org, "generic", new MemoryStream(Encoding.UTF8.GetBytes(body)), Cancel)).Value;
    }

    private static string LeafOf(LeafFacts facts)
    {
        var leaf = new ArrayBufferWriter<byte>();
        LeafText.Write(leaf, Guid.Empty, 0, DateTime.UnixEpoch, facts);
        return Encoding.UTF8.GetString(leaf.WrittenSpan);
    }

    private static Dictionary<int, string> ImageOf(IEnumerable<AuditIndexed> entries)
    {
        var builder = new AuditSegmentBuilder();
        foreach (var entry in entries) builder.Add(entry);
        return builder.Build().Parts.ToDictionary(p => p.Key, p => Convert.ToHexString(p.Value));
    }
}
