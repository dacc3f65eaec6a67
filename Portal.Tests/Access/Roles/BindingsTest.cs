using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Hexabase.Portal.Workspaces;
using Hexabase.Portal.Workspaces.Quotas;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Roles;

/// <summary>Roles of the organization's own, bindings and rules, through the gateway and back into what people may do.</summary>
public sealed class BindingsTest(TestServer server) : OrganizationWorld(server)
{
    [Fact]
    public async Task CustomRole_IsMadeBoundChangedAndArchived()
    {
        var role = await DoAsync(new CreateCustomRole(Org, new CustomRoleInput("Cost reader", "Sees costs", ["costs:read", "budgets:*"])));
        role.ShouldSatisfyAllConditions(r => r.Slug.ShouldBe("cost-reader"), r => r.Permissions.ShouldBe(["budgets:*", "costs:read"]));
        (await AuditOfAsync("role.create")).NewValue.ShouldNotBeNull().ShouldContain("costs:read");
        var sato = await PersonAsync("sato");
        var binding = await DoAsync(new BindRole(Org, new BindingInput(sato.UserName, "cost-reader")));
        binding.ShouldSatisfyAllConditions(b => b.Role.ShouldBe("cost-reader"), b => b.RoleName.ShouldBe("Cost reader"), b => b.PrincipalName.ShouldBe(sato.UserName));
        (await AuditOfAsync("roleBinding.create")).ResourceId.ShouldBe(sato.Id.ToString());
        await MayAsync(sato, new Permission("costs", "read"), true);
        await MayAsync(sato, new Permission("budgets", "write"), true);

        await DoAsync(new ChangeCustomRole(Org, "cost-reader", new CustomRoleInput(null, null, ["costs:read"]), role.Version));
        await MayAsync(sato, new Permission("budgets", "write"), false);
        (await RefusedAsync(new ChangeCustomRole(Org, "cost-reader", new CustomRoleInput("X"), role.Version))).Code.ShouldBe("version.stale");
        (await RefusedAsync(new ArchiveCustomRole(Org, "cost-reader"))).ShouldSatisfyAllConditions(p => p.Code.ShouldBe("role.inUse"), p => p.Message.ShouldContain(sato.UserName));
        (await AskAsync(new ListBindings(Org, new PageRequest(), Role: "cost-reader"))).Items.ShouldHaveSingleItem().Id.ShouldBe(binding.Id);
        (await AskAsync(new ListRoles(Org))).Single(r => r.Slug == "cost-reader").Bindings.ShouldBe(1);
        (await AskAsync(new ListPeople(Org, new PageRequest(Filter: sato.UserName)))).Items.ShouldHaveSingleItem().Roles.ShouldBe(["cost-reader", "orgUser"]);

        await DoAsync(new UnbindRole(Org, binding.Id));
        await MayAsync(sato, new Permission("costs", "read"), false);
        await DoAsync(new ArchiveCustomRole(Org, role.Key));
        (await RefusedAsync(new BindRole(Org, new BindingInput(sato.UserName, "cost-reader")))).Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("role.unknownAny");
        await GuardedAsync(new CreateCustomRole(Org, new CustomRoleInput("X", null, ["costs:read"])));
        await GuardedAsync(new ChangeCustomRole(Org, "cost-reader", new CustomRoleInput("X")));
        await GuardedAsync(new ArchiveCustomRole(Org, "cost-reader"));
        await GuardedAsync(new BindRole(Org, new BindingInput(sato.UserName, "orgUser")));
    }

