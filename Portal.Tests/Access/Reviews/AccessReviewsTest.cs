using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Audit.Reads;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Data;
using Hexabase.Portal.Home;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Hexabase.Portal.Workspaces;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Reviews;

/// <summary>Access reviews from start to enforcement, through the gateway.</summary>
public sealed class AccessReviewsTest(TestServer server) : OrganizationWorld(server)
{
    [Fact]
    public async Task OwnerDecides_AndClosingEnforces_EachWithItsEntry()
    {
        var (owner, sato) = (await PersonAsync("owner"), await PersonAsync("sato", null));
        await UnitAsync("Finance");
        await DoAsync(new CreateWorkspace(Org, new WorkspaceInput("Ledger", "finance", "production", Owner: owner.UserName)));
        var binding = await DoAsync(new BindRole(Org, new BindingInput(sato.UserName, BuiltInRoles.Developer, Scope: "workspace", Place: "ledger")));
        var kept = await DoAsync(new BindRole(Org, new BindingInput(sato.UserName, BuiltInRoles.TeamLead, Scope: "workspace", Place: "ledger")));
        var review = await StartAsync(new ReviewInput("Q4", InDays(7), "workspace", "ledger"));
        review.Progress.Items.ShouldBe(2);
        (await AuditOfAsync("accessReview.start")).ResourceName.ShouldBe("Q4");

        var reviewer = await ActorAsync(owner);
        (await World.Portal.AskAsync(reviewer, new GetHome(Org))).Value.Items.Single(i => i.Kind == "reviewsDue").Route.ShouldContain(review.Id.ToString());
        (await World.Portal.AskAsync(reviewer, new ListAccessReviews(Org, new PageRequest()))).Value.Items.ShouldHaveSingleItem().Progress.Mine.ShouldBe(2);
        var items = (await World.Portal.AskAsync(reviewer, new ListReviewItems(Org, review.Id, new PageRequest()))).Value.Items;
        items.ShouldAllBe(i => i.MayDecide && i.Reviewer == owner.UserName && i.LastUseOn == null && i.SpendReach == null);
        (await RefusedAsync(Decide(review, "remove", null, items[0]), reviewer)).Errors.ShouldNotBeNull().ShouldHaveSingleItem().Field.ShouldBe("reason");
        (await World.Portal.SendAsync(reviewer, Decide(review, "remove", "left the team", Of(items, binding)))).Problem.ShouldBeNull("who decides for the review needs no permission of their own");
        (await AuditOfAsync("accessReview.decide")).ShouldSatisfyAllConditions(e => e.UserId.ShouldBe(owner.Id), e => e.Reason.ShouldBe("left the team"), e => e.NewValue.ShouldNotBeNull().ShouldContain(binding.Id.ToString()));
        (await RefusedAsync(new CloseAccessReview(Org, review.Id))).Code.ShouldBe("review.undecided");
        (await World.Portal.SendAsync(reviewer, Decide(review, "keep", null, Of(items, kept)))).Value.Progress.ShouldBe(new ReviewProgress(2, 2, 0));

        await GuardedAsync(new CloseAccessReview(Org, review.Id));
        (await DoAsync(new CloseAccessReview(Org, review.Id))).State.ShouldBe(ReviewState.Closed);
        (await AuditOfAsync("accessReview.close")).NewValue.ShouldNotBeNull().ShouldContain("\"outcome\":\"enforced\"");
        (await AuditOfAsync("roleBinding.remove")).ShouldSatisfyAllConditions(e => e.ResourceId.ShouldBe(sato.Id.ToString()), e => e.ApproverId.ShouldBe(owner.Id), e => e.OldValue.ShouldNotBeNull().ShouldContain("developer"));
        (await AskAsync(new ListBindings(Org, new PageRequest(), PrincipalId: sato.Id))).Items.ShouldHaveSingleItem().Id.ShouldBe(kept.Id);
        items = await ItemsAsync(review);
        Of(items, binding).ShouldSatisfyAllConditions(i => i.Outcome.ShouldBe(ReviewOutcome.Enforced), i => i.Effect.ShouldBe(ReviewEffect.Removed), i => i.PrincipalName.ShouldBe(sato.UserName), i => i.OutcomeAtUtc.ShouldNotBeNull());
        Of(items, kept).Effect.ShouldBe(ReviewEffect.Kept);
        (await RefusedAsync(Decide(review, "keep", null, items[0]))).Code.ShouldBe("review.closed");
        (await RefusedAsync(new CloseAccessReview(Org, review.Id))).Code.ShouldBe("review.closed");
    }

