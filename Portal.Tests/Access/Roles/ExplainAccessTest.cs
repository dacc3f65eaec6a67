using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Conditions;
using Hexabase.Portal.Access.Explain;
using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Access.ServiceAccounts;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Hexabase.Portal.Workspaces;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Roles;

public sealed class ExplainAccessTest(TestServer server) : OrganizationWorld(server)
{
    [Fact]
    public async Task Why_ShowsTheWholePath_AndWhatWouldChangeIt()
    {
        await UnitAsync("Finance");
        await WorkspaceAsync("Live", "finance");
        var (boss, sato) = (await PersonAsync("boss", BuiltInRoles.OrgAdmin), await PersonAsync("sato"));
        var group = await GroupAsync("Operators", sato.MemberId);
        var refused = await AskAsync(new ExplainAccess(Org, sato.UserName, new AccessQuestion("workspaces:write", "workspace", "live")));
        refused.ShouldSatisfyAllConditions(
            e => e.Allowed.ShouldBeFalse(), e => e.Paths.ShouldHaveSingleItem().Verdict.ShouldBe(WayVerdict.NoPermission), e => e.Administrators.ShouldBe([boss.UserName]),
            e => e.RolesThatAllow.Select(r => r.Role).ShouldContain(BuiltInRoles.WorkspaceAdmin), e => e.RolesThatAllow.Select(r => r.Role).ShouldNotContain(BuiltInRoles.ServiceAdmin));

        var binding = await DoAsync(new BindRole(Org, new BindingInput(group.ToString(), BuiltInRoles.WorkspaceAdmin, "group", "businessUnit", "finance", "ip in 10.0.0.0/8")));
        var question = new AccessQuestion("workspaces:write", "workspace", "live");
        var unknown = await AskAsync(new ExplainAccess(Org, sato.UserName, question));
        unknown.ShouldSatisfyAllConditions(e => e.Allowed.ShouldBeFalse(), e => e.LimitedBy.ShouldBe("condition"));
        unknown.Paths[0].ShouldSatisfyAllConditions(
            p => p.Verdict.ShouldBe(WayVerdict.ConditionFails), p => p.Outcome.ShouldBe(Outcome.Unknown), p => p.Group.ShouldBe("Operators"), p => p.ExternalGroup.ShouldBe("entra-1"), p => p.PlaceName.ShouldBe("Finance"));
        var office = await AskAsync(new ExplainAccess(Org, sato.UserName, question with { Ip = "10.1.2.3" }));
        office.ShouldSatisfyAllConditions(e => e.Allowed.ShouldBeTrue(), e => e.BindingsToRemove.ShouldBe([binding.Id]), e => e.RolesThatAllow.ShouldBeEmpty());
        (await AskAsync(new ListWhoCan(Org, question, new PageRequest()))).Items.Select(w => (w.UserName, w.Conditional)).ShouldBe([(boss.UserName, false), (sato.UserName, true)]);
        (await AskAsync(new ListWhoCan(Org, question with { Ip = "10.1.2.3" }, new PageRequest()))).Items.Single(w => w.UserId == sato.Id).ShouldSatisfyAllConditions(w => w.Conditional.ShouldBeFalse(), w => w.Group.ShouldBe("Operators"));

        await DoAsync(new CreateAccessRule(Org, new AccessRuleInput("Freeze", "deny", "workspaces:write", "environment in production")));
        var frozen = await AskAsync(new ExplainAccess(Org, sato.UserName, question with { Ip = "10.1.2.3" }));
        frozen.ShouldSatisfyAllConditions(e => e.Allowed.ShouldBeFalse(), e => e.LimitedBy.ShouldBe("rule Freeze"), e => e.Rules.ShouldHaveSingleItem().Refuses.ShouldBeTrue());
    }