    [Fact]
    public async Task NobodyGrantsWhatTheyLack()
    {
        var security = TestPortal.Actor(BuiltInRoles.SecurityManager, Organization.Id);
        var sato = await PersonAsync("sato");
        (await RefusedAsync(new CreateCustomRole(Org, new CustomRoleInput("Money", null, ["costs:read"])), security)).Code.ShouldBe("role.beyondOwn");
        (await RefusedAsync(new BindRole(Org, new BindingInput(sato.UserName, BuiltInRoles.OrgAdmin)), security)).Code.ShouldBe("role.beyondOwn");
        var money = await DoAsync(new CreateCustomRole(Org, new CustomRoleInput("Money", null, ["costs:read"])));
        (await RefusedAsync(new ChangeCustomRole(Org, money.Key, new CustomRoleInput(null, null, ["people:read"])), security)).Code.ShouldBe("role.beyondOwn", "it would take away what they do not hold");
        var own = await DoAsync(new CreateCustomRole(Org, new CustomRoleInput("People", null, ["people:read"])));
        (await RefusedAsync(new ChangeCustomRole(Org, own.Key, new CustomRoleInput(null, null, ["people:read", "costs:*"])), security)).Code.ShouldBe("role.beyondOwn");
        var bound = await DoAsync(new BindRole(Org, new BindingInput(sato.UserName, "money")));
        (await RefusedAsync(new UnbindRole(Org, bound.Id), security)).Code.ShouldBe("role.beyondOwn");
        (await RefusedAsync(new CreateCustomRole(Org, new CustomRoleInput("All", null, ["*:*"])))).Code.ShouldBe("role.beyondOwn", "the organization's administrator is not the platform's");
        (await RefusedAsync(new CreateCustomRole(Org, new CustomRoleInput("", null, ["moon:read"])))).Errors.ShouldNotBeNull().Select(e => e.Code).ShouldBe(["text.required", "role.permission"], ignoreOrder: true);
        (await RefusedAsync(new ChangeCustomRole(Org, "auditor", new CustomRoleInput("X")))).Code.ShouldBe("role.builtIn");
    }

