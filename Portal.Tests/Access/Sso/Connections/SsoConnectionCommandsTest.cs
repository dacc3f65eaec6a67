using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Sso.Entry;
using Hexabase.Portal.Access.Sso.Oidc;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>What administrators send: each command with a success, a refusal and its audit entry.</summary>
public sealed class SsoConnectionCommandsTest : IAsyncLifetime
{
    private readonly TestPortal _portal;
    private string _org = "";
    private Guid _orgId;
    private Actor _admin = Actor.Anonymous;

    public SsoConnectionCommandsTest(TestServer server) => _portal = new TestPortal(server)
    {
        Configure = services =>
        {
            services.Replace(ServiceDescriptor.Singleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider()));
            services.Replace(ServiceDescriptor.Singleton<IDomainProof>(new FakeProof()));
        },
    };

    public async ValueTask InitializeAsync()
    {
        await _portal.InitializeAsync();
        var made = await _portal.CreateOrganizationAsync("Acme");
        (_org, _orgId) = (made.Slug, made.Id);
        _admin = TestPortal.Actor(BuiltInRoles.OrgAdmin, _orgId);
    }

    public async ValueTask DisposeAsync() => await _portal.DisposeAsync();

    [Fact]
    public async Task Create_KeepsTheSecretToItself_AndIsAudited()
    {
        var made = await OidcAsync();
        made.HasClientSecret.ShouldBeTrue();
        made.IsEnabled.ShouldBeFalse();
        made.Keys.ShouldHaveSingleItem();
        var stored = await ReadAsync(db => db.Set<SsoConnection>().SingleAsync());
        stored.ClientSecret.ShouldNotBeNull().ShouldNotContain("hush");
        (await EntriesAsync("ssoConnection.create")).ShouldHaveSingleItem().NewValue.ShouldNotBeNull().ShouldNotContain("hush");
        (await AskAsync(new GetSsoConnection(_org, made.Id))).Name.ShouldBe("Okta");
        (await AskAsync(new ListSsoConnections(_org, new PageRequest()))).Items.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("http://plain.test", "issuer")]
    [InlineData("https://login.microsoftonline.com/common/v2.0", "issuer")]
    [InlineData("nonsense", "issuer")]
    public async Task Create_WithAnIssuerThatCannotBe_NamesTheField(string issuer, string field)
    {
        var refused = await _portal.Portal.SendAsync(_admin, new CreateSsoConnection(_org, Input with { Issuer = issuer }));
        refused.Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().ShouldContain(e => e.Field == field);
    }

    [Fact]
    public async Task Create_WithNothing_NamesEveryField()
    {
        var refused = await _portal.Portal.SendAsync(_admin, new CreateSsoConnection(_org, new SsoConnectionInput(Kind: "oidc", SessionHours: 0, DefaultRole: "serviceAdmin", Scopes: ["a b"])));
        refused.Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().Select(e => e.Field).ShouldBe(["name", "issuer", "clientId", "scopes", "defaultRole", "sessionHours", "clientSecret"], ignoreOrder: true);
        (await _portal.Portal.SendAsync(_admin, new CreateSsoConnection(_org, new SsoConnectionInput(Kind: "saml", Name: "S", Issuer: "x", SignInAddress: "ftp://x")))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().Select(e => e.Field).ShouldBe(["signInAddress", "certificates"], ignoreOrder: true);
    }

    [Fact]
    public async Task OnlyAdministrators_MaySeeOrChange()
    {
        foreach (var role in new[] { BuiltInRoles.OrgUser, BuiltInRoles.FinanceViewer })
        {
            var actor = TestPortal.Actor(role, _orgId);
            (await _portal.Portal.AskAsync(actor, new ListSsoConnections(_org, new PageRequest()))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
            (await _portal.Portal.SendAsync(actor, new CreateSsoConnection(_org, Input))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        }

        var auditor = TestPortal.Actor(BuiltInRoles.Auditor, _orgId);
        (await _portal.Portal.AskAsync(auditor, new ListSsoConnections(_org, new PageRequest()))).Problem.ShouldBeNull();
        (await _portal.Portal.SendAsync(auditor, new SealBreakGlass(_org))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        var other = await _portal.CreateOrganizationAsync("Other");
        var made = await OidcAsync();
        (await _portal.Portal.SendAsync(TestPortal.Actor(BuiltInRoles.OrgAdmin, other.Id), new RemoveSsoConnection(_org, made.Id))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.NotFound);
        (await _portal.Portal.SendAsync(TestPortal.Actor(BuiltInRoles.OrgAdmin, other.Id), new RemoveSsoConnection(other.Slug, made.Id))).Problem.ShouldNotBeNull().Code.ShouldBe("ssoConnection.notFound");
    }

    [Fact]
    public async Task Change_KeepsWhatIsAbsent_RefusesAStaleVersion_AndAsksForANewTest()
    {
        var made = await OidcAsync();
        var changed = await SendAsync(new ChangeSsoConnection(_org, made.Id, new SsoConnectionInput(Name: "Renamed", SessionHours: 4), made.Version));
        (changed.Name, changed.Settings.SessionHours, changed.HasClientSecret, changed.TestedAtUtc).ShouldBe(("Renamed", 4, true, null));
        (await _portal.Portal.SendAsync(_admin, new ChangeSsoConnection(_org, made.Id, new SsoConnectionInput(Name: "Again"), made.Version))).Problem.ShouldNotBeNull().Code.ShouldBe("version.stale");
        (await EntriesAsync("ssoConnection.change")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Certificates_TwoCount_TheLastStays_AndTheirEndIsAnnounced()
    {
        var saml = await SamlAsync(20);
        var second = Certificate(400);
        var added = await SendAsync(new AddSsoCertificate(_org, saml.Id, second));
        added.Settings.Certificates.Count.ShouldBe(2);
        (await _portal.Portal.SendAsync(_admin, new AddSsoCertificate(_org, saml.Id, Certificate(400)))).Problem.ShouldNotBeNull().Code.ShouldBe("sso.certificates.tooMany");
        (await _portal.Portal.SendAsync(_admin, new AddSsoCertificate(_org, saml.Id, "rubbish"))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull()[0].Field.ShouldBe("certificate");

        await SendAsync(new EnableSsoConnection(_org, saml.Id, true));
        var expiry = (await AskAsync(new ListSsoExpiries(_org))).ShouldHaveSingleItem();
        (expiry.DaysLeft, expiry.HasSuccessor).ShouldBe((19, true));
        await SendAsync(new RemoveSsoCertificate(_org, saml.Id, added.Settings.Certificates[1].Thumbprint));
        (await AskAsync(new ListSsoExpiries(_org))).ShouldHaveSingleItem().HasSuccessor.ShouldBeFalse();
        (await AskAsync(new Home.GetHome(_org))).Items.ShouldContain(i => i.Kind == "ssoCertificateExpiring" && i.Severity == Home.HomeSeverity.Warning);
        (await _portal.Portal.SendAsync(_admin, new RemoveSsoCertificate(_org, saml.Id, added.Settings.Certificates[0].Thumbprint))).Problem.ShouldNotBeNull().Code.ShouldBe("sso.certificate.last");
        (await EntriesAsync("ssoConnection.addCertificate")).Count(e => e.Status == AuditStatus.Success).ShouldBe(1);
    }

    [Fact]
    public async Task Metadata_FillsTheConnection_AndRubbishIsNamed()
    {
        var saml = await SamlAsync(300);
        var xml = Metadata("https://new.test/idp", "https://new.test/sso", Certificate(300));
        var imported = await SendAsync(new ImportSsoMetadata(_org, saml.Id, xml));
        (imported.Issuer, imported.Settings.SignInAddress, imported.Settings.Certificates.Count).ShouldBe(("https://new.test/idp", "https://new.test/sso", 1));
        (await _portal.Portal.SendAsync(_admin, new ImportSsoMetadata(_org, saml.Id, "<x/>"))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull()[0].Field.ShouldBe("xml");
        (await _portal.Portal.SendAsync(_admin, new ImportSsoMetadata(_org, (await OidcAsync()).Id, xml))).Problem.ShouldNotBeNull().Code.ShouldBe("sso.notSaml");
        var import = _portal.Services.GetRequiredService<SsoMetadataImport>();
        (await import.RunAsync(_admin, _org, saml.Id, "https://127.0.0.1/metadata", null, default)).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull()[0].Field.ShouldBe("address", "addresses inside are closed");
        (await import.RunAsync(TestPortal.Actor(BuiltInRoles.OrgUser, _orgId), _org, saml.Id, "https://idp.test", null, default)).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
    }

    [Theory]
    [InlineData(SsoEnforcement.Phased)]
    [InlineData(SsoEnforcement.Enforced)]
    public async Task Enforced_KeepsWhatLeadsToTheProvider(SsoEnforcement enforcement)
    {
        var made = await OidcAsync();
        var saml = await SamlAsync(300);
        await EnforceAsync(enforcement);
        await KeptAsync(new ChangeSsoConnection(_org, made.Id, new SsoConnectionInput(Issuer: "https://other.okta.test", ClientId: "another", ClientSecret: "new and long")), "issuer", "clientSecret", "clientId");
        await KeptAsync(new ChangeSsoConnection(_org, made.Id, new SsoConnectionInput(Claims: new SsoClaimsInput(UserName: ["sub"]), RequireMfa: true)), "claims", "requireMfa");
        await KeptAsync(new ChangeSsoConnection(_org, made.Id, new SsoConnectionInput(ClientProof: "privateKey")), "clientProof");
        await KeptAsync(new ChangeSsoConnection(_org, saml.Id, new SsoConnectionInput(SignInAddress: "https://new.test/sso", Certificates: [Certificate(100)])), "signInAddress", "certificates");
        await KeptAsync(new RotateSsoKey(_org, saml.Id), "keys");
        await SendAsync(new RotateSsoKey(_org, made.Id));

        var renamed = await SendAsync(new ChangeSsoConnection(_org, made.Id, new SsoConnectionInput(Name: "Renamed", Issuer: "https://acme.okta.test", ClientId: "client", SessionHours: 4, CreatePeople: true)));
        (renamed.Name, renamed.Settings.SessionHours, renamed.Settings.CreatePeople).ShouldBe(("Renamed", 4, true));
        var two = await SendAsync(new AddSsoCertificate(_org, saml.Id, Certificate(400)));
        two.Settings.Certificates.Count.ShouldBe(2, "a change of certificates interrupts nobody");
        foreach (var certificate in two.Settings.Certificates) await KeptAsync(new RemoveSsoCertificate(_org, saml.Id, certificate.Thumbprint), "certificates");
        await KeptAsync(new ImportSsoMetadata(_org, saml.Id, Metadata("https://new.test/idp", "https://old.test/sso", Certificate(300))), "issuer", "certificates");
        (await EntriesAsync("ssoConnection.removeCertificate")).ShouldAllBe(e => e.Status == AuditStatus.Failure);

        await EnforceAsync(SsoEnforcement.Off);
        await SendAsync(new RemoveSsoCertificate(_org, saml.Id, two.Settings.Certificates[0].Thumbprint));
        (await SendAsync(new ChangeSsoConnection(_org, made.Id, new SsoConnectionInput(ClientId: "another")))).Settings.ClientId.ShouldBe("another");

        async Task KeptAsync<T>(Command<T> command, params string[] fields)
        {
            var problem = (await _portal.Portal.SendAsync(_admin, command)).Problem.ShouldNotBeNull(command.ToString());
            problem.ShouldSatisfyAllConditions(p => p.Kind.ShouldBe(ProblemKind.Conflict), p => p.Code.ShouldBe("sso.enforcedSettings"), p => p.Errors.ShouldNotBeNull().Select(e => e.Field).ShouldBe(fields));
        }
    }

    [Fact]
    public async Task Enforced_TakesMetadataThatBringsASecondCertificate()
    {
        var saml = await SamlAsync(300);
        await EnforceAsync(SsoEnforcement.Enforced);
        var imported = await SendAsync(new ImportSsoMetadata(_org, saml.Id, Metadata("https://old.test/idp", "https://old.test/sso", Certificate(400))));
        imported.Settings.Certificates.Select(c => c.Thumbprint).ShouldContain(saml.Settings.Certificates[0].Thumbprint);
        imported.Settings.Certificates.Count.ShouldBe(2);
    }

    [Fact]
    public async Task NewPeople_GetARoleOfTheOrganizationsOwn()
    {
        await SendAsync(new CreateCustomRole(_org, new CustomRoleInput("Money", null, ["costs:read"])));
        var made = await SendAsync(new CreateSsoConnection(_org, Input with { CreatePeople = true, DefaultRole = "money" }));
        await SendAsync(new EnableSsoConnection(_org, made.Id, true));
        var domain = await SendAsync(new AddSsoDomain(_org, "acme.test"));
        await _portal.Services.GetRequiredService<SsoDomainCheck>().RunAsync(_admin, _org, domain.Id, default);
        (await ArriveAsync(made.Id, "ann@acme.test")).Problem.ShouldBeNull();
        (await RolesAsync("ann@acme.test")).ShouldBe(["money"]);
        (await SendAsync(new ChangeSsoConnection(_org, made.Id, new SsoConnectionInput(Name: "Renamed")))).Settings.DefaultRole.ShouldBe(made.Settings.DefaultRole);
        var keeper = _admin with { Grants = [new Grant("sso-only", GrantScope.Organization, _orgId) { Permissions = ["sso:*", "organizations:read"] }] };
        (await _portal.Portal.SendAsync(keeper, new ChangeSsoConnection(_org, made.Id, new SsoConnectionInput(Name: "Again")))).Problem.ShouldNotBeNull().Code.ShouldBe("role.beyondOwn");
    }

    [Fact]
    public async Task Key_IsMadeAnew_AndTheOneBeforeIsKept()
    {
        var made = await OidcAsync();
        var first = made.Keys[0].KeyId;
        (await SendAsync(new RotateSsoKey(_org, made.Id))).Keys.Select(k => k.KeyId).ShouldContain(first);
        var third = await SendAsync(new RotateSsoKey(_org, made.Id));
        third.Keys.Count.ShouldBe(2);
        third.Keys.Select(k => k.KeyId).ShouldNotContain(first);
        var set = SsoKeys.PublicSet(await ReadAsync(db => db.Set<SsoKey>().ToListAsync()));
        System.Text.Encoding.UTF8.GetString(set).ShouldNotContain("\"d\"");
        Jose.JwkSet.Parse(set).TryGet(out var parsed, out _).ShouldBeTrue();
        parsed.ShouldNotBeNull().Keys.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Domain_CountsOnceItIsProven_AndForOneOrganizationOnly()
    {
        (await _portal.Portal.SendAsync(_admin, new AddSsoDomain(_org, "not a domain"))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull()[0].Field.ShouldBe("name");
        var domain = await SendAsync(new AddSsoDomain(_org, "Acme.Test."));
        (domain.Name, domain.IsVerified).ShouldBe(("acme.test", false));
        domain.ProofText.ShouldStartWith("hexabase-portal-verification=");
        (await _portal.Portal.SendAsync(_admin, new AddSsoDomain(_org, "ACME.test"))).Problem.ShouldNotBeNull().Code.ShouldBe("sso.domain.exists");
        var check = _portal.Services.GetRequiredService<SsoDomainCheck>();
        (await check.RunAsync(_admin, _org, domain.Id, default)).Value.IsVerified.ShouldBeTrue();
        var unproven = await SendAsync(new AddSsoDomain(_org, "unproven.test"));
        (await check.RunAsync(_admin, _org, unproven.Id, default)).Problem.ShouldNotBeNull().Code.ShouldBe("sso.domain.unproven");

        var other = await _portal.CreateOrganizationAsync("Other");
        var rival = TestPortal.Actor(BuiltInRoles.OrgAdmin, other.Id);
        var theirs = (await _portal.Portal.SendAsync(rival, new AddSsoDomain(other.Slug, "acme.test"))).Value;
        (await check.RunAsync(rival, other.Slug, theirs.Id, default)).Problem.ShouldNotBeNull().Code.ShouldBe("sso.domain.taken");
        (await check.RunAsync(rival, other.Slug, domain.Id, default)).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.NotFound);
        (await EntriesAsync("ssoDomain.verify")).Count.ShouldBe(2);
        (await SendAsync(new RemoveSsoDomain(_org, unproven.Id))).ShouldBe(default);
        (await AskAsync(new ListSsoDomains(_org, new PageRequest()))).Items.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Mappings_LeadToAGroupOrARole_ThatTheActorMayGive()
    {
        var made = await OidcAsync();
        var group = await GroupAsync("Finance");
        var rows = await SendAsync(new SetSsoMappings(_org, made.Id, [new("g1", group), new("g2", Role: BuiltInRoles.Auditor), new("g2", Role: BuiltInRoles.Auditor)]));
        rows.Count.ShouldBe(2);
        rows[0].GroupName.ShouldBe("Finance");
        (await AskAsync(new ListSsoMappings(_org, made.Id))).Count.ShouldBe(2);
        (await EntriesAsync("ssoConnection.map")).ShouldHaveSingleItem().NewValue.ShouldNotBeNull().ShouldContain("g2");
        var wrong = await _portal.Portal.SendAsync(_admin, new SetSsoMappings(_org, made.Id, [new("g", group, "auditor"), new("", Role: "auditor"), new("g", Role: "king"), new("g", Ids.New())]));
        wrong.Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().Select(e => (e.Row, e.Code)).ShouldBe([(0L, "sso.mapping.target"), (1L, "sso.mapping.value"), (2L, "role.unknown"), (3L, "sso.mapping.group")]);
        var narrow = _admin with { Kind = ActorKind.Token, PermissionLimit = ["sso:write"] };
        (await _portal.Portal.SendAsync(narrow, new SetSsoMappings(_org, made.Id, [new("g", Role: BuiltInRoles.OrgAdmin)]))).Problem.ShouldNotBeNull().Code.ShouldBe("scope.beyondOwn", "a token gives nothing that it lacks");
    }

    [Fact]
    public async Task Mappings_ToARoleOfTheOrganizationsOwn_AreCheckedLikeBuiltInOnes_AndGiven()
    {
        var made = await OidcAsync();
        await SendAsync(new EnableSsoConnection(_org, made.Id, true));
        var role = await SendAsync(new CreateCustomRole(_org, new CustomRoleInput("Money", null, ["costs:read"])));
        (await SendAsync(new SetSsoMappings(_org, made.Id, [new("g1", Role: "money"), new("g1", Role: role.Key)]))).ShouldHaveSingleItem().Role.ShouldBe("money");
        (await AskAsync(new ListSsoMappings(_org, made.Id))).ShouldHaveSingleItem().Role.ShouldBe("money");
        // Manages single sign-on, and holds nothing of costs: neither directly nor by a group.
        var keeper = _admin with { Grants = [new Grant("sso-only", GrantScope.Organization, _orgId) { Permissions = ["sso:*", "organizations:read"] }] };
        (await _portal.Portal.SendAsync(keeper, new SetSsoMappings(_org, made.Id, [new("g", Role: "money")]))).Problem.ShouldNotBeNull().Code.ShouldBe("role.beyondOwn");
        var group = await GroupAsync("Finance");
        await SendAsync(new BindGroupRole(_org, group, "money"));
        (await _portal.Portal.SendAsync(keeper, new SetSsoMappings(_org, made.Id, [new("g", group)]))).Problem.ShouldNotBeNull().Code.ShouldBe("role.beyondOwn");

        var domain = await SendAsync(new AddSsoDomain(_org, "acme.test"));
        await _portal.Services.GetRequiredService<SsoDomainCheck>().RunAsync(_admin, _org, domain.Id, default);
        await MemberAsync("ann@acme.test");
        (await ArriveAsync(made.Id, "ann@acme.test", "g1")).Problem.ShouldBeNull();
        (await RolesAsync("ann@acme.test")).ShouldBe(["money", "orgUser"]);
        (await ArriveAsync(made.Id, "ann@acme.test")).Problem.ShouldBeNull();
        (await RolesAsync("ann@acme.test")).ShouldBe(["orgUser"]);
    }

    [Fact]
    public async Task BreakGlass_IsShownOnce_AndAnOlderCodeStopsWorking()
    {
        (await AskAsync(new GetBreakGlass(_org))).IsSealed.ShouldBeFalse();
        var first = await SendAsync(new SealBreakGlass(_org));
        var second = await SendAsync(new SealBreakGlass(_org));
        var visitor = Actor.Anonymous with { IpAddress = "192.0.2.1" };
        (await _portal.Portal.SendAsync(visitor, new UseBreakGlass(_orgId.ToString(), BreakGlassCode.Clean(first.Code), "Mori", "outage"))).Problem.ShouldNotBeNull().Code.ShouldBe("breakGlass.wrong");
        var used = await _portal.Portal.SendAsync(visitor, new UseBreakGlass(_orgId.ToString(), BreakGlassCode.Clean(second.Code.ToLowerInvariant().Replace('0', 'o')), "Mori", "outage"));
        used.Problem.ShouldBeNull();
        (await AskAsync(new GetBreakGlass(_org))).IsSealed.ShouldBeFalse();
        (await AskAsync(new Home.GetHome(_org))).Items.ShouldContain(i => i.Kind == "breakGlassUsed" && i.Severity == Home.HomeSeverity.Critical);
        var session = (await _portal.Services.GetRequiredService<SessionDirectory>().FindAsync(used.Value.SessionId, default)).ShouldNotBeNull();
        session.Grants.ShouldHaveSingleItem().ShouldBe(new Grant(BuiltInRoles.OrgAdmin, GrantScope.Organization, _orgId));
        (await EntriesAsync("breakGlass.use")).Select(e => e.Status).ShouldBe([AuditStatus.Failure, AuditStatus.Success], ignoreOrder: true);
        (await EntriesAsync("breakGlass.seal")).ShouldAllBe(e => !(e.NewValue ?? "").Contains(second.Code, StringComparison.Ordinal));
        await SendAsync(new SealBreakGlass(_org));
        (await AskAsync(new Home.GetHome(_org))).Items.ShouldNotContain(i => i.Kind == "breakGlassUsed");
    }

    [Fact]
    public async Task Preview_NamesWhoWouldStandOutside()
    {
        var made = await OidcAsync();
        var domain = await SendAsync(new AddSsoDomain(_org, "acme.test"));
        await _portal.Services.GetRequiredService<SsoDomainCheck>().RunAsync(_admin, _org, domain.Id, default);
        await MemberAsync("ann@acme.test");
        await MemberAsync("guest@elsewhere.test");
        var enforced = await AskAsync(new PreviewSsoEnforcement(_org, made.Id));
        (enforced.Bound, enforced.AtRiskCount, enforced.BreakGlassIsSealed, enforced.TestIsFresh).ShouldBe((2, 2, false, false));
        enforced.AtRisk.Single(r => r.UserName == "guest@elsewhere.test").Reasons.ShouldBe(["domain", "neverThrough"]);
        (await AskAsync(new PreviewSsoEnforcement(_org, made.Id, "phased"))).AtRisk.ShouldHaveSingleItem().UserName.ShouldBe("ann@acme.test");
        await SendAsync(new EnableSsoConnection(_org, made.Id, true));
        (await _portal.Portal.SendAsync(_admin, new EnforceSso(_org, made.Id, "sometimes"))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull()[0].Field.ShouldBe("state");
        (await _portal.Portal.SendAsync(_admin, new EnforceSso(_org, made.Id, "phased"))).Problem.ShouldNotBeNull().Code.ShouldBe("sso.enforce.untested");
    }

    [Fact]
    public async Task Remove_TakesWhatTheConnectionGave_ButNotTheLastAdministrator()
    {
        var made = await OidcAsync();
        await SendAsync(new EnableSsoConnection(_org, made.Id, true));
        await SendAsync(new SetSsoMappings(_org, made.Id, [new("admins", Role: BuiltInRoles.OrgAdmin), new("viewers", Role: BuiltInRoles.FinanceViewer)]));
        var domain = await SendAsync(new AddSsoDomain(_org, "acme.test"));
        await _portal.Services.GetRequiredService<SsoDomainCheck>().RunAsync(_admin, _org, domain.Id, default);
        await MemberAsync("ann@acme.test");
        (await ArriveAsync(made.Id, "ann@acme.test", "admins", "viewers")).Problem.ShouldBeNull();
        (await RolesAsync("ann@acme.test")).ShouldBe(["financeViewer", "orgAdmin", "orgUser"]);
        // The provider takes the only administrator away: that role stays, nothing else changes.
        (await ArriveAsync(made.Id, "ann@acme.test", "viewers")).Problem.ShouldBeNull();
        (await RolesAsync("ann@acme.test")).ShouldBe(["financeViewer", "orgAdmin", "orgUser"]);
        (await _portal.Portal.SendAsync(_admin, new RemoveSsoConnection(_org, made.Id))).Problem.ShouldNotBeNull().Code.ShouldBe("member.lastAdmin");
        await MemberAsync("second@acme.test", BuiltInRoles.OrgAdmin);
        (await ArriveAsync(made.Id, "ann@acme.test", "viewers")).Problem.ShouldBeNull();
        (await RolesAsync("ann@acme.test")).ShouldBe(["financeViewer", "orgUser"]);
        await SendAsync(new RemoveSsoConnection(_org, made.Id));
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
        await SendAsync(new EnableSsoConnection(_org, made.Id, true));
        var domain = await SendAsync(new AddSsoDomain(_org, "acme.test"));
        await _portal.Services.GetRequiredService<SsoDomainCheck>().RunAsync(_admin, _org, domain.Id, default);
        await MemberAsync("ann@acme.test");
        (await ArriveAsync(made.Id, address)).Problem.ShouldNotBeNull().Code.ShouldBeOneOf("sso.person.lookAlike", "sso.person.domain");
        (await ReadAsync(db => db.Set<Member>().CountAsync())).ShouldBe(1);
    }

    [Fact]
    public async Task Attempts_OlderThanTheyAreKept_AreSwept()
    {
        var trace = _portal.Services.GetRequiredService<SsoTrace>();
        await trace.WriteAsync(_orgId, null, "answer", false, SsoRefusals.Pending, null, null, default);
        await ReadAsync(db => db.Database.ExecuteSqlRawAsync("UPDATE sso_attempts SET at_utc = at_utc - INTERVAL '31 days'"), commit: true);
        var kept = await trace.WriteAsync(_orgId, null, "answer", false, SsoRefusals.Pending, null, null, default);
        await trace.SweepAsync(default);
        (await AskAsync(new ListSsoAttempts(_org, new PageRequest()))).Items.ShouldHaveSingleItem().Reference.ShouldBe(kept);
    }

    private static SsoConnectionInput Input => new(Name: "Okta", Kind: "oidc", Template: "okta", Issuer: "https://acme.okta.test", ClientId: "client", ClientSecret: "hush hush hush");

    private Task<SsoConnectionRow> OidcAsync(bool createPeople = false) => SendAsync(new CreateSsoConnection(_org, Input with { CreatePeople = createPeople }));

    private Task<SsoConnectionRow> SamlAsync(int days) => SendAsync(new CreateSsoConnection(_org, new SsoConnectionInput(Name: "AD FS", Kind: "saml", Issuer: "https://old.test/idp", SignInAddress: "https://old.test/sso", Certificates: [Certificate(days)])));

    private Task<int> EnforceAsync(SsoEnforcement enforcement) => ReadAsync(db => db.Set<SsoConnection>().Where(c => c.OrganizationId == _orgId).ExecuteUpdateAsync(u => u.SetProperty(c => c.Enforcement, enforcement)), commit: true);

    private static string Metadata(string issuer, string address, string certificate)
    {
        var der = certificate.Replace("-----BEGIN CERTIFICATE-----", "", StringComparison.Ordinal).Replace("-----END CERTIFICATE-----", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
        return $"""<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{issuer}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>{der}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{address}"/></md:IDPSSODescriptor></md:EntityDescriptor>""";
    }

    private static string Certificate(int days)
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-10), TimeProvider.System.GetUtcNow().AddDays(days));
        return certificate.ExportCertificatePem();
    }

    private async Task<Result<SsoArrival>> ArriveAsync(Guid connection, string address, params string[] groups)
    {
        var mapped = new MappedIdentity("https://acme.okta.test", "sub:" + address, address, address, EmailVerified: true, "Ann", groups, [], false);
        return await _portal.Portal.SendAsync(Actor.Anonymous, new ArriveBySso(_orgId, connection, new SsoIdentity(mapped, null, groups, false, null, null, new { })));
    }

    private async Task MemberAsync(string userName, string role = BuiltInRoles.OrgUser)
    {
        var user = Ids.New();
        (await _portal.Portal.SendAsync(Actor.Anonymous, new AddUserForTest(user, userName))).Problem.ShouldBeNull();
        (await _portal.Portal.SendAsync(Actor.Anonymous, new Peers.JoinForTest(_orgId, user, userName, role))).Problem.ShouldBeNull();
    }

    private async Task<string[]> RolesAsync(string userName) => [.. (await AskAsync(new ListPeople(_org, new PageRequest()))).Items.Single(p => p.UserName == userName).Roles];

    private async Task<Guid> GroupAsync(string name)
    {
        var id = Ids.New();
        (await _portal.Portal.SendAsync(Actor.Anonymous, new AddGroupForTest(_orgId, id, name))).Problem.ShouldBeNull();
        return id;
    }

    private async Task<T> SendAsync<T>(Command<T> command)
    {
        var result = await _portal.Portal.SendAsync(_admin, command);
        result.Problem.ShouldBeNull();
        return result.Value;
    }

    private async Task<T> AskAsync<T>(Query<T> query)
    {
        var result = await _portal.Portal.AskAsync(_admin, query);
        result.Problem.ShouldBeNull();
        return result.Value;
    }

    private async Task<T> ReadAsync<T>(Func<PortalDbContext, Task<T>> read, bool commit = false)
    {
        await using var open = await _portal.Database.OpenAsync(DataScope.Platform, commit, default);
        var result = await read(open.Db);
        if (commit) await open.CommitAsync(default);
        return result;
    }

    private Task<List<AuditEntry>> EntriesAsync(string action) => ReadAsync(db => db.Set<AuditEntry>().Where(e => e.Action == action && e.OrganizationId == _orgId).ToListAsync());

    private sealed class FakeProof : IDomainProof
    {
        public Task<SsoRefusal?> CheckAsync(string domain, string token, CancellationToken cancellationToken) =>
            Task.FromResult(domain.StartsWith("unproven", StringComparison.Ordinal) ? new SsoRefusal("domain.unproven", "The file is not there.", null, "Publish it.") : null);
    }

    private sealed record AddUserForTest(Guid Id, string UserName) : Command<Done>
    {
        public override string Action => "test.addUser";

        public override Permission? Permission => null;

        public override bool AllowsAnonymous => true;

        public override Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
        {
            scope.Db.Add(new User { Id = Id, UserName = UserName, NormalizedUserName = $"TEST/{Id:N}", DisplayName = UserName, CreatedAtUtc = scope.NowUtc });
            return Task.FromResult<Result<Done>>(default(Done));
        }
    }

    private sealed record AddGroupForTest(Guid OrganizationId, Guid Id, string Name) : Command<Done>
    {
        public override string Action => "test.addGroup";

        public override Permission? Permission => null;

        public override bool AllowsAnonymous => true;

        public override Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
        {
            scope.Db.Add(new Group { Id = Id, OrganizationId = OrganizationId, DisplayName = Name, DisplayNameKey = Name.ToUpperInvariant(), CreatedAtUtc = scope.NowUtc, ModifiedAtUtc = scope.NowUtc });
            return Task.FromResult<Result<Done>>(default(Done));
        }
    }
}