    [Fact]
    public async Task Answers_AsOfAPastMoment()
    {
        var (boss, sato) = (await PersonAsync("boss", BuiltInRoles.OrgAdmin), await PersonAsync("sato"));
        var group = await GroupAsync("Money", sato.MemberId);
        var role = await DoAsync(new CreateCustomRole(Org, new CustomRoleInput("Money", null, ["costs:read"])));
        var bound = await DoAsync(new BindRole(Org, new BindingInput(group.ToString(), "money", "group")));
        var held = await MomentAsync();
        await DoAsync(new ChangeCustomRole(Org, "money", new CustomRoleInput(null, null, ["budgets:read"])));
        var changed = await MomentAsync();
        await DoAsync(new LeaveGroup(Org, group, sato.MemberId));
        var left = await MomentAsync();
        await DoAsync(new UnbindRole(Org, bound.Id));
        var rule = await DoAsync(new CreateAccessRule(Org, new AccessRuleInput("No", "deny", "costs:read")));
        await DoAsync(new RemoveAccessRule(Org, rule.Id));

        async Task<bool> CouldAsync(string permission, DateTime? at) => (await AskAsync(new ExplainAccess(Org, sato.Id.ToString(), new AccessQuestion(permission, At: at)))).Allowed;
        (await CouldAsync("costs:read", held.AddHours(-1))).ShouldBeFalse("nothing was there yet");
        (await CouldAsync("costs:read", held)).ShouldBeTrue();
        (await CouldAsync("costs:read", changed)).ShouldBeFalse();
        (await CouldAsync("budgets:read", changed)).ShouldBeTrue();
        (await CouldAsync("budgets:read", left)).ShouldBeFalse();
        (await CouldAsync("budgets:read", null)).ShouldBeFalse();
        (await AskAsync(new ListWhoCan(Org, new AccessQuestion("costs:read", At: held), new PageRequest()))).Items.Select(w => w.UserName).ShouldBe([boss.UserName, sato.UserName]);
        (await AskAsync(new ListAccessMatrix(Org, new PageRequest(), held))).Items.Single(m => m.UserId == sato.Id).ShouldSatisfyAllConditions(m => m.Verbs["costs"].ShouldBe(["read"]), m => m.Roles.ShouldBe(["money", "orgUser"]));
        (await AskAsync(new ListAccessMatrix(Org, new PageRequest()))).Items.Single(m => m.UserId == sato.Id).Verbs.Keys.ShouldNotContain("costs");
        (await World.Portal.AskAsync(Admin, new ExplainAccess(Org, sato.UserName, new AccessQuestion("costs:read", At: DateTime.UnixEpoch.AddYears(100))))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("access.future");
        role.Key.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Questions_AreForThoseWhoReadRoles_AndPageByPerson()
    {
        await PersonAsync("a", BuiltInRoles.OrgAdmin);
        var sato = await PersonAsync("b");
        await PersonAsync("c", BuiltInRoles.OrgAdmin);
        (await World.Portal.AskAsync(User, new ExplainAccess(Org, sato.UserName, new AccessQuestion("costs:read")))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        (await World.Portal.AskAsync(User, new ListWhoCan(Org, new AccessQuestion("costs:read"), new PageRequest()))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        (await World.Portal.AskAsync(Stranger, new ListAccessMatrix(Org, new PageRequest()))).Problem.ShouldBe(Problem.NotFound("organization"));
        var first = await AskAsync(new ListWhoCan(Org, new AccessQuestion("costs:read"), new PageRequest(1)));
        var second = await AskAsync(new ListWhoCan(Org, new AccessQuestion("costs:read"), new PageRequest(1, first.NextCursor)));
        first.Items.Concat(second.Items).Select(w => w.UserName[0]).ShouldBe(['a', 'c']);
        second.NextCursor.ShouldBeNull();
        (await World.Portal.AskAsync(Admin, new ExplainAccess(Org, "nobody", new AccessQuestion("costs:read")))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().ShouldHaveSingleItem().Field.ShouldBe("principal");
        (await World.Portal.AskAsync(Admin, new ExplainAccess(Org, sato.UserName, new AccessQuestion("moon:read", "planet", Ip: "x")))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().Select(e => e.Field).ShouldBe(["permission", "scope", "ip"]);
    }

    [Fact]
    public async Task Programs_AnswerAsThePeopleDo_WithinTheirScopes()
    {
        var owner = await PersonAsync("owner", BuiltInRoles.OrgAdmin);
        await DoAsync(new CreateCustomRole(Org, new CustomRoleInput("Money", null, ["budgets:*"])));
        var robot = await DoAsync(new CreateServiceAccount(Org, "Robot", "money", Owner: owner.UserName));
        await DoAsync(new BindRole(Org, new BindingInput(robot.Id.ToString(), BuiltInRoles.FinanceViewer, "serviceAccount", Condition: "mfa")));
        var narrow = (await DoAsync(new CreateToken(Org, new TokenInput("Narrow", null, ["budgets:read"], ServiceAccount: robot.Id)))).Row;
        var own = (await DoAsync(new CreateToken(Org, new TokenInput("Import", BuiltInRoles.FinanceManager, ["costs:*"])))).Row;

        (await WhyAsync("serviceAccount", "Robot", "budgets:write")).ShouldSatisfyAllConditions(e => e.Allowed.ShouldBeTrue(), e => e.Kind.ShouldBe(ActorKind.ServiceAccount), e => e.Paths[0].RoleName.ShouldBe("Money"), e => e.BindingsToRemove.Count.ShouldBe(1));
        (await WhyAsync("serviceAccount", robot.Id.ToString(), "costs:read", mfa: true)).ShouldSatisfyAllConditions(e => e.Allowed.ShouldBeFalse("no program shows a second factor"), e => e.LimitedBy.ShouldBe("condition"));
        (await WhyAsync("token", narrow.Id.ToString(), "budgets:read")).ShouldSatisfyAllConditions(e => e.Allowed.ShouldBeTrue(), e => e.ActsAs.ShouldBe("Robot"), e => e.Paths[0].RoleName.ShouldBe("Money"), e => e.TokenScopes.ShouldBe(["budgets:read"]));
        (await WhyAsync("token", "Narrow", "budgets:write")).LimitedBy.ShouldBe("token scopes");
        (await WhyAsync("token", "Import", "costs:import")).ShouldSatisfyAllConditions(e => e.Allowed.ShouldBeTrue(), e => e.Paths.ShouldHaveSingleItem().BindingId.ShouldBeNull(), e => e.BindingsToRemove.ShouldBeEmpty());

        var who = (await AskAsync(new ListWhoCan(Org, new AccessQuestion("budgets:read"), new PageRequest()))).Items;
        who.Select(w => (w.Kind, w.DisplayName, w.ActsAs)).ShouldBe([(ActorKind.Person, owner.UserName, null), (ActorKind.ServiceAccount, "Robot", null), (ActorKind.Token, "Narrow", "Robot")]);
        var page = await AskAsync(new ListWhoCan(Org, new AccessQuestion("budgets:read"), new PageRequest(2)));
        (await AskAsync(new ListWhoCan(Org, new AccessQuestion("budgets:read"), new PageRequest(2, page.NextCursor)))).Items.ShouldHaveSingleItem().Id.ShouldBe(narrow.Id);
        (await AskAsync(new ListWhoCan(Org, new AccessQuestion("budgets:read"), new PageRequest(Filter: "rob")))).Items.ShouldHaveSingleItem().Id.ShouldBe(robot.Id);

        await DoAsync(new RevokeToken(Org, own.Id));
        (await WhyAsync("token", own.Id.ToString(), "costs:import")).ShouldSatisfyAllConditions(e => e.Allowed.ShouldBeFalse(), e => e.Acts.ShouldBeFalse());
        await DoAsync(new ChangeServiceAccount(Org, robot.Id, IsActive: false));
        (await WhyAsync("token", narrow.Id.ToString(), "budgets:read")).Acts.ShouldBeFalse("its account is switched off");
        (await AskAsync(new ListWhoCan(Org, new AccessQuestion("budgets:read"), new PageRequest()))).Items.ShouldHaveSingleItem().UserId.ShouldBe(owner.Id);
        (await World.Portal.AskAsync(Admin, new ExplainAccess(Org, "x", new AccessQuestion("costs:read"), "robot"))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().ShouldHaveSingleItem().Field.ShouldBe("principalKind");
        (await World.Portal.AskAsync(Admin, new ExplainAccess(Org, Ids.New().ToString(), new AccessQuestion("costs:read"), "token"))).Problem.ShouldBe(Problem.NotFound("token"));

        async Task<AccessExplanation> WhyAsync(string kind, string principal, string permission, bool mfa = false) => await AskAsync(new ExplainAccess(Org, principal, new AccessQuestion(permission, Mfa: mfa), kind));
    }

    [Fact]
    public async Task Administrators_AreNamedToMembersOnly()
    {
        var boss = await PersonAsync("boss", BuiltInRoles.OrgAdmin);
        await DoAsync(new BindRole(Org, new BindingInput((await PersonAsync("temp")).UserName, BuiltInRoles.OrgAdmin, Condition: "mfa")));
        (await World.Portal.AskAsync(User, new ListAdministrators(Org))).Value.ShouldBe([boss.UserName]);
        (await World.Portal.AskAsync(TestPortal.Admin, new ListAdministrators(Org))).Value.ShouldBeEmpty();
        (await World.Portal.AskAsync(Stranger, new ListAdministrators(Org))).Problem.ShouldBe(Problem.NotFound("organization"));
        (await World.Portal.AskAsync(User with { Kind = ActorKind.Token }, new ListAdministrators(Org))).Value.ShouldBeEmpty();
    }

    // Rows that are written in the next moment are later than this one.
    private static async Task<DateTime> MomentAsync()
    {
        await Task.Delay(20, TestContext.Current.CancellationToken);
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await Task.Delay(20, TestContext.Current.CancellationToken);
        return now;
    }

    private Task<Person> PersonAsync(string name, string? role = BuiltInRoles.OrgUser) => BindingPeople.AddAsync(World, Organization.Id, name, role);

    private async Task<Guid> GroupAsync(string name, Guid member) => await DoAsync(new MakeGroup(Org, name, member));

    private sealed record MakeGroup(string Org, string Name, Guid Member) : Command<Guid>
    {
        public override string Action => "test.group";

        public override string OrganizationKey => Org;

        public override Permission? Permission => AccessPermissions.WritePeople;

        public override Task<Result<Guid>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
        {
            var group = new Group { Id = Ids.New(), OrganizationId = scope.OrganizationId, DisplayName = Name, DisplayNameKey = Name.ToUpperInvariant(), ExternalId = "entra-1", CreatedAtUtc = scope.NowUtc, ModifiedAtUtc = scope.NowUtc };
            scope.Db.Add(group);
            scope.Db.Add(new GroupMember { GroupId = group.Id, MemberId = Member, OrganizationId = scope.OrganizationId, AddedAtUtc = scope.NowUtc });
            scope.Audit("group", group.Id, Name);
            return Task.FromResult<Result<Guid>>(group.Id);
        }
    }

    private sealed record LeaveGroup(string Org, Guid Group, Guid Member) : Command<Done>
    {
        public override string Action => "test.leave";

        public override string OrganizationKey => Org;

        public override Permission? Permission => AccessPermissions.WritePeople;

        public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
        {
            scope.Db.Remove(await scope.Db.Set<GroupMember>().FindAsync([Group, Member], cancellationToken) ?? throw new InvalidOperationException("Nobody there."));
            scope.Audit("group", Group, "");
            return default(Done);
        }
    }
}
