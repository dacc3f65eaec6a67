using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Audit.Export;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Retention;

public sealed class AuditRetentionTest(TestServer server) : OrganizationWorld(server)
{
    private CancellationToken Stop => TestContext.Current.CancellationToken;

    private AuditSequencer Sequencer => World.Services.GetRequiredService<AuditSequencer>();

    private string Archives => World.Services.GetRequiredService<IOptions<AuditOptions>>().Value.ArchiveDirectory;

    [Theory]
    [InlineData("team", null, null, 90)]
    [InlineData("enterprise", null, null, 2557)]
    [InlineData("team", null, 366, 366)]
    [InlineData("enterprise", 30, 366, 366)]
    [InlineData("enterprise", 400, null, 731)]
    [InlineData("team", 0, 366, 0)]
    [InlineData("enterprise", 3653, null, 3653)]
    public void Effective_IsTheWishOrThePlan_NeverLessThanARuleDemands(string plan, int? keep, int? floor, int expected) => AuditRetention.Effective(plan, keep, floor).ShouldBe(expected);

    [Fact]
    public async Task Expiry_ArchivesVerifiesRemoves_KeepsWhatIsHeld_AndEveryProof()
    {
        var month = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);
        await WriteOldAsync(month.AddDays(3), 40, "test.old");
        await WriteOldAsync(month.AddDays(20), 10, "test.held");
        await UnitAsync("Young");
        await Sequencer.DrainAsync(Stop);
        var before = Checkpoint.Parse(SignedNote.Parse((await AskAsync(new GetAuditCheckpoint(Org))).Note));
        await DoAsync(new PlaceAuditHold(Org, "Case 4711", "Court order", month.AddDays(19), month.AddDays(21)));

