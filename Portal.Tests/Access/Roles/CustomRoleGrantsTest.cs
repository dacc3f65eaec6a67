using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Access.ServiceAccounts;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Hexabase.Portal.Workspaces;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Roles;

/// <summary>Wherever a role is given, taken or acted with, one of the organization's own counts like a built-in one: nobody gives what they lack.</summary>
public sealed class CustomRoleGrantsTest(TestServer server) : OrganizationWorld(server)
{
    /// <summary>Writes people, tokens and roles, and holds nothing of costs.</summary>
    private Actor Security => TestPortal.Actor(BuiltInRoles.SecurityManager, Organization.Id);

    [Fact]
    public async Task ServiceAccount_HoldsIt_AndIsOutOfReachForWhoLacksIt()
    {
        await MoneyAsync();
        var sato = await PersonAsync("sato");
        await BeyondAsync(new CreateServiceAccount(Org, "robot", "money", Owner: sato.UserName));
        var account = await DoAsync(new CreateServiceAccount(Org, "robot", "money", Owner: sato.UserName));
        account.Role.ShouldBe("money");
        (await AskAsync(new ListServiceAccounts(Org, new PageRequest()))).Items.ShouldHaveSingleItem().Role.ShouldBe("money");
        await BeyondAsync(new ChangeServiceAccount(Org, account.Id, "renamed"));
        await BeyondAsync(new ChangeServiceAccount(Org, account.Id, Role: "orgUser"));
        await BeyondAsync(new CreateToken(Org, new TokenInput("t", null, ServiceAccount: account.Id)));
        await BeyondAsync(new DeleteServiceAccount(Org, account.Id));

        var token = await DoAsync(new CreateToken(Org, new TokenInput("t", null, ServiceAccount: account.Id)));
        var actor = await TokenActorAsync(token.Token);
        AccessPolicy.May(actor, new Permission("costs", "read"), Organization.Id).ShouldBeTrue();
        AccessPolicy.May(actor, new Permission("people", "read"), Organization.Id).ShouldBeFalse();
        await BeyondAsync(new RotateToken(Org, token.Row.Id));
        await DoAsync(new RotateToken(Org, token.Row.Id));
        (await AuditOfAsync("token.rotate")).ResourceId.ShouldBe(token.Row.Id.ToString());
        (await DoAsync(new ChangeServiceAccount(Org, account.Id, Role: "auditor"))).Role.ShouldBe("auditor");
        (await DoAsync(new ChangeServiceAccount(Org, account.Id, Role: "money"))).Role.ShouldBe("money");
        await DoAsync(new DeleteServiceAccount(Org, account.Id));
    }

    [Fact]
    public async Task TokenOfAServiceAccount_IsRotatedOnlyByWhoHoldsAllOfTheAccountsRoles()
    {
        var sato = await PersonAsync("sato");
        var account = await DoAsync(new CreateServiceAccount(Org, "robot", "orgUser", Owner: sato.UserName));
        var token = await DoAsync(new CreateToken(Org, new TokenInput("t", null, ServiceAccount: account.Id)));
        var row = await DoAsync(new BindRole(Org, new BindingInput("robot", BuiltInRoles.FinanceManager, "serviceAccount")));
        row.ShouldSatisfyAllConditions(b => b.PrincipalName.ShouldBe("robot"), b => b.PrincipalKind.ShouldBe(PrincipalKind.ServiceAccount));
        (await AuditOfAsync("roleBinding.create")).ShouldSatisfyAllConditions(e => e.ResourceKind.ShouldBe("serviceAccount"), e => e.ResourceId.ShouldBe(account.Id.ToString()));
        AccessPolicy.May(await TokenActorAsync(token.Token), new Permission("costs", "read"), Organization.Id).ShouldBeTrue();
        await BeyondAsync(new RotateToken(Org, token.Row.Id));

        (await AskAsync(new ListBindings(Org, new PageRequest(), "serviceAccount"))).Items.Count.ShouldBe(2);
        (await AskAsync(new ListBindings(Org, new PageRequest(Filter: "ROB")))).Items.Select(b => b.PrincipalName).ShouldBe(["robot", "robot"]);
        (await DoAsync(new BindRole(Org, new BindingInput(account.Id.ToString(), BuiltInRoles.Auditor, "serviceAccount")))).Role.ShouldBe("auditor");
        (await RefusedAsync(new BindRole(Org, new BindingInput("nobody", BuiltInRoles.Auditor, "serviceAccount")))).Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("binding.principal");
        await BeyondAsync(new UnbindRole(Org, row.Id));
        await DoAsync(new UnbindRole(Org, row.Id));
        AccessPolicy.May(await TokenActorAsync(token.Token), new Permission("costs", "write"), Organization.Id).ShouldBeFalse();
    }