    [Fact]
    public async Task OwnAccess_IsDecidedBySomebodyElse()
    {
        var (kato, sato) = (await PersonAsync("kato", BuiltInRoles.OrgAdmin), await PersonAsync("sato"));
        var review = await StartAsync(new ReviewInput("Own", InDays(7), ReviewerRule: "member", Reviewer: kato.UserName));
        var items = await ItemsAsync(review);
        var own = items.Single(i => i.PrincipalId == kato.Id);
        own.Reviewer.ShouldBeNull("neither the reviewer themselves nor a starter who is no member");
        var admin = await ActorAsync(kato);
        (await RefusedAsync(Decide(review, "keep", null, own), admin)).ShouldSatisfyAllConditions(p => p.Code.ShouldBe("review.ownAccess"), p => p.Message.ShouldContain(kato.UserName));
        (await RefusedAsync(Decide(review, "keep", null, [.. items]), admin)).Code.ShouldBe("review.ownAccess", "all or none");
        (await World.Portal.AskAsync(admin, new ListReviewItems(Org, review.Id, new PageRequest()))).Value.Items.Single(i => i.Id == own.Id).ShouldSatisfyAllConditions(i => i.IsOwn.ShouldBeTrue(), i => i.MayDecide.ShouldBeFalse());
        await DoAsync(Decide(review, "keep", null, own));
        var other = items.Single(i => i.PrincipalId == sato.Id);
        (await RefusedAsync(Decide(review, "keep", null, other), await ActorAsync(sato))).Code.ShouldBe("accessReview.notFound");
        (await RefusedAsync(Decide(review, "keep", null, other), TestPortal.Actor(BuiltInRoles.Auditor, Organization.Id))).Code.ShouldBe("review.notReviewer");
        (await RefusedAsync(Decide(review, "keep", null, other), Stranger)).ShouldBe(Problem.NotFound("organization"));
        (await RefusedAsync(new DecideReviewItems(Org, review.Id, new DecisionInput([Ids.New()], "keep")))).Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("review.item");
        (await RefusedAsync(new DecideReviewItems(Org, review.Id, new DecisionInput([], "perhaps")))).Errors.ShouldNotBeNull().Select(e => e.Code).ShouldBe(["review.items", "review.decision"]);
    }

