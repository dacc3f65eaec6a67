using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Sso.Entry;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>Whom a connection lets in, what it gives them, and what becomes of them when it is enforced, broken or removed.</summary>
public sealed class SsoPeopleCommandsTest(TestServer server) : SsoCommandWorld(server)
{
    [Fact]
    public async Task NewPeople_GetARoleOfTheOrganizationsOwn()
    {
        await SendAsync(new CreateCustomRole(Org, new CustomRoleInput("Money", null, ["costs:read"])));
        var made = await SendAsync(new CreateSsoConnection(Org, Input with { CreatePeople = true, DefaultRole = "money" }));
        await SendAsync(new EnableSsoConnection(Org, made.Id, true));
        var domain = await SendAsync(new AddSsoDomain(Org, "acme.test"));
        await Host.Services.GetRequiredService<SsoDomainCheck>().RunAsync(Admin, Org, domain.Id, default);
        (await ArriveAsync(made.Id, "ann@acme.test")).Problem.ShouldBeNull();
        (await RolesAsync("ann@acme.test")).ShouldBe(["money"]);
        (await SendAsync(new ChangeSsoConnection(Org, made.Id, new SsoConnectionInput(Name: "Renamed")))).Settings.DefaultRole.ShouldBe(made.Settings.DefaultRole);
        var keeper = Admin with { Grants = [new Grant("sso-only", GrantScope.Organization, OrgId) { Permissions = ["sso:*", "organizations:read"] }] };
        (await Host.Portal.SendAsync(keeper, new ChangeSsoConnection(Org, made.Id, new SsoConnectionInput(Name: "Again")))).Problem.ShouldNotBeNull().Code.ShouldBe("role.beyondOwn");
    }

    /// <summary>The provider calls it verified; it is no address all the same.</summary>
    [Theory]
    [InlineData("ann\0@acme.test")]
    [InlineData("ann\r\nBcc: eve@acme.test")]
    [InlineData("an\u200Bn@acme.test")]
    [InlineData("eve@evil.test@acme.test")]
    [InlineData("ann b@acme.test")]
    [InlineData("@acme.test")]
    public async Task VerifiedAddress_ThatIsNone_LetsNobodyIn(string address)
    {
        var made = await OidcAsync(createPeople: true);
        await SendAsync(new EnableSsoConnection(Org, made.Id, true));
        var mapped = new Oidc.MappedIdentity("https://acme.okta.test", "s1", null, address, EmailVerified: true, "Ann", [], [], false);
        var arrived = await Host.Portal.SendAsync(Actor.Anonymous, new ArriveBySso(OrgId, made.Id, new SsoIdentity(mapped, null, [], false, null, null, new { })));
        arrived.Problem.ShouldNotBeNull().Code.ShouldBe("sso.person.address");
        (await EntriesAsync("sso.arrive")).ShouldHaveSingleItem().Status.ShouldBe(AuditStatus.Failure);
    }

    [Fact]
    public async Task Mappings_LeadToAGroupOrARole_ThatTheActorMayGive()
    {
        var made = await OidcAsync();
        var group = await GroupAsync("Finance");
        var rows = await SendAsync(new SetSsoMappings(Org, made.Id, [new("g1", group), new("g2", Role: BuiltInRoles.Auditor), new("g2", Role: BuiltInRoles.Auditor)]));
        rows.Count.ShouldBe(2);
        rows[0].GroupName.ShouldBe("Finance");
        (await AskAsync(new ListSsoMappings(Org, made.Id))).Count.ShouldBe(2);
        (await EntriesAsync("ssoConnection.map")).ShouldHaveSingleItem().NewValue.ShouldNotBeNull().ShouldContain("g2");
        var wrong = await Host.Portal.SendAsync(Admin, new SetSsoMappings(Org, made.Id, [new("g", group, "auditor"), new("", Role: "auditor"), new("g", Role: "king"), new("g", Ids.New())]));
        wrong.Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().Select(e => (e.Row, e.Code)).ShouldBe([(0L, "sso.mapping.target"), (1L, "sso.mapping.value"), (2L, "role.unknown"), (3L, "sso.mapping.group")]);
        var narrow = Admin with { Kind = ActorKind.Token, PermissionLimit = ["sso:write"] };
        (await Host.Portal.SendAsync(narrow, new SetSsoMappings(Org, made.Id, [new("g", Role: BuiltInRoles.OrgAdmin)]))).Problem.ShouldNotBeNull().Code.ShouldBe("scope.beyondOwn", "a token gives nothing that it lacks");
    }