    [Fact]
    public async Task Token_ActsWithIt_AsItIsNow_AndEndsWhenItsOwnerHoldsLess()
    {
        var money = await MoneyAsync();
        await PersonAsync("first", BuiltInRoles.OrgAdmin);
        var boss = await PersonAsync("boss", BuiltInRoles.OrgAdmin);
        await BeyondAsync(new CreateToken(Org, new TokenInput("t", "money")));
        var made = await World.Portal.SendAsync(Admin with { Id = boss.Id, Name = boss.UserName }, new CreateToken(Org, new TokenInput("t", money.Key)));
        made.Problem.ShouldBeNull();
        made.Value.Row.Role.ShouldBe("money");
        (await AskAsync(new ListTokens(Org, new PageRequest()))).Items.ShouldHaveSingleItem().Role.ShouldBe("money");
        (await AskAsync(new GetToken(Org, made.Value.Row.Id))).Role.ShouldBe("money");
        (await World.Portal.AskAsync(Admin with { Id = boss.Id, Name = boss.UserName }, new ListOwnTokens())).Value.ShouldHaveSingleItem().Role.ShouldBe("money");
        AccessPolicy.May(await TokenActorAsync(made.Value.Token), new Permission("costs", "read"), Organization.Id).ShouldBeTrue();
        await BeyondAsync(new RotateToken(Org, made.Value.Row.Id));

        var asked = StoredActor.Of(await TokenActorAsync(made.Value.Token), Ids.New());
        await DoAsync(new ChangeCustomRole(Org, "money", new CustomRoleInput(null, null, ["budgets:read"])));
        foreach (var actor in new[] { await TokenActorAsync(made.Value.Token), (await World.Services.GetRequiredService<StoredActors>().FindAsync(asked, CancellationToken.None)).ShouldNotBeNull() })
        {
            AccessPolicy.May(actor, new Permission("costs", "read"), Organization.Id).ShouldBeFalse();
            AccessPolicy.May(actor, new Permission("budgets", "read"), Organization.Id).ShouldBeTrue();
        }

        (await RefusedAsync(new ArchiveCustomRole(Org, "money"))).ShouldSatisfyAllConditions(p => p.Code.ShouldBe("role.inUse"), p => p.Message.ShouldContain(" t."));
        await DoAsync(new ChangeMemberRole(Org, boss.MemberId, BuiltInRoles.FinanceManager));
        (await AskAsync(new GetToken(Org, made.Value.Row.Id))).RevokedAtUtc.ShouldBeNull("a finance manager reads budgets");
        await DoAsync(new ChangeMemberRole(Org, boss.MemberId, BuiltInRoles.OrgUser));
        (await AskAsync(new GetToken(Org, made.Value.Row.Id))).RevokedAtUtc.ShouldNotBeNull();
        await DoAsync(new ArchiveCustomRole(Org, "money"));
    }

    [Fact]
    public async Task Account_OfSomebodyWhoHoldsIt_IsNotReset()
    {
        await MoneyAsync();
        var kato = await PersonAsync("kato", null);
        (await RefusedAsync(new ResetSecondFactors(Org, kato.MemberId), Security)).Code.ShouldBe("factor.none");
        await DoAsync(new BindRole(Org, new BindingInput(kato.UserName, "money")));
        await BeyondAsync(new ResetSecondFactors(Org, kato.MemberId));
        await BeyondAsync(new CreatePasswordReset(Org, kato.MemberId));
    }

