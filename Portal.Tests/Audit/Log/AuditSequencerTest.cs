using System.Text.Json;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Hexabase.Portal.Support.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Log;

public sealed class AuditSequencerTest(TestServer server) : OrganizationWorld(server)
{
    private CancellationToken Stop => TestContext.Current.CancellationToken;

    private AuditSequencer Sequencer => World.Services.GetRequiredService<AuditSequencer>();

    [Fact]
    public async Task ManyWriters_MakeOneTree_WhoseEveryProofVerifies()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 600), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Stop }, async (_, stop) =>
            (await World.Portal.AskAsync(Admin, new SearchAudit(Org, Limit: 1), stop)).Problem.ShouldBeNull());
        await Sequencer.DrainAsync(Stop);

        var leaves = await LeavesAsync();
        leaves.Count.ShouldBeGreaterThan(600);
        leaves.Select(l => l.Index).ShouldBe(Enumerable.Range(0, leaves.Count).Select(i => (long)i));
        leaves.Zip(leaves.Skip(1)).ShouldAllBe(p => p.First.SequencedAtUtc <= p.Second.SequencedAtUtc);
        var range = new CompactRange();
        foreach (var leaf in leaves) range.Append(leaf.LeafHash);

        var checkpoint = await AskAsync(new GetAuditCheckpoint(Org));
        var note = SignedNote.Parse(checkpoint.Note);
        var keys = (await AskAsync(new ListAuditKeys(Org))).Select(k => AuditVerifierKey.FromPem(k.Name, k.PublicKeyPem)).ToList();
        note.SignedBy(keys).ShouldHaveSingleItem();
        var signed = Checkpoint.Parse(note);
        signed.Size.ShouldBe(leaves.Count);
        signed.Root.ShouldBe(range.Root());
        foreach (var index in new[] { 0L, 1, 255, 256, 511, 512, leaves.Count - 1 })
        {
            var proof = await AskAsync(new GetInclusionProof(Org, index));
            MerkleTree.LeafHash(proof.Leaf.ShouldNotBeNull()).ShouldBe(proof.LeafHash);
            Jcs.Canonicalize(proof.Leaf!).ShouldBe(proof.Leaf);
            JsonDocument.Parse(proof.Leaf!).RootElement.GetProperty("index").GetInt64().ShouldBe(index);
            MerkleTree.VerifyInclusion((ulong)index, (ulong)signed.Size, proof.LeafHash, proof.Path, signed.Root).ShouldBeTrue();
        }

        var consistency = await AskAsync(new GetConsistencyProof(Org, 257));
        MerkleTree.VerifyConsistency(257, (ulong)consistency.To, consistency.FromRoot, consistency.ToRoot, consistency.Path).ShouldBeTrue();
        (await World.Portal.AskAsync(Admin, new GetInclusionProof(Org, 5, 5))).Problem.ShouldNotBeNull().Code.ShouldBe("audit.treeSize");
        (await World.Portal.AskAsync(Admin, new GetInclusionProof(Org, 1_000_000))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.NotFound);
        (await World.Portal.AskAsync(Stranger, new GetInclusionProof(Org, 0))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.NotFound);
        (await World.Portal.AskAsync(User, new GetInclusionProof(Org, 0))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
    }

    [Fact]
    public async Task ThePlatformsOwnLog_HasItsTree_AndIsSearched()
    {
        await Sequencer.DrainAsync(Stop);
        for (var i = 0; i < 2; i++) (await World.Portal.AskAsync(TestPortal.Admin, new SearchAudit(null))).Problem.ShouldBeNull();
        await Sequencer.DrainAsync(Stop);
        var state = (await World.Portal.AskAsync(TestPortal.Admin, new GetAuditLogState(null))).Value;
        state.TreeSize.ShouldBeGreaterThan(1);
        state.CheckpointSize.ShouldBe(state.TreeSize);
        var proof = (await World.Portal.AskAsync(TestPortal.Admin, new GetInclusionProof(null, 1))).Value;
        JsonDocument.Parse(proof.Leaf.ShouldNotBeNull()).RootElement.GetProperty("tenant_id").GetGuid().ShouldBe(Guid.Empty);
        MerkleTree.VerifyInclusion(1, (ulong)proof.TreeSize, proof.LeafHash, proof.Path, proof.RootHash).ShouldBeTrue();
        var indexer = World.Services.GetRequiredService<AuditIndexer>();
        await indexer.CatchUpAsync(Guid.Empty, Stop);
        await indexer.CatchUpAsync(Guid.Empty, Stop);
        await using var open = await World.Database.OpenAsync(DataScope.Platform, forWriting: false, Stop);
        (await open.Db.Set<AuditLog>().CountAsync(l => l.OrganizationId == Guid.Empty, Stop)).ShouldBe(1);
        (await open.Db.Set<AuditIndexState>().CountAsync(l => l.OrganizationId == Guid.Empty, Stop)).ShouldBe(1);
    }

    [Fact]
    public async Task EntryThatCommitsLate_IsSequencedAfterTheOthers()
    {
        var sealer = World.Services.GetRequiredService<AuditSealer>();
        await sealer.PrepareAsync(Admin, Organization.Id, Stop);
        await using var open = await World.Database.OpenAsync(DataScope.Of(Organization.Id), forWriting: true, Stop);
        var draft = AuditWriter.Entry(Admin, Organization.Id, "test.paused", AuditStatus.Success, null, null, DateTime.UtcNow);
        var late = await sealer.SealAsync(open.Db, draft, Stop);
        open.Db.Add(late);
        await open.Db.SaveChangesAsync(Stop);

        await UnitAsync("Meanwhile");
        await Sequencer.DrainAsync(Stop);
        (await LeavesAsync()).ShouldNotContain(l => l.EntryId == late.Id);

        await open.CommitAsync(Stop);
        await Sequencer.DrainAsync(Stop);
        (await LeavesAsync())[^1].EntryId.ShouldBe(late.Id);
        await using var check = await World.Database.OpenAsync(DataScope.Platform, forWriting: false, Stop);
        (await check.Db.Set<AuditPending>().CountAsync(Stop)).ShouldBe(0);
    }

    [Fact]
    public async Task ReplicaThatWasPaused_AppendsNothing()
    {
        await UnitAsync("First");
        await Sequencer.DrainAsync(Stop);
        var clock = new ManualClock(TimeProvider.System.GetUtcNow().AddSeconds(30));
        var replica = new TestPortal(server: null!) { Configure = s => s.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock)) };
        await using var services = replica.Build(World.ConnectionString);
        var other = services.GetRequiredService<AuditSequencer>();

        await UnitAsync("Second");
        await other.DrainAsync(Stop);
        var size = (await LeavesAsync()).Count;
        await UnitAsync("Third");
        (await Sequencer.StepAsync(Stop)).ShouldBeFalse();
        (await LeavesAsync()).Count.ShouldBe(size);
        await other.DrainAsync(Stop);
        var leaves = await LeavesAsync();
        leaves.Count.ShouldBe(size + 1);
        leaves.Select(l => l.Index).ShouldBe(Enumerable.Range(0, leaves.Count).Select(i => (long)i));
    }

    [Fact]
    public async Task LogThatGrewAfterItsLastCheckpoint_IsSignedByWhoeverTakesOver()
    {
        await UnitAsync("Signed");
        await Sequencer.DrainAsync(Stop);
        await UnitAsync("Not signed any more");
        await Sequencer.StepAsync(Stop);
        var size = (await LeavesAsync()).Count;
        (await AskAsync(new GetAuditCheckpoint(Org))).TreeSize.ShouldBe(size - 1, "its time had not come when the sequencer died");

        var replica = new TestPortal(server: null!) { Configure = s => s.Replace(ServiceDescriptor.Singleton<TimeProvider>(new ManualClock(TimeProvider.System.GetUtcNow().AddSeconds(30)))) };
        await using var services = replica.Build(World.ConnectionString);
        await services.GetRequiredService<AuditSequencer>().StepAsync(Stop);
        var checkpoint = await AskAsync(new GetAuditCheckpoint(Org));
        checkpoint.TreeSize.ShouldBe(size);
        var consistency = await AskAsync(new GetConsistencyProof(Org, size - 1, size));
        consistency.ToRoot.ShouldBe(checkpoint.RootHash);
        MerkleTree.VerifyConsistency((ulong)size - 1, (ulong)size, consistency.FromRoot, consistency.ToRoot, consistency.Path).ShouldBeTrue();
    }

    [Fact]
    public async Task UnsignedLogs_AreThoseAheadOfTheirCheckpoint()
    {
        await UnitAsync("Signed");
        await Sequencer.DrainAsync(Stop);
        (await UnsignedAsync()).ShouldBeEmpty();
        await UnitAsync("Not signed");
        await Sequencer.StepAsync(Stop);
        (await UnsignedAsync()).ShouldBe([Organization.Id]);

        async Task<List<Guid>> UnsignedAsync()
        {
            await using var open = await World.Database.OpenAsync(DataScope.Platform, forWriting: false, Stop);
            return await OpenLog.Unsigned(open.Db).ToListAsync(Stop);
        }
    }

    [Theory]
    [InlineData("UPDATE audit_entries SET reason = 'forged'")]
    [InlineData("DELETE FROM audit_entries")]
    [InlineData("UPDATE audit_leaves SET leaf_index = leaf_index + 1")]
    [InlineData("DELETE FROM audit_leaves")]
    [InlineData("DELETE FROM audit_checkpoints")]
    [InlineData("TRUNCATE audit_entries")]
    public async Task NobodyChangesWhatIsWritten_TheOwnerNeither(string sql)
    {
        await UnitAsync("Something");
        await Sequencer.DrainAsync(Stop);
        await using var connection = new NpgsqlConnection(World.ConnectionString);
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Stop))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task ErasedPerson_CannotBeRead_AndTheProofHolds()
    {
        await UnitAsync("Of the erased");
        await Sequencer.DrainAsync(Stop);
        var before = (await AskAsync(new SearchAudit(Org, "action:businessUnit.create"))).Items.ShouldHaveSingleItem();
        before.ActorName.ShouldBe(Admin.Name);
        var details = await AskAsync(new GetAuditEntry(Org, before.Id));
        var index = details.Entry.Index.ShouldNotBeNull();
        var proof = await AskAsync(new GetInclusionProof(Org, index));
        System.Text.Encoding.UTF8.GetString(proof.Leaf.ShouldNotBeNull()).ShouldNotContain(Admin.Name);

        var administrator = TestPortal.Actor("orgAdmin", Organization.Id);
        (await World.Portal.SendAsync(User, new ErasePerson(Org, Admin.Id, null, "Request 17"))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        (await World.Portal.SendAsync(administrator, new ErasePerson(Org, Admin.Id, "and a name", "Request 17"))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Refused);
        (await World.Portal.SendAsync(administrator, new ErasePerson(Org, Admin.Id, null, " "))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().ShouldHaveSingleItem().Field.ShouldBe("reason");
        (await World.Portal.SendAsync(administrator, new ErasePerson(Org, Admin.Id, null, "Request 17"))).Value.KeysErased.ShouldBe(1);
        (await World.Portal.SendAsync(administrator, new ErasePerson(Org, Admin.Id, null, "Request 17"))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.NotFound);

        var after = (await World.Portal.AskAsync(administrator, new GetAuditEntry(Org, before.Id))).Value.Entry;
        after.ShouldSatisfyAllConditions(e => e.ActorName.ShouldBeNull(), e => e.IpAddress.ShouldBeNull(), e => e.PersonErased.ShouldBeTrue(), e => e.Action.ShouldBe("businessUnit.create"));
        var again = (await World.Portal.AskAsync(administrator, new GetInclusionProof(Org, index))).Value;
        again.Leaf.ShouldBe(proof.Leaf);
        var erasure = (await World.Portal.AskAsync(administrator, new SearchAudit(Org, "action:audit.erasePerson status:success"))).Value.Items.ShouldHaveSingleItem();
        erasure.Reason.ShouldBe("Request 17");
    }

    [Fact]
    public async Task PersonalFieldsOfAResource_AreSealed_AndOpenForReaders()
    {
        await DoAsync(new CreateBusinessUnit(Org, "Owned", Owner: "taro.yamada@example.test"));
        await Sequencer.DrainAsync(Stop);
        var row = (await AskAsync(new SearchAudit(Org, "action:businessUnit.create"))).Items.ShouldHaveSingleItem();
        row.NewValue!.Value.GetProperty("owner").GetString().ShouldBe("taro.yamada@example.test");
        await using var open = await World.Database.OpenAsync(DataScope.Of(Organization.Id), forWriting: false, Stop);
        var entry = await open.Db.Set<AuditEntry>().SingleAsync(e => e.Id == row.Id, Stop);
        entry.NewValue.ShouldNotBeNull().ShouldContain("(personal)");
        entry.NewValue.ShouldNotContain("yamada");
        entry.SubjectSealed.ShouldNotBeNull();
        (await DoAsync(new ErasePerson(Org, null, "Taro.Yamada@example.test", "Request 18"))).KeysErased.ShouldBe(1);
        (await AskAsync(new GetAuditEntry(Org, row.Id))).Entry.NewValue!.Value.GetProperty("owner").GetString().ShouldBe("(personal)");
    }

    private async Task<List<AuditLeaf>> LeavesAsync()
    {
        await using var open = await World.Database.OpenAsync(DataScope.Of(Organization.Id), forWriting: false, Stop);
        return await open.Db.Set<AuditLeaf>().OrderBy(l => l.Index).ToListAsync(Stop);
    }
}