    [Fact]
    public async Task WorkspaceScopedPerson_SeesExactlyTheirWorkspaces()
    {
        await UnitAsync("Finance");
        await UnitAsync("Desk", "finance");
        var mine = await WorkspaceAsync("Mine", "desk");
        await WorkspaceAsync("Theirs", "finance");
        var sato = await PersonAsync("sato", null);
        await DoAsync(new BindRole(Org, new BindingInput(sato.UserName, BuiltInRoles.WorkspaceAdmin, Scope: "workspace", Place: "mine")));
        var actor = await ActorAsync(sato);

        (await World.Portal.AskAsync(actor, new ListWorkspaces(Org, new PageRequest()))).Value.Items.ShouldHaveSingleItem().Id.ShouldBe(mine.Id);
        (await World.Portal.AskAsync(actor, new ListQuotas(Org, new PageRequest()))).Value.Items.ShouldHaveSingleItem().WorkspaceId.ShouldBe(mine.Id);
        (await World.Portal.AskAsync(actor, new SummarizeQuotas(Org))).Value.ShouldAllBe(t => t.Workspaces == 1);
        (await World.Portal.AskAsync(actor, new GetWorkspace(Org, "mine"))).Problem.ShouldBeNull();
        (await World.Portal.AskAsync(actor, new ListProjects(Org, "mine", new PageRequest()))).Problem.ShouldBeNull();
        (await World.Portal.AskAsync(actor, new GetWorkspace(Org, "theirs"))).Problem.ShouldBe(Problem.NotFound("workspace"), "as if it did not exist");
        (await World.Portal.SendAsync(actor, new CreateProject(Org, "mine", "Ledger"))).Problem.ShouldBeNull();
        (await World.Portal.SendAsync(actor, new CreateProject(Org, "theirs", "Ledger"))).Problem.ShouldBe(Problem.NotFound("workspace"));
        (await World.Portal.AskAsync(actor, new ListBusinessUnits(Org, new PageRequest()))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);

        var kato = await PersonAsync("kato", null);
        (await World.Portal.SendAsync(actor, new BindRole(Org, new BindingInput(kato.UserName, BuiltInRoles.Developer, Scope: "workspace", Place: "mine")))).Problem.ShouldBeNull("a workspace's administrator lets people in");
        (await World.Portal.SendAsync(actor, new BindRole(Org, new BindingInput(kato.UserName, BuiltInRoles.Developer, Scope: "workspace", Place: "theirs")))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        var head = await PersonAsync("head", null);
        await DoAsync(new BindRole(Org, new BindingInput(head.UserName, BuiltInRoles.DepartmentManager, Scope: "businessUnit", Place: "finance")));
        (await World.Portal.AskAsync(await ActorAsync(head), new ListWorkspaces(Org, new PageRequest()))).Value.Items.Count.ShouldBe(2, "units below count");
        (await World.Portal.AskAsync(User, new ListQuotas(Org, new PageRequest()))).Value.Items.Count.ShouldBe(2);
    }

    [Fact]
    public async Task ConditionOfABinding_IsAskedForEachWorkspace()
    {
        await UnitAsync("Finance");
        await DoAsync(new CreateWorkspace(Org, new WorkspaceInput("Live", "finance", "production", ["eu-west-1"])));
        await DoAsync(new CreateWorkspace(Org, new WorkspaceInput("Stage", "finance", "staging", ["ap-northeast-1"])));
        var sato = await PersonAsync("sato", null);
        await DoAsync(new BindRole(Org, new BindingInput(sato.UserName, BuiltInRoles.DepartmentManager, Condition: "environment in staging")));
        var actor = await ActorAsync(sato);

        (await World.Portal.AskAsync(actor, new ListWorkspaces(Org, new PageRequest()))).Value.Items.ShouldHaveSingleItem().Slug.ShouldBe("stage");
        (await World.Portal.SendAsync(actor, new ChangeWorkspace(Org, "stage", new WorkspaceInput("Stage 2")))).Problem.ShouldBeNull();
        (await World.Portal.SendAsync(actor, new ChangeWorkspace(Org, "stage", new WorkspaceInput(Environment: "production")))).Problem.ShouldNotBeNull().Code.ShouldBe("access.denied", "what it becomes is not theirs");
        (await World.Portal.SendAsync(actor, new ChangeWorkspace(Org, "live", new WorkspaceInput(Environment: "staging")))).Problem.ShouldNotBeNull().Code.ShouldBe("access.condition");
        (await World.Portal.SendAsync(actor, new CreateWorkspace(Org, new WorkspaceInput("More", "finance", "staging")))).Problem.ShouldBeNull();
        (await World.Portal.SendAsync(actor, new CreateWorkspace(Org, new WorkspaceInput("More", "finance", "production")))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        (await RefusedAsync(new BindRole(Org, new BindingInput(sato.UserName, "orgUser", Condition: "enviroment in staging")))).Errors.ShouldNotBeNull().ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(e => e.Field.ShouldBe("condition"), e => e.Message.ShouldContain("'environment'"));
    }

    [Fact]
    public async Task Rule_RefusesWhatRolesAllow_AndNeverLocksOut()
    {
        await UnitAsync("Finance");
        await WorkspaceAsync("Live", "finance");
        await DoAsync(new CreateWorkspace(Org, new WorkspaceInput("Stage", "finance", "staging")));
        var rule = await DoAsync(new CreateAccessRule(Org, new AccessRuleInput("Freeze", "deny", "workspaces:*", "environment in production")));
        (await AuditOfAsync("accessRule.create")).ResourceName.ShouldBe("Freeze");
        (await RefusedAsync(new ChangeWorkspace(Org, "live", new WorkspaceInput("X")))).ShouldSatisfyAllConditions(p => p.Code.ShouldBe("access.rule"), p => p.Message.ShouldContain("Freeze"));
        (await AskAsync(new ListWorkspaces(Org, new PageRequest()))).Items.ShouldHaveSingleItem().Slug.ShouldBe("stage");
        (await World.Portal.SendAsync(TestPortal.Admin, new ChangeWorkspace(Org, "live", new WorkspaceInput("Live 2")))).Problem.ShouldBeNull("the platform can always mend");
        await DoAsync(new RemoveAccessRule(Org, rule.Id, rule.Version));
        await DoAsync(new ChangeWorkspace(Org, "live", new WorkspaceInput("Live 3")));

        (await RefusedAsync(new CreateAccessRule(Org, new AccessRuleInput("Out", "deny", "*:write")))).Code.ShouldBe("rule.locksOut");
        (await RefusedAsync(new CreateAccessRule(Org, new AccessRuleInput("Out", "allowOnlyIf", "roles:*", "mfa")))).Code.ShouldBe("rule.locksOut");
        var mfa = await DoAsync(new CreateAccessRule(Org, new AccessRuleInput("Two factors", "allowOnlyIf", "workspaces:write", "mfa within 15m")));
        (await RefusedAsync(new ChangeWorkspace(Org, "live", new WorkspaceInput("X")))).Code.ShouldBe("access.mfa");
        (await World.Portal.SendAsync(Admin with { MfaAtUtc = TimeProvider.System.GetUtcNow().UtcDateTime }, new ChangeWorkspace(Org, "live", new WorkspaceInput("X")))).Problem.ShouldBeNull();
        (await RefusedAsync(new ChangeAccessRule(Org, mfa.Id, new AccessRuleInput("Two factors", "deny", "workspaces:write")))).Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("rule.kind");
        await DoAsync(new ChangeAccessRule(Org, mfa.Id, new AccessRuleInput("Two factors", "allowOnlyIf", "workspaces:write", "ip in 192.0.2.0/24")));
        await DoAsync(new ChangeWorkspace(Org, "live", new WorkspaceInput("Y")));
        (await RefusedAsync(new ChangeWorkspace(Org, "live", new WorkspaceInput("Z")), Admin with { IpAddress = null })).Code.ShouldBe("access.rule");
        await GuardedAsync(new CreateAccessRule(Org, new AccessRuleInput("X", "deny", "costs:read")));
        await GuardedAsync(new ChangeAccessRule(Org, mfa.Id, new AccessRuleInput("X")));
        await GuardedAsync(new RemoveAccessRule(Org, mfa.Id));
    }

    [Fact]
    public async Task SeparatedRoles_AreNotGivenTogether_AndFoundWhereTheyAre()
    {
        var (sato, kato) = (await PersonAsync("sato"), await PersonAsync("kato"));
        await DoAsync(new BindRole(Org, new BindingInput(kato.UserName, BuiltInRoles.FinanceManager)));
        await DoAsync(new BindRole(Org, new BindingInput(kato.UserName, BuiltInRoles.Auditor)));
        await DoAsync(new CreateAccessRule(Org, new AccessRuleInput("Books", "separateRoles", FirstRole: BuiltInRoles.FinanceManager, SecondRole: BuiltInRoles.Auditor)));
        (await AskAsync(new ListRoleConflicts(Org))).ShouldHaveSingleItem().UserName.ShouldBe(kato.UserName);
        await DoAsync(new BindRole(Org, new BindingInput(sato.UserName, BuiltInRoles.Auditor)));
        (await RefusedAsync(new BindRole(Org, new BindingInput(sato.UserName, BuiltInRoles.FinanceManager)))).ShouldSatisfyAllConditions(p => p.Code.ShouldBe("role.separated"), p => p.Message.ShouldContain("Books"));
        await DoAsync(new ChangeMemberRole(Org, sato.MemberId, BuiltInRoles.FinanceManager));
        (await AskAsync(new ListRoleConflicts(Org))).Count.ShouldBe(1, "the change of the one role replaced the other");
    }

    [Fact]
    public async Task Binding_EndsByItself_AndTheLastAdministratorStays()
    {
        var (sato, kato) = (await PersonAsync("sato", BuiltInRoles.OrgAdmin), await PersonAsync("kato"));
        var soon = await DoAsync(new BindRole(Org, new BindingInput(kato.UserName, BuiltInRoles.OrgAdmin, ExpiresAtUtc: Clock.GetUtcNow().UtcDateTime.AddHours(2))));
        var first = (await AskAsync(new ListBindings(Org, new PageRequest(), PrincipalId: sato.Id, Role: BuiltInRoles.OrgAdmin))).Items.ShouldHaveSingleItem();
        (await RefusedAsync(new UnbindRole(Org, first.Id))).Code.ShouldBe("member.lastAdmin", "an administrator for two hours is none");
        (await RefusedAsync(new ChangeMemberRole(Org, sato.MemberId, BuiltInRoles.OrgUser))).Code.ShouldBe("member.lastAdmin");
        await MayAsync(kato, new Permission("people", "write"), true);
        Clock.Leap(TimeSpan.FromHours(2.1));
        await MayAsync(kato, new Permission("people", "write"), false);
        (await AskAsync(new ListBindings(Org, new PageRequest(), PrincipalId: kato.Id, Role: BuiltInRoles.OrgAdmin))).Items.ShouldHaveSingleItem().IsExpired.ShouldBeTrue();
        (await RefusedAsync(new BindRole(Org, new BindingInput(kato.UserName, BuiltInRoles.OrgAdmin, ExpiresAtUtc: TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1))))).Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("binding.expiry");
        await DoAsync(new BindRole(Org, new BindingInput(kato.UserName, BuiltInRoles.OrgAdmin)));
        (await AskAsync(new ListBindings(Org, new PageRequest(), PrincipalId: kato.Id, Role: BuiltInRoles.OrgAdmin))).Items.ShouldHaveSingleItem().Id.ShouldNotBe(soon.Id, "what was over is replaced");
        await GuardedAsync(new UnbindRole(Org, first.Id));
        await DoAsync(new UnbindRole(Org, first.Id));
        (await AuditOfAsync("roleBinding.remove")).OldValue.ShouldNotBeNull().ShouldContain("orgAdmin");
        (await RefusedAsync(new UnbindRole(Org, soon.Id))).Code.ShouldBe("binding.notFound");
    }

    [Theory]
    [InlineData(null, "orgUser", null, null, null, "principal", "binding.principal")]
    [InlineData("nobody@example.test", "orgUser", null, null, null, "principal", "binding.principal")]
    [InlineData("sato", "moon", null, null, null, "role", "role.unknownAny")]
    [InlineData("sato", "serviceAdmin", null, null, null, "role", "role.unknownAny")]
    [InlineData("sato", "orgUser", "robot", null, null, "principalKind", "binding.principalKind")]
    [InlineData("sato", "orgUser", null, "planet", null, "scope", "binding.scope")]
    [InlineData("sato", "orgUser", null, "workspace", "nowhere", "place", "binding.place")]
    [InlineData("sato", "orgUser", null, "project", null, "place", "binding.place")]
    [InlineData("sato", "financeManager", null, "platform", null, "scope", "binding.scope")]
    [InlineData("sato", "developer", null, "organization", null, "scope", "binding.roleScope")]
    public async Task WrongInput_NamesItsField(string? principal, string role, string? kind, string? scope, string? place, string field, string code)
    {
        if (principal == "sato") principal = (await PersonAsync("sato")).UserName;
        (await RefusedAsync(new BindRole(Org, new BindingInput(principal, role, kind, scope, place)))).Errors.ShouldNotBeNull().ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Field.ShouldBe(field), e => e.Code.ShouldBe(code));
    }