    [Theory]
    [InlineData("keep", ReviewEffect.Kept, BuiltInRoles.FinanceManager)]
    [InlineData("remove", ReviewEffect.Removed, null)]
    [InlineData("reduce", ReviewEffect.Reduced, BuiltInRoles.OrgUser)]
    public async Task MissedReview_GoesByItsRule_WhenDue(string missed, ReviewEffect effect, string? left)
    {
        var sato = await PersonAsync("sato", BuiltInRoles.FinanceManager);
        var review = await StartAsync(new ReviewInput("Missed", InDays(7), "role", Role: BuiltInRoles.FinanceManager, Missed: missed));
        var watch = World.Services.GetRequiredService<ReviewWatch>();
        (await watch.CloseDueAsync(CancellationToken.None)).ShouldBe(0);
        Clock.Leap(TimeSpan.FromDays(7.1));
        (await watch.CloseDueAsync(CancellationToken.None)).ShouldBe(1);
        (await watch.CloseDueAsync(CancellationToken.None)).ShouldBe(0);
        (await ItemsAsync(review)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(i => i.Outcome.ShouldBe(ReviewOutcome.Missed), i => i.Effect.ShouldBe(effect));
        (await AskAsync(new ListBindings(Org, new PageRequest(), PrincipalId: sato.Id))).Items.Select(b => b.Role).ShouldBe(left is null ? [] : [left]);
        (await AuditOfAsync("accessReview.close")).ActorKind.ShouldBe("system");
        (await AskAsync(new GetAccessReview(Org, review.Id))).ClosedBy.ShouldBe(Guid.Empty);
    }

    [Fact]
    public async Task LastAdministrator_Stays_AndWhatWentBefore_IsSuperseded()
    {
        var (kato, sato, mori) = (await PersonAsync("kato", BuiltInRoles.OrgAdmin), await PersonAsync("sato", BuiltInRoles.OrgAdmin), await PersonAsync("mori", BuiltInRoles.OrgAdmin));
        var review = await StartAsync(new ReviewInput("Admins", InDays(7), "role", Role: BuiltInRoles.OrgAdmin, Missed: "remove"));
        var gone = (await ItemsAsync(review)).Single(i => i.PrincipalId == mori.Id);
        await DoAsync(new UnbindRole(Org, gone.BindingId));
        await DoAsync(new CloseAccessReview(Org, review.Id, ApplyMissed: true));
        var items = await ItemsAsync(review);
        items.Single(i => i.Id == gone.Id).ShouldSatisfyAllConditions(i => i.Outcome.ShouldBe(ReviewOutcome.Superseded), i => i.Effect.ShouldBeNull());
        items.Where(i => i.PrincipalId == kato.Id || i.PrincipalId == sato.Id).Select(i => i.Outcome).ShouldBe([ReviewOutcome.Missed, ReviewOutcome.KeptLastAdministrator], ignoreOrder: true);
        (await AskAsync(new ListBindings(Org, new PageRequest(), Role: BuiltInRoles.OrgAdmin))).Items.Count.ShouldBe(1, "two that go in one change do not count on each other");
    }

    [Fact]
    public async Task Review_TakesNothing_ThatWhoStartedItCouldNotTake()
    {
        var sato = await PersonAsync("sato", BuiltInRoles.FinanceManager);
        var security = TestPortal.Actor(BuiltInRoles.SecurityManager, Organization.Id);
        var review = (await World.Portal.SendAsync(security, new StartAccessReview(Org, new ReviewInput("Beyond", InDays(7), "role", Role: BuiltInRoles.FinanceManager, Missed: "remove")))).Value;
        var item = (await ItemsAsync(review)).ShouldHaveSingleItem();
        item.IsBeyondStarter.ShouldBeTrue();
        (await RefusedAsync(Decide(review, "remove", "no", item), security)).Code.ShouldBe("role.beyondOwn");
        (await World.Portal.SendAsync(security, new CloseAccessReview(Org, review.Id, ApplyMissed: true))).Problem.ShouldBeNull();
        (await ItemsAsync(review)).ShouldHaveSingleItem().Outcome.ShouldBe(ReviewOutcome.KeptBeyondAuthority);
        (await AskAsync(new ListBindings(Org, new PageRequest(), PrincipalId: sato.Id))).Items.Count.ShouldBe(1);
        var again = await StartAsync(new ReviewInput("Within", InDays(7), "role", Role: BuiltInRoles.FinanceManager, Missed: "remove"));
        await DoAsync(new CloseAccessReview(Org, again.Id, ApplyMissed: true));
        (await AskAsync(new ListBindings(Org, new PageRequest(), PrincipalId: sato.Id))).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Item_TellsLastUseAndSpendReach()
    {
        var (sato, kato) = (await PersonAsync("sato"), await PersonAsync("kato"));
        await UnitAsync("Finance");
        await WorkspaceAsync("Ledger", "finance");
        await DoAsync(new CreateBudget(Org, new BudgetInput("All", new BudgetScopeInput(Organization: Org), new BudgetLimitsInput(Monthly: new Money(Amount.FromInteger(1200), "USD")), "billed", [0.8m])));
        (await World.Portal.AskAsync(await ActorAsync(sato), new ListWorkspaces(Org, new PageRequest()))).Problem.ShouldBeNull();
        await World.Services.GetRequiredService<ReadCounter>().FlushAsync(CancellationToken.None);
        var items = await ItemsAsync(await StartAsync(new ReviewInput("Facts", InDays(7))));
        items.Single(i => i.PrincipalId == sato.Id).ShouldSatisfyAllConditions(i => i.LastUseOn.ShouldBe(DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime)), i => i.SpendReach.ShouldBe(new Money(Amount.FromInteger(1200), "USD")));
        items.Single(i => i.PrincipalId == kato.Id).LastUseOn.ShouldBeNull();
    }

    [Theory]
    [InlineData("", 7, null, null, null, null, null, null, "name", "text.required")]
    [InlineData("X", -1, null, null, null, null, null, null, "dueAtUtc", "review.due")]
    [InlineData("X", 400, null, null, null, null, null, null, "dueAtUtc", "review.due")]
    [InlineData("X", 7, "planet", null, null, null, null, null, "scope", "scope.unknown")]
    [InlineData("X", 7, "workspace", "nowhere", null, null, null, null, "place", "binding.place")]
    [InlineData("X", 7, "role", null, "moon", null, null, null, "role", "role.unknownAny")]
    [InlineData("X", 7, null, null, null, "member", "nobody@example.test", null, "reviewer", "review.reviewer")]
    [InlineData("X", 7, null, null, null, null, null, "forget", "missed", "missed.unknown")]
    public async Task WrongInput_NamesItsField(string name, int days, string? scope, string? place, string? role, string? rule, string? reviewer, string? missed, string field, string code) =>
        (await RefusedAsync(new StartAccessReview(Org, new ReviewInput(name, InDays(days), scope, place, role, rule, reviewer, missed)))).Errors.ShouldNotBeNull().ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Field.ShouldBe(field), e => e.Code.ShouldBe(code));

