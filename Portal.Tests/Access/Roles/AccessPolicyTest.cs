using Hexabase.Portal.Access.Conditions;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Hexabase.Portal.Workspaces;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Roles;

/// <summary>The decision as a function: places, conditions, rules, and what must hold for all of them.</summary>
public sealed class AccessPolicyTest
{
    private static readonly Guid House = Ids.New();
    private static readonly Guid[] Units = [Ids.New(), Ids.New()];
    private static readonly Guid Workspace = Ids.New();
    private static readonly Guid Project = Ids.New();
    private static readonly DateTime Now = new(2026, 3, 4, 1, 30, 0, DateTimeKind.Utc);
    private static readonly PlaceFacts Facts = new(WorkspaceEnvironment.Production, DataClassification.Internal, ["eu-west-1"], new Dictionary<string, string>(), null);
    private static readonly AccessTarget Deep = new(House, Units, Workspace, Project) { Facts = Facts };
    private static readonly Permission Write = new("workspaces", "write");

    [Fact]
    public void Grant_ReachesItsPlaceAndBelow_AndNothingElse()
    {
        foreach (var (scope, id, reached) in new (GrantScope, Guid?, int)[] { (GrantScope.Organization, null, 4), (GrantScope.BusinessUnit, Units[1], 3), (GrantScope.Workspace, Workspace, 2), (GrantScope.Project, Project, 1) })
        {
            var actor = With(new Grant(BuiltInRoles.OrgAdmin, scope, House, id));
            AccessTarget[] places = [new(House), new(House, Units), new(House, Units, Workspace), Deep];
            places.Count(p => AccessPolicy.Decide(actor, Write, p).Allowed).ShouldBe(reached, scope.ToString());
            AccessPolicy.Decide(actor, Write, new AccessTarget(Ids.New(), Units, Workspace, Project)).Allowed.ShouldBeFalse("another organization");
        }
    }