    private async Task MayAsync(Person person, Permission permission, bool expected)
    {
        var actor = await ActorAsync(person);
        AccessPolicy.May(actor, permission, Organization.Id).ShouldBe(expected, permission.ToString());
    }

    private async Task<Actor> ActorAsync(Person person)
    {
        await using var open = await World.Database.OpenAsync(DataScope.Platform, forWriting: false, CancellationToken.None);
        var grants = await SessionDirectory.GrantsAsync(open.Db, person.Id, CancellationToken.None);
        return TestPortal.Actor(BuiltInRoles.OrgUser, Organization.Id) with { Id = person.Id, Name = person.UserName, Grants = grants, DecidedAtUtc = Clock.GetUtcNow().UtcDateTime };
    }

    private Task<Person> PersonAsync(string name, string? role = BuiltInRoles.OrgUser) => BindingPeople.AddAsync(World, Organization.Id, name, role);
}

/// <summary>Members without accounts' ceremony, for tests of what they may do.</summary>
internal sealed record Person(Guid Id, Guid MemberId, string UserName);

internal static class BindingPeople
{
    private static int _last;

    /// <param name="role">At the organization; null for somebody who holds nothing yet.</param>
    public static async Task<Person> AddAsync(TestPortal world, Guid organization, string name, string? role)
    {
        var made = await world.Portal.SendAsync(TestPortal.Admin, new AddMember(organization, $"{name}{Interlocked.Increment(ref _last)}@example.test", role));
        made.Problem.ShouldBeNull();
        return made.Value;
    }

    private sealed record AddMember(Guid Organization, string UserName, string? Role) : Command<Person>
    {
        public override string Action => "test.addMember";

        public override Permission? Permission => null;

        public override bool AllowsAnySignedIn => true;

        public override Task<Result<Person>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
        {
            var user = new User { Id = Ids.New(), UserName = UserName, NormalizedUserName = UserName.ToUpperInvariant(), DisplayName = UserName, CreatedAtUtc = scope.NowUtc };
            var member = new Member { Id = Ids.New(), OrganizationId = Organization, UserId = user.Id, UserName = UserName, DisplayName = UserName, JoinedAtUtc = scope.NowUtc };
            scope.Db.Add(user);
            scope.Db.Add(member);
            if (Role is not null) scope.Db.Add(new RoleBinding { Id = Ids.New(), OrganizationId = Organization, PrincipalKind = PrincipalKind.Person, PrincipalId = user.Id, Role = Role, Scope = GrantScope.Organization, CreatedAtUtc = scope.NowUtc });
            scope.Audit("user", user.Id, UserName);
            return Task.FromResult<Result<Person>>(new Person(user.Id, member.Id, UserName));
        }
    }
}