    [Fact]
    public async Task Mappings_ToARoleOfTheOrganizationsOwn_AreCheckedLikeBuiltInOnes_AndGiven()
    {
        var made = await OidcAsync();
        await SendAsync(new EnableSsoConnection(Org, made.Id, true));
        var role = await SendAsync(new CreateCustomRole(Org, new CustomRoleInput("Money", null, ["costs:read"])));
        (await SendAsync(new SetSsoMappings(Org, made.Id, [new("g1", Role: "money"), new("g1", Role: role.Key)]))).ShouldHaveSingleItem().Role.ShouldBe("money");
        (await AskAsync(new ListSsoMappings(Org, made.Id))).ShouldHaveSingleItem().Role.ShouldBe("money");
        // Manages single sign-on, and holds nothing of costs: neither directly nor by a group.
        var keeper = Admin with { Grants = [new Grant("sso-only", GrantScope.Organization, OrgId) { Permissions = ["sso:*", "organizations:read"] }] };
        (await Host.Portal.SendAsync(keeper, new SetSsoMappings(Org, made.Id, [new("g", Role: "money")]))).Problem.ShouldNotBeNull().Code.ShouldBe("role.beyondOwn");
        var group = await GroupAsync("Finance");
        await SendAsync(new BindGroupRole(Org, group, "money"));
        (await Host.Portal.SendAsync(keeper, new SetSsoMappings(Org, made.Id, [new("g", group)]))).Problem.ShouldNotBeNull().Code.ShouldBe("role.beyondOwn");

        var domain = await SendAsync(new AddSsoDomain(Org, "acme.test"));
        await Host.Services.GetRequiredService<SsoDomainCheck>().RunAsync(Admin, Org, domain.Id, default);
        await MemberAsync("ann@acme.test");
        (await ArriveAsync(made.Id, "ann@acme.test", "g1")).Problem.ShouldBeNull();
        (await RolesAsync("ann@acme.test")).ShouldBe(["money", "orgUser"]);
        (await ArriveAsync(made.Id, "ann@acme.test")).Problem.ShouldBeNull();
        (await RolesAsync("ann@acme.test")).ShouldBe(["orgUser"]);
    }

    [Fact]
    public async Task BreakGlass_IsShownOnce_AndAnOlderCodeStopsWorking()
    {
        (await AskAsync(new GetBreakGlass(Org))).IsSealed.ShouldBeFalse();
        var first = await SendAsync(new SealBreakGlass(Org));
        var second = await SendAsync(new SealBreakGlass(Org));
        var visitor = Actor.Anonymous with { IpAddress = "192.0.2.1" };
        (await Host.Portal.SendAsync(visitor, new UseBreakGlass(OrgId.ToString(), BreakGlassCode.Clean(first.Code), "Mori", "outage"))).Problem.ShouldNotBeNull().Code.ShouldBe("breakGlass.wrong");
        var used = await Host.Portal.SendAsync(visitor, new UseBreakGlass(OrgId.ToString(), BreakGlassCode.Clean(second.Code.ToLowerInvariant().Replace('0', 'o')), "Mori", "outage"));
        used.Problem.ShouldBeNull();
        (await AskAsync(new GetBreakGlass(Org))).IsSealed.ShouldBeFalse();
        (await AskAsync(new Home.GetHome(Org))).Items.ShouldContain(i => i.Kind == "breakGlassUsed" && i.Severity == Home.HomeSeverity.Critical);
        var session = (await Host.Services.GetRequiredService<SessionDirectory>().FindAsync(used.Value.SessionId, default)).ShouldNotBeNull();
        session.Grants.ShouldHaveSingleItem().ShouldBe(new Grant(BuiltInRoles.OrgAdmin, GrantScope.Organization, OrgId));
        (await EntriesAsync("breakGlass.use")).Select(e => e.Status).ShouldBe([AuditStatus.Failure, AuditStatus.Success], ignoreOrder: true);
        (await EntriesAsync("breakGlass.seal")).ShouldAllBe(e => !(e.NewValue ?? "").Contains(second.Code, StringComparison.Ordinal));
        await SendAsync(new SealBreakGlass(Org));
        (await AskAsync(new Home.GetHome(Org))).Items.ShouldNotContain(i => i.Kind == "breakGlassUsed");
    }