    [Fact]
    public async Task Members_AreInvitedWithIt_AndChangedToIt()
    {
        var money = await MoneyAsync();
        await BeyondAsync(new InviteMember(Org, "new@example.test", "money"));
        (await DoAsync(new InviteMember(Org, "new@example.test", money.Key))).Row.Role.ShouldBe("money");
        (await AskAsync(new ListInvitations(Org, new PageRequest()))).Items.ShouldHaveSingleItem().Role.ShouldBe("money");

        var sato = await PersonAsync("sato");
        await BeyondAsync(new ChangeMemberRole(Org, sato.MemberId, "money"));
        (await DoAsync(new ChangeMemberRole(Org, sato.MemberId, "money"))).Roles.ShouldBe(["money"]);
        (await AskAsync(new GetPerson(Org, sato.MemberId))).ShouldSatisfyAllConditions(p => p.UserName.ShouldBe(sato.UserName), p => p.Roles.ShouldBe(["money"]));
        (await World.Portal.AskAsync(Admin, new GetPerson(Org, Ids.New()))).Problem.ShouldBe(Problem.NotFound("member"));
        (await World.Portal.AskAsync(User, new GetPerson(Org, sato.MemberId))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        (await World.Portal.AskAsync(Stranger, new GetPerson(Org, sato.MemberId))).Problem.ShouldBe(Problem.NotFound("organization"));

        // What only a unit or the platform gives, and what is archived, is no role of a member.
        await DoAsync(new ChangeMemberRole(Org, sato.MemberId, "orgUser"));
        await DoAsync(new ArchiveCustomRole(Org, "money"));
        foreach (var role in new[] { "money", "developer", "serviceAdmin", "system", "" })
            (await RefusedAsync(new ChangeMemberRole(Org, sato.MemberId, role))).Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("role.unknown", role);
        (await RefusedAsync(new CreateToken(Org, new TokenInput("t", "money")))).Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("role.unknown", "it is archived");
    }

    [Fact]
    public async Task RuleAboutTheEnvironment_HoldsForBudgetsOfItsWorkspaces()
    {
        await UnitAsync("Finance");
        await WorkspaceAsync("Live", "finance");
        await DoAsync(new CreateWorkspace(Org, new WorkspaceInput("Stage", "finance", "staging")));
        var live = await DoAsync(new CreateBudget(Org, Budget("Live", "live")));
        var stage = await DoAsync(new CreateBudget(Org, Budget("Stage", "stage")));
        await DoAsync(new CreateAccessRule(Org, new AccessRuleInput("Freeze", "deny", "budgets:write", "environment in production")));

        (await RefusedAsync(new ChangeBudget(Org, live.Slug, Budget("Live 2", "live")))).Code.ShouldBe("access.rule");
        (await RefusedAsync(new DeleteBudget(Org, live.Slug))).Code.ShouldBe("access.rule");
        (await RefusedAsync(new CreateBudget(Org, Budget("More", "live")))).Code.ShouldBe("access.denied");
        (await RefusedAsync(new ChangeBudget(Org, stage.Slug, Budget("Stage 2", "live")))).Code.ShouldBe("access.denied", "it would become a budget of the other");
        (await DoAsync(new ChangeBudget(Org, stage.Slug, Budget("Stage 2", "stage")))).Name.ShouldBe("Stage 2");

        var sato = TestPortal.Actor(BuiltInRoles.OrgUser, Organization.Id) with { Grants = [new Grant(BuiltInRoles.WorkspaceAdmin, GrantScope.Workspace, Organization.Id, stage.Scope.Id)] };
        (await RefusedAsync(new ChangeBudget(Org, stage.Slug, new BudgetInput("All", new BudgetScopeInput(Organization: Org), Limits)), sato)).Code.ShouldBe("access.denied", "the organization is not theirs");
    }

    private static BudgetLimitsInput Limits => new(Monthly: new Money(Amount.Parse("100"), "USD"));

    private static BudgetInput Budget(string name, string workspace) => new(name, new BudgetScopeInput(Workspace: workspace), Limits);

    private Task<RoleRow> MoneyAsync() => DoAsync(new CreateCustomRole(Org, new CustomRoleInput("Money", null, ["costs:read"])));

    private Task<Person> PersonAsync(string name, string? role = BuiltInRoles.OrgUser) => BindingPeople.AddAsync(World, Organization.Id, name, role);

    private async Task BeyondAsync<T>(Command<T> command) => (await RefusedAsync(command, Security)).Code.ShouldBe("role.beyondOwn", command.Action);

    private async Task<Actor> TokenActorAsync(string token) => (await World.Services.GetRequiredService<TokenDirectory>().FindAsync(token, CancellationToken.None)).ShouldNotBeNull().ToActor();
}