    [Fact]
    public async Task Start_IsRefused_WhereNobodyHoldsAnything_AndToOthers()
    {
        (await RefusedAsync(new StartAccessReview(Org, new ReviewInput("X", InDays(1))))).Code.ShouldBe("review.empty");
        await GuardedAsync(new StartAccessReview(Org, new ReviewInput("X", InDays(1))));
        (await RefusedAsync(new StartAccessReview(Org, new ReviewInput("X", InDays(1))), TestPortal.Actor(BuiltInRoles.Auditor, Organization.Id))).Kind.ShouldBe(ProblemKind.Forbidden);
    }

    private static DateTime InDays(int days) => TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(days);

    private static ReviewItemRow Of(IReadOnlyList<ReviewItemRow> items, BindingRow binding) => items.Single(i => i.BindingId == binding.Id);

    private DecideReviewItems Decide(ReviewRow review, string decision, string? reason, params ReviewItemRow[] items) => new(Org, review.Id, new DecisionInput([.. items.Select(i => i.Id)], decision, reason));

    private Task<ReviewRow> StartAsync(ReviewInput input) => DoAsync(new StartAccessReview(Org, input));

    private async Task<IReadOnlyList<ReviewItemRow>> ItemsAsync(ReviewRow review) => (await AskAsync(new ListReviewItems(Org, review.Id, new PageRequest()))).Items;

    private async Task<Actor> ActorAsync(Person person)
    {
        await using var open = await World.Database.OpenAsync(DataScope.Platform, forWriting: false, CancellationToken.None);
        var grants = await SessionDirectory.GrantsAsync(open.Db, person.Id, CancellationToken.None);
        return TestPortal.Actor(BuiltInRoles.OrgUser, Organization.Id) with { Id = person.Id, Name = person.UserName, Grants = grants };
    }

    private Task<Person> PersonAsync(string name, string? role = BuiltInRoles.OrgUser) => BindingPeople.AddAsync(World, Organization.Id, name, role);
}