    [Fact]
    public void Inheritance_IsMonotone()
    {
        AccessTarget[] way = [new(House), new(House, Units), new(House, Units, Workspace), Deep];
        var random = new Random(3);
        for (var i = 0; i < 500; i++)
        {
            var actor = With([.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => RandomGrant(random, conditional: false))]);
            foreach (var permission in PermissionCatalog.Permissions)
            {
                var allowed = way.Select(p => AccessPolicy.Decide(actor, permission, p).Allowed).ToList();
                allowed.ShouldBe(allowed.Order().ToList(), "what is allowed above is allowed below");
            }
        }
    }

    [Fact]
    public void AddingAGrant_NeverTakesAway()
    {
        var random = new Random(5);
        for (var i = 0; i < 500; i++)
        {
            var grants = Enumerable.Range(0, random.Next(4)).Select(_ => RandomGrant(random, conditional: true)).ToList();
            var more = grants.Append(RandomGrant(random, conditional: true)).OrderBy(_ => random.Next()).ToArray();
            foreach (var permission in PermissionCatalog.Permissions)
                if (AccessPolicy.Decide(With([.. grants]), permission, Deep).Allowed) AccessPolicy.Decide(With(more), permission, Deep).Allowed.ShouldBeTrue();
        }
    }

    [Fact]
    public void Deny_Wins_InWhateverOrderRulesStand()
    {
        var random = new Random(9);
        for (var i = 0; i < 300; i++)
        {
            var rules = Enumerable.Range(0, 1 + random.Next(5)).Select(_ => RandomRule(random)).ToList();
            var actor = With(new Grant(BuiltInRoles.OrgAdmin, GrantScope.Organization, House));
            var first = AccessPolicy.Decide(actor with { Rules = new RuleSet(House, rules) }, Write, Deep).Allowed;
            for (var again = 0; again < 5; again++)
                AccessPolicy.Decide(actor with { Rules = new RuleSet(House, rules.OrderBy(_ => random.Next())) }, Write, Deep).Allowed.ShouldBe(first);
            var denied = new CompiledRule(Ids.New(), "no", AccessRuleKind.Deny, "*:write", null);
            AccessPolicy.Decide(actor with { Rules = new RuleSet(House, [.. rules, denied]) }, Write, Deep).Allowed.ShouldBeFalse();
        }
    }

    [Fact]
    public void Condition_And_Expiry_LimitAGrant()
    {
        var actor = With(new Grant(BuiltInRoles.OrgAdmin, GrantScope.Organization, House) { Condition = "environment in staging" });
        AccessPolicy.Decide(actor, Write, Deep).ShouldSatisfyAllConditions(d => d.Allowed.ShouldBeFalse(), d => d.LimitedBy.ShouldBe("condition"), d => d.Considered.Count.ShouldBe(1), d => d.LacksOnlyMfa.ShouldBeFalse());
        AccessPolicy.Decide(actor, Write, Deep with { Facts = Facts with { Environment = WorkspaceEnvironment.Staging } }).Allowed.ShouldBeTrue();
        AccessPolicy.Decide(actor, Write, new AccessTarget(House)).Allowed.ShouldBeFalse("an organization has no environment");
        AccessPolicy.AsksForPlace(actor, House).ShouldBeTrue();
        var ending = With(new Grant(BuiltInRoles.OrgAdmin, GrantScope.Organization, House) { ExpiresAtUtc = Now });
        AccessPolicy.Decide(ending, Write, Deep).Allowed.ShouldBeFalse();
        AccessPolicy.Decide(ending with { DecidedAtUtc = Now.AddSeconds(-1) }, Write, Deep).Allowed.ShouldBeTrue();
    }

    [Fact]
    public void OnlyASecondFactorMissing_IsSaid()
    {
        var actor = With(new Grant(BuiltInRoles.OrgAdmin, GrantScope.Organization, House) { Condition = "mfa within 15m" });
        AccessPolicy.Decide(actor, Write, Deep).LacksOnlyMfa.ShouldBeTrue();
        AccessPolicy.Decide(actor with { MfaAtUtc = Now.AddMinutes(-16) }, Write, Deep).LacksOnlyMfa.ShouldBeTrue();
        AccessPolicy.Decide(actor with { MfaAtUtc = Now.AddMinutes(-14) }, Write, Deep).Allowed.ShouldBeTrue();
        AccessPolicy.Decide(actor with { Kind = ActorKind.Token }, Write, Deep).LacksOnlyMfa.ShouldBeFalse("a program shows none");
        var ruled = With(new Grant(BuiltInRoles.OrgAdmin, GrantScope.Organization, House)) with { Rules = new RuleSet(House, [Rule(AccessRuleKind.AllowOnlyIf, "workspaces:write", "mfa")]) };
        AccessPolicy.Decide(ruled, Write, Deep).ShouldSatisfyAllConditions(d => d.LacksOnlyMfa.ShouldBeTrue(), d => d.LimitedBy.ShouldBe("rule r"));
    }

    [Fact]
    public void Rules_BindTheOrganization_NotThePlatform_AndAskAboutPlacesOnlyWhereThereAreAny()
    {
        var deny = new RuleSet(House, [Rule(AccessRuleKind.Deny, "*:*", "environment in production")]);
        var admin = With(new Grant(BuiltInRoles.OrgAdmin, GrantScope.Organization, House)) with { Rules = deny };
        AccessPolicy.Decide(admin, Write, Deep).Allowed.ShouldBeFalse();
        AccessPolicy.Decide(admin, Write, Deep with { Facts = null }).Allowed.ShouldBeFalse("a workspace of which nothing is known may be one of production");
        AccessPolicy.Decide(admin, new Permission("people", "write"), new AccessTarget(House)).Allowed.ShouldBeTrue("a change at no workspace is not its business");
        AccessPolicy.Decide(admin, new Permission("costs", "read"), new AccessTarget(House)).Allowed.ShouldBeFalse("the list would show production");
        AccessPolicy.Decide(admin, new Permission("workspaces", "read"), new AccessTarget(House) { IsNarrowed = true }).Allowed.ShouldBeTrue("each row is decided by itself");
        AccessPolicy.Decide(With(new Grant(BuiltInRoles.ServiceAdmin, GrantScope.Platform, null)) with { Rules = deny }, Write, Deep).Allowed.ShouldBeTrue();
    }

    [Fact]
    public void NobodyGrantsWhatTheyLack()
    {
        static Role Own(params string[] permissions) => new("own", GrantScope.Organization, permissions);
        var admin = With(new Grant(BuiltInRoles.OrgAdmin, GrantScope.Organization, House));
        AccessPolicy.MayGrant(admin, Own("costs:*", "*:read"), new AccessTarget(House)).ShouldBeTrue();
        AccessPolicy.MayGrant(admin, Own("platform:tokens"), new AccessTarget(House)).ShouldBeFalse();
        AccessPolicy.MayGrant(admin, Own("*:*"), new AccessTarget(House)).ShouldBeFalse("the wildcard is wider than the administrator");
        var two = With(new Grant(BuiltInRoles.FinanceManager, GrantScope.Organization, House), new Grant(BuiltInRoles.SecurityManager, GrantScope.Organization, House));
        AccessPolicy.MayGrant(two, Own("costs:*", "people:write"), new AccessTarget(House)).ShouldBeTrue("by both together");
        AccessPolicy.MayGrant(two, Own("quotas:write"), new AccessTarget(House)).ShouldBeFalse();
        var office = With(new Grant(BuiltInRoles.OrgAdmin, GrantScope.Organization, House) { Condition = "mfa and ip in 192.0.2.0/24" }) with { MfaAtUtc = Now };
        _ = Condition.TryParse("owner and ip in 192.0.2.0/24", out var same, out _);
        AccessPolicy.MayGrant(office, Own("costs:*"), new AccessTarget(House)).ShouldBeFalse("from the office is less than from everywhere");
        AccessPolicy.MayGrant(office, Own("costs:*"), new AccessTarget(House), same).ShouldBeTrue();
    }

    private static CompiledRule Rule(AccessRuleKind kind, string permission, string? condition) => new(Ids.New(), "r", kind, permission, condition is null ? null : Condition.OfStored(condition));

    private static CompiledRule RandomRule(Random random) => Rule(random.Next(2) == 0 ? AccessRuleKind.Deny : AccessRuleKind.AllowOnlyIf, random.Next(2) == 0 ? "workspaces:write" : "*:*", RandomCondition.Text(random, 2));

    private static Grant RandomGrant(Random random, bool conditional)
    {
        var role = BuiltInRoles.OfOrganization.ElementAt(random.Next(BuiltInRoles.OfOrganization.Count())).Name;
        var grant = random.Next(4) switch
        {
            0 => new Grant(role, GrantScope.Organization, House),
            1 => new Grant(role, GrantScope.BusinessUnit, House, Units[random.Next(2)]),
            2 => new Grant(role, GrantScope.Workspace, House, Workspace),
            _ => new Grant(role, GrantScope.Project, House, Project),
        };
        return conditional && random.Next(2) == 0 ? grant with { Condition = RandomCondition.Text(random, 2) } : grant;
    }

    private static Actor With(params Grant[] grants) => TestPortal.Actor(BuiltInRoles.OrgUser, House) with { Grants = grants, DecidedAtUtc = Now };
}