    [Fact]
    public async Task Preview_NamesWhoWouldStandOutside()
    {
        var made = await OidcAsync();
        var domain = await SendAsync(new AddSsoDomain(Org, "acme.test"));
        await Host.Services.GetRequiredService<SsoDomainCheck>().RunAsync(Admin, Org, domain.Id, default);
        await MemberAsync("ann@acme.test");
        await MemberAsync("guest@elsewhere.test");
        var enforced = await AskAsync(new PreviewSsoEnforcement(Org, made.Id));
        (enforced.Bound, enforced.AtRiskCount, enforced.BreakGlassIsSealed, enforced.TestIsFresh).ShouldBe((2, 2, false, false));
        enforced.AtRisk.Single(r => r.UserName == "guest@elsewhere.test").Reasons.ShouldBe(["domain", "neverThrough"]);
        (await AskAsync(new PreviewSsoEnforcement(Org, made.Id, "phased"))).AtRisk.ShouldHaveSingleItem().UserName.ShouldBe("ann@acme.test");
        await SendAsync(new EnableSsoConnection(Org, made.Id, true));
        (await Host.Portal.SendAsync(Admin, new EnforceSso(Org, made.Id, "sometimes"))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull()[0].Field.ShouldBe("state");
        (await Host.Portal.SendAsync(Admin, new EnforceSso(Org, made.Id, "phased"))).Problem.ShouldNotBeNull().Code.ShouldBe("sso.enforce.untested");
    }

    [Fact]
    public async Task Remove_TakesWhatTheConnectionGave_ButNotTheLastAdministrator()
    {
        var made = await OidcAsync();
        await SendAsync(new EnableSsoConnection(Org, made.Id, true));
        await SendAsync(new SetSsoMappings(Org, made.Id, [new("admins", Role: BuiltInRoles.OrgAdmin), new("viewers", Role: BuiltInRoles.FinanceViewer)]));
        var domain = await SendAsync(new AddSsoDomain(Org, "acme.test"));
        await Host.Services.GetRequiredService<SsoDomainCheck>().RunAsync(Admin, Org, domain.Id, default);
        await MemberAsync("ann@acme.test");
        (await ArriveAsync(made.Id, "ann@acme.test", "admins", "viewers")).Problem.ShouldBeNull();
        (await RolesAsync("ann@acme.test")).ShouldBe(["financeViewer", "orgAdmin", "orgUser"]);
        // The provider takes the only administrator away: that role stays, nothing else changes.
        (await ArriveAsync(made.Id, "ann@acme.test", "viewers")).Problem.ShouldBeNull();
        (await RolesAsync("ann@acme.test")).ShouldBe(["financeViewer", "orgAdmin", "orgUser"]);
        (await Host.Portal.SendAsync(Admin, new RemoveSsoConnection(Org, made.Id))).Problem.ShouldNotBeNull().Code.ShouldBe("member.lastAdmin");
        await MemberAsync("second@acme.test", BuiltInRoles.OrgAdmin);
        (await ArriveAsync(made.Id, "ann@acme.test", "viewers")).Problem.ShouldBeNull();
        (await RolesAsync("ann@acme.test")).ShouldBe(["financeViewer", "orgUser"]);
        await SendAsync(new RemoveSsoConnection(Org, made.Id));
        (await RolesAsync("ann@acme.test")).ShouldBe(["orgUser"]);
        (await ReadAsync(db => db.Set<SsoSubject>().CountAsync())).ShouldBe(0);
        (await EntriesAsync("ssoConnection.remove")).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("аnn@acme.test")] // Cyrillic а
    [InlineData("ann@acmе.test")] // Cyrillic е in the domain
    [InlineData("ａnn@acme.test")] // full-width a
    public async Task LookAlike_IsNobodyAndMakesNobody(string address)
    {
        var made = await OidcAsync(createPeople: true);
        await SendAsync(new EnableSsoConnection(Org, made.Id, true));
        var domain = await SendAsync(new AddSsoDomain(Org, "acme.test"));
        await Host.Services.GetRequiredService<SsoDomainCheck>().RunAsync(Admin, Org, domain.Id, default);
        await MemberAsync("ann@acme.test");
        (await ArriveAsync(made.Id, address)).Problem.ShouldNotBeNull().Code.ShouldBeOneOf("sso.person.lookAlike", "sso.person.domain");
        (await ReadAsync(db => db.Set<Member>().CountAsync())).ShouldBe(1);
    }

    [Fact]
    public async Task Attempts_OlderThanTheyAreKept_AreSwept()
    {
        var trace = Host.Services.GetRequiredService<SsoTrace>();
        await trace.WriteAsync(OrgId, null, "answer", false, SsoRefusals.Pending, null, null, default);
        await ReadAsync(db => db.Database.ExecuteSqlRawAsync("UPDATE sso_attempts SET at_utc = at_utc - INTERVAL '31 days'"), commit: true);
        var kept = await trace.WriteAsync(OrgId, null, "answer", false, SsoRefusals.Pending, null, null, default);
        await trace.SweepAsync(default);
        (await AskAsync(new ListSsoAttempts(Org, new PageRequest()))).Items.ShouldHaveSingleItem().Reference.ShouldBe(kept);
    }
}