        var preview = await AskAsync(new PreviewAuditExpiry(Org));
        preview.Parts.ShouldHaveSingleItem().ShouldBe(new ExpiryPart(90, month, 40, 10));
        (await World.Portal.SendAsync(User, new ExpireAudit(Org))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        await EndedAsync(await DoAsync(new ExpireAudit(Org)), JobState.Succeeded);

        (await AskAsync(new PreviewAuditExpiry(Org))).Parts.ShouldHaveSingleItem().ShouldBe(new ExpiryPart(90, month, 0, 10));
        var receipt = (await AskAsync(new ListAuditExpiries(Org))).ShouldHaveSingleItem();
        receipt.ShouldSatisfyAllConditions(r => r.Entries.ShouldBe(40), r => r.Held.ShouldBe(10), r => r.RetentionDays.ShouldBe(90));
        (await AskAsync(new SearchAudit(Org, "action:test.old"))).Items.ShouldBeEmpty();
        (await AskAsync(new SearchAudit(Org, "action:test.held", Limit: 50))).Items.Count.ShouldBe(10);

        // The archive is a bundle that anybody can check; the leaf of a removed entry is still proven.
        var file = Path.Combine(Archives, receipt.ArchiveFile);
        (await BundleVerifier.VerifyAsync(new VerificationRequest([file], [], []), null, Stop)).IsValid.ShouldBeTrue();
        var gone = await AskAsync(new GetInclusionProof(Org, receipt.FromIndex));
        gone.Leaf.ShouldBeNull();
        MerkleTree.VerifyInclusion((ulong)gone.LeafIndex, (ulong)gone.TreeSize, gone.LeafHash, gone.Path, gone.RootHash).ShouldBeTrue();
        await Sequencer.DrainAsync(Stop);
        var deletion = await AskAsync(new GetDeletionProof(Org, receipt.Id));
        deletion.FromSize.ShouldBe(before.Size);
        var now = Checkpoint.Parse(SignedNote.Parse(deletion.CheckpointNow));
        MerkleTree.VerifyConsistency((ulong)deletion.FromSize, (ulong)deletion.ToSize, before.Root, now.Root, deletion.Path).ShouldBeTrue();
        (await AskAsync(new SearchAudit(Org, "action:audit.expire"))).Items.ShouldHaveSingleItem().Status.ShouldBe(AuditStatus.Success);

        await EndedAsync(await DoAsync(new RestoreAuditArchive(Org, receipt.Id)), JobState.Succeeded);
        var page = await AskAsync(new ReadAuditArchive(Org, receipt.Id, "TEST.OLD", Limit: 30));
        page.Items.Count.ShouldBe(30);
        page.Items[0].ShouldSatisfyAllConditions(e => e.Index.ShouldBe(receipt.FromIndex), e => e.ActorName.ShouldBe(Admin.Name), e => e.Action.ShouldBe("test.old"));
        (await AskAsync(new ReadAuditArchive(Org, receipt.Id, "test.old", long.Parse(page.NextCursor.ShouldNotBeNull(), System.Globalization.CultureInfo.InvariantCulture)))).Items.Count.ShouldBe(10);
        (await World.Portal.AskAsync(Stranger, new ReadAuditArchive(Org, receipt.Id))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.NotFound);
        await DoAsync(new CloseAuditArchive(Org, receipt.Id));
        (await AskAsync(new ReadAuditArchive(Org, receipt.Id))).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task MissingNames_AreNotTakenForErasedOnes()
    {
        await WriteOldAsync(new DateTime(2026, 2, 4, 0, 0, 0, DateTimeKind.Utc), 3, "test.old");
        await Sequencer.DrainAsync(Stop);
        await EndedAsync(await DoAsync(new ExpireAudit(Org)), JobState.Succeeded);
        var receipt = (await AskAsync(new ListAuditExpiries(Org))).ShouldHaveSingleItem();
        var names = Path.Combine(Archives, receipt.ArchiveFile + AuditArchiveWriter.SealedSuffix);
        File.Move(names, names + ".away");
        var job = await DoAsync(new RestoreAuditArchive(Org, receipt.Id));
        await EndedAsync(job, JobState.Succeeded);
        (await AskAsync(new GetJob(job))).Warnings.ShouldNotBeNull().ShouldContain("audit.archive.namesMissing");
        (await OldAsync()).ShouldAllBe(e => e.ActorName == null && e.PersonMissing && !e.PersonErased);

        File.Move(names + ".away", names);
        await EndedAsync(await DoAsync(new RestoreAuditArchive(Org, receipt.Id)), JobState.Succeeded);
        (await OldAsync()).ShouldAllBe(e => e.ActorName == Admin.Name && !e.PersonMissing && !e.PersonErased);

        var administrator = TestPortal.Actor(BuiltInRoles.OrgAdmin, Organization.Id);
        (await World.Portal.SendAsync(administrator, new ErasePerson(Org, Admin.Id, null, "Request 9"))).Problem.ShouldBeNull();
        (await World.Portal.AskAsync(administrator, new ReadAuditArchive(Org, receipt.Id, "test.old"))).Value.Items.ShouldAllBe(e => e.ActorName == null && !e.PersonMissing && e.PersonErased);

        async Task<IReadOnlyList<AuditEntryRow>> OldAsync() => (await AskAsync(new ReadAuditArchive(Org, receipt.Id, "test.old"))).Items;
    }

    [Fact]
    public async Task LogWithRemovedEntries_LeavesWithTheirReceipt_AndVerifies()
    {
        await WriteOldAsync(new DateTime(2026, 2, 4, 0, 0, 0, DateTimeKind.Utc), 20, "test.old");
        await Sequencer.DrainAsync(Stop);
        await EndedAsync(await DoAsync(new ExpireAudit(Org)), JobState.Succeeded);
        await Sequencer.DrainAsync(Stop);
        var file = Path.Combine(Archives, $"{Ids.New():N}.jsonl");
        await using (var stream = File.Create(file)) (await AskAsync(new ExportAudit(Org, new AuditExportRequest(), _ => stream))).Removed.ShouldBe(20);
        var result = await BundleVerifier.VerifyAsync(new VerificationRequest([file], [], []), null, Stop);
        result.IsValid.ShouldBeTrue(string.Join('\n', result.Findings.Select(f => f.Message)));
        result.Removed.ShouldBe(20);
        var lines = await File.ReadAllLinesAsync(file, Stop);
        await File.WriteAllLinesAsync(file, lines.Where(l => !l.StartsWith("{\"type\":\"receipt\"", StringComparison.Ordinal)), Stop);
        (await BundleVerifier.VerifyAsync(new VerificationRequest([file], [], []), null, Stop)).Findings.ShouldContain(f => f.Code == "entry.missing");
        File.Delete(file);
    }

    [Fact]
    public async Task ChangedArchive_IsNotRestored()
    {
        await WriteOldAsync(new DateTime(2026, 2, 4, 0, 0, 0, DateTimeKind.Utc), 5, "test.old");
        await Sequencer.DrainAsync(Stop);
        await EndedAsync(await DoAsync(new ExpireAudit(Org)), JobState.Succeeded);
        var receipt = (await AskAsync(new ListAuditExpiries(Org))).ShouldHaveSingleItem();
        var file = Path.Combine(Archives, receipt.ArchiveFile);
        var bytes = await File.ReadAllBytesAsync(file, Stop);
        bytes[^9] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Stop);
        (await EndedAsync(await DoAsync(new RestoreAuditArchive(Org, receipt.Id)), JobState.Failed)).ShouldContain("audit.archive.changed");
    }

