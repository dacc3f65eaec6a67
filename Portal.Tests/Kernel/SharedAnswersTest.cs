using System.Collections.Concurrent;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Data;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Kernel;

public sealed class SharedAnswersTest(TestServer server) : IAsyncLifetime
{
    private static readonly ConcurrentDictionary<Guid, int> Reads = new();
    private readonly TestPortal portal = new(server);

    private sealed record Probe(string Org) : SharedQuery<(Guid Organization, string Seen, ActorKind Asked)>
    {
        public override string OrganizationKey => Org;

        public override Permission? Permission => BudgetsPermissions.Read;

        public override async Task<Result<(Guid Organization, string Seen, ActorKind Asked)>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
        {
            Reads.AddOrUpdate(scope.OrganizationId, 1, (_, n) => n + 1);
            var names = await scope.Db.Set<Organization>().IgnoreQueryFilters().OrderBy(o => o.Name).Select(o => o.Name).ToListAsync(cancellationToken);
            await Task.Delay(50, cancellationToken);
            return (scope.OrganizationId, string.Join(',', names), scope.Actor.Kind);
        }
    }

    public async ValueTask InitializeAsync() => await portal.InitializeAsync();

    public async ValueTask DisposeAsync() => await portal.DisposeAsync();

    [Fact]
    public async Task ManyWhoAskAtOnce_ShareOneRead_ThatKnowsNobody()
    {
        var mine = await portal.CreateOrganizationAsync("Mine");

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => portal.Portal.AskAsync(TestPortal.Actor(i % 2 == 0 ? BuiltInRoles.OrgAdmin : BuiltInRoles.FinanceViewer, mine.Id), new Probe(mine.Slug))));

        answers.ShouldAllBe(a => a.Value.Organization == mine.Id && a.Value.Seen == "Mine" && a.Value.Asked == ActorKind.Anonymous);
        Reads[mine.Id].ShouldBe(1);
    }

    [Fact]
    public async Task WhoMayNot_IsRefusedAndAudited_WhileTheAnswerIsAtHand()
    {
        var mine = await portal.CreateOrganizationAsync("Mine");
        var theirs = await portal.CreateOrganizationAsync("Theirs");
        (await portal.Portal.AskAsync(TestPortal.Actor(BuiltInRoles.OrgAdmin, mine.Id), new Probe(mine.Slug))).Succeeded.ShouldBeTrue();
        var narrow = TestPortal.Actor(BuiltInRoles.OrgUser, mine.Id) with { Grants = [new Grant(BuiltInRoles.OrgUser, GrantScope.Workspace, mine.Id, Ids.New())] };
        var limited = TestPortal.Actor(BuiltInRoles.OrgAdmin, mine.Id) with { PermissionLimit = ["workspaces:read"] };

        (await portal.Portal.AskAsync(narrow, new Probe(mine.Slug))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        (await portal.Portal.AskAsync(limited, new Probe(mine.Slug))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        (await portal.Portal.AskAsync(TestPortal.Actor(BuiltInRoles.OrgAdmin, theirs.Id), new Probe(mine.Slug))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.NotFound);
        (await portal.Portal.AskAsync(Actor.Anonymous, new Probe(mine.Slug))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Unauthenticated);

        await using var open = await portal.Database.OpenAsync(DataScope.Platform, forWriting: false, CancellationToken.None);
        (await open.Db.Set<AuditEntry>().CountAsync(e => e.Status == AuditStatus.Failure && (e.UserId == narrow.Id || e.UserId == limited.Id), TestContext.Current.CancellationToken)).ShouldBe(2);
    }

    [Fact]
    public async Task AnotherOrganization_GetsItsOwnAnswer()
    {
        var mine = await portal.CreateOrganizationAsync("Mine");
        var theirs = await portal.CreateOrganizationAsync("Theirs");
        var platform = TestPortal.Admin;

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => portal.Portal.AskAsync(platform, new Probe((i % 2 == 0 ? mine : theirs).Slug))));

        for (var i = 0; i < answers.Length; i++) answers[i].Value.Seen.ShouldBe(i % 2 == 0 ? "Mine" : "Theirs");
    }

    [Fact]
    public async Task AfterAChange_NobodyGetsTheAnswerFromBefore()
    {
        var mine = await portal.CreateOrganizationAsync("Mine");
        var admin = TestPortal.Actor(BuiltInRoles.OrgAdmin, mine.Id);
        for (var i = 1; i <= 20; i++)
        {
            (await portal.Portal.AskAsync(admin, new ListBusinessUnits(mine.Slug, new PageRequest()))).Value.Items.Count.ShouldBe(i - 1);
            (await portal.Portal.SendAsync(admin, new CreateBusinessUnit(mine.Slug, $"Unit {i}"))).Problem.ShouldBeNull();
        }
    }

    [Fact]
    public async Task AProgram_ReadsTheDatabaseItself()
    {
        var mine = await portal.CreateOrganizationAsync("Mine");
        var program = TestPortal.Actor(BuiltInRoles.OrgAdmin, mine.Id) with { Kind = ActorKind.Token };

        for (var i = 1; i <= 3; i++)
        {
            (await portal.Portal.AskAsync(program, new Probe(mine.Slug))).Succeeded.ShouldBeTrue();
            Reads[mine.Id].ShouldBe(i);
        }
    }
}
