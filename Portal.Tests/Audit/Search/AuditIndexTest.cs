using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

#pragma warning disable RS0030 // Entries are written as an outside load would write them.

namespace Hexabase.Portal.Audit.Search;

/// <summary>The index in the database: appended, merged, rebuilt, seen by several replicas and organizations.</summary>
public sealed class AuditIndexTest(TestServer server) : OrganizationWorld(server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AuditSequencer Sequencer => World.Services.GetRequiredService<AuditSequencer>();

    private AuditIndexer Indexer => World.Services.GetRequiredService<AuditIndexer>();

    [Fact]
    public async Task Search_FindsWhatAPlainReadingFinds_ThroughAppendsMergesAndTail()
    {
        var random = new RandomAudit(11);
        for (var batch = 0; batch < 12; batch++)
        {
            await WriteAsync(Enumerable.Range(0, 1 + random.Next(batch % 3 == 0 ? 300 : 20)).Select(_ => random.Entry(null)));
            await Sequencer.DrainAsync(Cancel);
            await Indexer.CatchUpAsync(Organization.Id, Cancel);
        }

        await WriteAsync(Enumerable.Range(0, 40).Select(_ => random.Entry(null)));
        await Sequencer.DrainAsync(Cancel);
        await WriteAsync(Enumerable.Range(0, 5).Select(_ => random.Entry(null)));
        (await SegmentsAsync()).Count.ShouldBeInRange(2, 11);

        await using var open = await World.Database.OpenAsync(DataScope.Of(Organization.Id), forWriting: false, Cancel);
        var all = await AllAsync(open.Db);
        all.Count(e => e.Index is null).ShouldBe(5);
        var scope = new ReadScope(open.Db, Admin, new Tenant(Organization.Id, Org, "x", "enterprise", "USD", "UTC", 1, false, 1), TimeProvider.System, World.Services);
        for (var q = 0; q < 150; q++)
        {
            var query = random.Query();
            var expected = all.Where(e => NaiveAudit.Matches(e, AuditQueryParser.Parse(query).Value)).Select(e => e.Id).ToList();
            var found = new List<Guid>();
            string? cursor = null;
            do
            {
                var page = (await new SearchAudit(Org, query, Limit: 37, Cursor: cursor).HandleAsync(scope, Cancel)).Value;
                found.AddRange(page.Items.Select(i => i.Id));
                cursor = page.NextCursor;
            }
            while (cursor is not null);
            found.ShouldBe(expected, ignoreOrder: true, query);
            (await new SummarizeAudit(Org, query).HandleAsync(scope, Cancel)).Value.Count.ShouldBe(expected.Count, query);
        }
    }

    [Fact]
    public async Task Organizations_SeeTheirOwnEntries_WithTheSameCache()
    {
        await WriteAsync(Enumerable.Range(0, 50).Select(i => new RandomAudit(i).Entry(null)));
        var other = Stranger.Grants[0].OrganizationId ?? Guid.Empty;
        await WriteAsync([new RandomAudit(77).Entry(null) with { Reason = "theirs alone" }], other);
        await Sequencer.DrainAsync(Cancel);
        await Indexer.CatchUpAsync(Organization.Id, Cancel);
        await Indexer.CatchUpAsync(other, Cancel);
        (await World.Portal.AskAsync(Stranger, new SearchAudit(other.ToString(), "theirs"))).Value.Items.ShouldHaveSingleItem().TenantId.ShouldBe(other);
        (await AskAsync(new SearchAudit(Org, "theirs"))).Items.ShouldBeEmpty();
        (await AskAsync(new SummarizeAudit(Org, "theirs"))).Count.ShouldBe(0);
        (await World.Portal.AskAsync(Stranger, new SummarizeAudit(Org))).Problem.ShouldBe(Problem.NotFound("organization"));
    }

    [Fact]
    public async Task AuditorsOfAUnitOrWorkspace_SeeItsEntriesOnly_CountsIncluded()
    {
        var unit = await UnitAsync("Finance");
        await UnitAsync("Treasury", "finance");
        var (a, b) = (await WorkspaceAsync("Alpha", "treasury"), await WorkspaceAsync("Beta", "finance"));
        await UnitAsync("Sales");
        var c = await WorkspaceAsync("Gamma", "sales");
        await WriteAsync(new[] { a.Id, b.Id, c.Id }.Select(w => new RandomAudit(5).Entry(null) with { Workspace = w, Source = "okta" }));
        await WriteAsync([new RandomAudit(6).Entry(null) with { Workspace = null, Source = "okta" }]);
        foreach (var indexed in new[] { false, true })
        {
            if (indexed)
            {
                await Sequencer.DrainAsync(Cancel);
                await Indexer.CatchUpAsync(Organization.Id, Cancel);
            }

            (await SeenAsync(GrantScope.BusinessUnit, unit.Id)).ShouldBe([a.Id, b.Id], ignoreOrder: true);
            (await SeenAsync(GrantScope.Workspace, c.Id)).ShouldBe([c.Id]);
        }

        var hidden = (await AskAsync(new SearchAudit(Org, $"workspace:{c.Slug} source:okta"))).Items.ShouldHaveSingleItem();
        (await World.Portal.AskAsync(Auditor(GrantScope.BusinessUnit, unit.Id), new GetAuditEntry(Org, hidden.Id))).Problem.ShouldBe(Problem.NotFound("auditEntry"));
        (await World.Portal.AskAsync(Auditor(GrantScope.Workspace, c.Id), new GetAuditEntry(Org, hidden.Id))).Value.Neighbours.ShouldAllBe(e => e.Workspace == c.Id);
        (await World.Portal.AskAsync(Auditor(GrantScope.BusinessUnit, unit.Id), new SearchAudit(Org, $"-source:okta {hidden.Id}"))).Value.Items.ShouldBeEmpty();
        (await World.Portal.AskAsync(Auditor(GrantScope.BusinessUnit, Ids.New()), new SearchAudit(Org))).Value.Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task ErasedPerson_IsNotFoundOnceTheIndexIsRebuilt()
    {
        await WriteAsync(Enumerable.Range(0, 20).Select(i => new RandomAudit(i).Entry(null) with { ActorName = i == 7 ? "Ursula Unforgotten" : "Other" }));
        await Sequencer.DrainAsync(Cancel);
        await Indexer.CatchUpAsync(Organization.Id, Cancel);
        var entry = (await AskAsync(new SearchAudit(Org, "actor:\"Ursula Unforgotten\""))).Items.ShouldHaveSingleItem();
        await using (var open = await World.Database.OpenAsync(DataScope.Platform, forWriting: true, Cancel))
        {
            await open.Db.Set<AuditEntry>().Where(e => e.Id == entry.Id).Join(open.Db.Set<AuditPerson>(), e => e.ActorKeyId, p => p.Id, (e, p) => p).ExecuteUpdateAsync(u => u.SetProperty(p => p.WrappedKey, (byte[]?)null), Cancel);
            await open.CommitAsync(Cancel);
        }

        await using var replica = World.Build(World.ConnectionString);
        await replica.GetRequiredService<AuditIndexer>().ReindexAsync(Organization.Id, [(entry.Index ?? 0, (entry.Index ?? 0) + 1)], Cancel);
        (await AskAsync(new SearchAudit(Org, "actor:\"Ursula Unforgotten\""))).Items.ShouldBeEmpty();
        (await AskAsync(new SearchAudit(Org, "unforgotten"))).Items.ShouldBeEmpty();
        (await AskAsync(new SearchAudit(Org, entry.Id.ToString()))).Items.Count.ShouldBe(1);
    }

    [Fact]
    public async Task TwoWriters_MakeOneIndex()
    {
        await WriteAsync(Enumerable.Range(0, 300).Select(i => new RandomAudit(i).Entry(null)));
        await Sequencer.DrainAsync(Cancel);
        await using var replica = World.Build(World.ConnectionString);
        await Task.WhenAll(Indexer.CatchUpAsync(Organization.Id, Cancel), replica.GetRequiredService<AuditIndexer>().CatchUpAsync(Organization.Id, Cancel));
        var segments = await SegmentsAsync();
        segments.Sum(s => s.Count).ShouldBe(segments.Max(s => (int)s.FromIndex + s.Count));
        (await AskAsync(new SummarizeAudit(Org, "source:portal,okta,cloudtrail -kind:audit"))).Count.ShouldBeGreaterThanOrEqualTo(300);
    }

    [Fact]
    public async Task WideSearches_AreRefusedClearly()
    {
        (await World.Portal.AskAsync(Admin, new SearchAudit(Org, string.Join(' ', Enumerable.Range(0, 10_000).Select(i => $"w{i}"))))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull()[0].Code.ShouldBe("audit.query.tooLong");
        (await World.Portal.AskAsync(Admin, new SearchAudit(Org, string.Join(' ', Enumerable.Range(0, 51).Select(i => $"w{i}"))))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull()[0].Code.ShouldBe("audit.query.tooMany");
        (await World.Portal.AskAsync(Admin, new SearchAudit(Org, "ok \"--\""))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull()[0].ShouldSatisfyAllConditions(e => e.Code.ShouldBe("audit.query.noWord"), e => e.Column.ShouldBe("4"));
    }

    [Theory]
    [InlineData(new[] { 10, 10, 10 }, 10, false, 0)]
    [InlineData(new[] { 10, 10, 10, 10, 10, 10, 10 }, 10, false, 7)]
    [InlineData(new[] { 2000, 300, 10, 10, 10, 10, 10, 10, 10 }, 10, false, 7)]
    [InlineData(new[] { 2000, 300, 10 }, 10, true, 3)]
    [InlineData(new[] { 5000, 5000, 5000, 5000, 5000, 5000, 5000 }, 5000, false, 0)]
    [InlineData(new[] { 5000, 5000, 5000, 5000, 5000, 5000, 5000 }, 5000, true, 7)]
    [InlineData(new[] { 5000, 600, 600, 600, 600, 600, 600, 600 }, 600, false, 7)]
    [InlineData(new[] { 100, 100, 100, 100, 100, 100, 100, 10, 10, 10, 10, 10, 10, 10 }, 10, false, 14)]
    public void Merges_KeepSegmentsFew(int[] counts, int added, bool full, int expected)
    {
        var at = 0L;
        var rows = counts.Select(c => new AuditSegmentRow { OrganizationId = Guid.Empty, Number = 1, FromIndex = (at += c) - c, Count = c, Blocks = 1, SizeBytes = c, MinMicros = 0, MaxMicros = 0 }).ToList();
        AuditIndexWriter.Absorbed(rows, added, full).Count.ShouldBe(expected);
    }

    private async Task<List<Guid>> SeenAsync(GrantScope scope, Guid id)
    {
        var auditor = Auditor(scope, id);
        var found = (await World.Portal.AskAsync(auditor, new SearchAudit(Org, "source:okta"))).Value.Items;
        var summary = (await World.Portal.AskAsync(auditor, new SummarizeAudit(Org))).Value;
        summary.Facets.Single(f => f.Field == "workspace").Values.Count.ShouldBe(found.Count);
        summary.Facets.ShouldAllBe(f => f.Values.Sum(v => v.Count) == summary.Count);
        return [.. found.Select(e => e.Workspace ?? Guid.Empty)];
    }

    private Actor Auditor(GrantScope scope, Guid id) => TestPortal.Actor(BuiltInRoles.Auditor, Organization.Id) with { Grants = [new Grant(BuiltInRoles.Auditor, scope, Organization.Id, id)] };

    private async Task<List<AuditSegmentRow>> SegmentsAsync()
    {
        await using var open = await World.Database.OpenAsync(DataScope.Of(Organization.Id), forWriting: false, Cancel);
        return await open.Db.Set<AuditSegmentRow>().ToListAsync(Cancel);
    }

    private async Task<List<AuditEntryRow>> AllAsync(PortalDbContext db)
    {
        var reader = World.Services.GetRequiredService<AuditLogReader>();
        return [.. await reader.ReadAsync(db, Organization.Id, 0, 100_000, Cancel), .. await reader.PendingAsync(db, Organization.Id, Cancel)];
    }

    private async Task WriteAsync(IEnumerable<AuditEntryRow> rows, Guid? organizationId = null)
    {
        var organization = organizationId ?? Organization.Id;
        await using var open = await World.Database.OpenAsync(DataScope.Of(organization), forWriting: true, Cancel);
        foreach (var r in rows)
        {
            var entry = new AuditEntry
            {
                Id = Ids.New(), OrganizationId = organization, OccurredAtUtc = r.Timestamp, RecordedAtUtc = r.Timestamp, ActorKind = r.ActorKind, UserId = r.UserId, Action = r.Action, ResourceKind = r.ResourceKind,
                ResourceId = r.ResourceId, ResourceName = r.ResourceName, WorkspaceId = r.Workspace, Status = r.Status, Reason = r.Reason, OldValue = r.OldValue?.GetRawText(), NewValue = r.NewValue?.GetRawText(),
                RequestId = r.RequestId, SessionId = r.Session, OperationId = r.Operation, Permission = r.Permission, Source = r.Source,
            };
            var draft = new AuditDraft(entry, AuditMasterKey.ReferenceOf(r.ActorName == "Ursula Unforgotten" ? Ids.New() : r.UserId), new ActorDetails(r.ActorName, r.IpAddress, r.UserAgent));
            open.Db.Add(await World.Services.GetRequiredService<AuditSealer>().SealAsync(open.Db, draft, Cancel));
        }

        await open.Db.SaveChangesAsync(Cancel);
        await open.CommitAsync(Cancel);
    }
}