    [Fact]
    public async Task TheProcedure_RefusesWhatIsTooYoung_OtherOrganizations_AndWrongCounts()
    {
        await WriteOldAsync(new DateTime(2026, 4, 4, 0, 0, 0, DateTimeKind.Utc), 3, "test.old");
        await Sequencer.DrainAsync(Stop);
        async Task<string> CallAsync(Guid organization, int days, string month, long expected)
        {
            await using var open = await World.Database.OpenAsync(DataScope.Of(Organization.Id), forWriting: true, Stop);
            var sql = $"SELECT portal_audit_expire(gen_random_uuid(), '{organization}', {days}, '{month}', 0, 3, {expected}, 'x', ''::bytea, 0, 'x')";
            return (await Should.ThrowAsync<PostgresException>(() => open.Db.Database.ExecuteSqlRawAsync(sql, Stop))).MessageText;
        }

        (await CallAsync(Organization.Id, 90, "2026-11-01", 3)).ShouldContain("horizon");
        (await CallAsync(Organization.Id, 0, "2026-04-01", 3)).ShouldContain("horizon");
        (await CallAsync(Ids.New(), 90, "2026-04-01", 3)).ShouldContain("another organization");
        (await CallAsync(Organization.Id, 90, "2026-04-01", 2)).ShouldContain("2 entries, 3 would go");
        (await AskAsync(new SearchAudit(Org, "action:test.old"))).Items.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Policy_CountsForNewEntries_AndRefusesBadInput()
    {
        var row = await DoAsync(new SetAuditRetention(Org, 30, 366, "PCI DSS 10.5.1", 0));
        row.ShouldSatisfyAllConditions(r => r.EffectiveDays.ShouldBe(366), r => r.Version.ShouldBe(1));
        await UnitAsync("Kept a year");
        await using var open = await World.Database.OpenAsync(DataScope.Of(Organization.Id), forWriting: false, Stop);
        (await open.Db.Set<AuditEntry>().Where(e => e.Action == "businessUnit.create").Select(e => e.RetentionDays).SingleAsync(Stop)).ShouldBe(366);
        (await World.Portal.SendAsync(Admin, new SetAuditRetention(Org, -1, 366, null))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().Select(e => e.Field).ShouldBe(["keepDays", "floorRule"]);
        (await World.Portal.SendAsync(Admin, new SetAuditRetention(Org, 90, null, null, 0))).Problem.ShouldNotBeNull().Code.ShouldBe("version.stale");
        (await World.Portal.SendAsync(TestPortal.Actor(BuiltInRoles.Auditor, Organization.Id), new SetAuditRetention(Org, 90, null, null))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        (await World.Portal.SendAsync(Admin, new PlaceAuditHold(Org, "", "", DateTime.UnixEpoch.AddDays(1), DateTime.UnixEpoch))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().Select(e => e.Field).ShouldBe(["name", "reason", "to"]);
        var hold = await DoAsync(new PlaceAuditHold(Org, "Case", "Order"));
        (await DoAsync(new ReleaseAuditHold(Org, hold.Id, "Closed"))).ReleasedAt.ShouldNotBeNull();
        (await World.Portal.SendAsync(Admin, new ReleaseAuditHold(Org, hold.Id, "Again"))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Conflict);
    }

    private Task WriteOldAsync(DateTime at, int count, string action) => OldEntries.WriteAsync(World.Services, Organization.Id, Admin, at, count, action);

    private async Task<string> EndedAsync(Guid job, JobState expected)
    {
        for (var i = 0; i < 600; i++)
        {
            var row = await AskAsync(new GetJob(job));
            if (row.State is JobState.Succeeded or JobState.Failed or JobState.Canceled)
            {
                row.State.ShouldBe(expected, row.Errors);
                return row.Errors ?? "";
            }

            await Task.Delay(50, Stop);
        }

        throw new TimeoutException("The job did not end.");
    }
}
