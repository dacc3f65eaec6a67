using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Sso.Oidc;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>What administrators send about a connection itself: each command with a success, a refusal and its audit entry.</summary>
public sealed class SsoConnectionCommandsTest(TestServer server) : SsoCommandWorld(server)
{
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
        (await AskAsync(new GetSsoConnection(Org, made.Id))).Name.ShouldBe("Okta");
        (await AskAsync(new ListSsoConnections(Org, new PageRequest()))).Items.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("http://plain.test", "issuer")]
    [InlineData("https://login.microsoftonline.com/common/v2.0", "issuer")]
    [InlineData("nonsense", "issuer")]
    public async Task Create_WithAnIssuerThatCannotBe_NamesTheField(string issuer, string field)
    {
        var refused = await Host.Portal.SendAsync(Admin, new CreateSsoConnection(Org, Input with { Issuer = issuer }));
        refused.Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().ShouldContain(e => e.Field == field);
    }

    [Fact]
    public async Task Create_WithNothing_NamesEveryField()
    {
        var refused = await Host.Portal.SendAsync(Admin, new CreateSsoConnection(Org, new SsoConnectionInput(Kind: "oidc", SessionHours: 0, DefaultRole: "serviceAdmin", Scopes: ["a b"])));
        refused.Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().Select(e => e.Field).ShouldBe(["name", "issuer", "clientId", "scopes", "defaultRole", "sessionHours", "clientSecret"], ignoreOrder: true);
        (await Host.Portal.SendAsync(Admin, new CreateSsoConnection(Org, new SsoConnectionInput(Kind: "saml", Name: "S", Issuer: "x", SignInAddress: "ftp://x")))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().Select(e => e.Field).ShouldBe(["signInAddress", "certificates"], ignoreOrder: true);
    }

    [Fact]
    public async Task OnlyAdministrators_MaySeeOrChange()
    {
        foreach (var role in new[] { BuiltInRoles.OrgUser, BuiltInRoles.FinanceViewer })
        {
            var actor = TestPortal.Actor(role, OrgId);
            (await Host.Portal.AskAsync(actor, new ListSsoConnections(Org, new PageRequest()))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
            (await Host.Portal.SendAsync(actor, new CreateSsoConnection(Org, Input))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        }

        var auditor = TestPortal.Actor(BuiltInRoles.Auditor, OrgId);
        (await Host.Portal.AskAsync(auditor, new ListSsoConnections(Org, new PageRequest()))).Problem.ShouldBeNull();
        (await Host.Portal.SendAsync(auditor, new SealBreakGlass(Org))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        var other = await Host.CreateOrganizationAsync("Other");
        var made = await OidcAsync();
        (await Host.Portal.SendAsync(TestPortal.Actor(BuiltInRoles.OrgAdmin, other.Id), new RemoveSsoConnection(Org, made.Id))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.NotFound);
        (await Host.Portal.SendAsync(TestPortal.Actor(BuiltInRoles.OrgAdmin, other.Id), new RemoveSsoConnection(other.Slug, made.Id))).Problem.ShouldNotBeNull().Code.ShouldBe("ssoConnection.notFound");
    }

    [Fact]
    public async Task Change_KeepsWhatIsAbsent_RefusesAStaleVersion_AndAsksForANewTest()
    {
        var made = await OidcAsync();
        var changed = await SendAsync(new ChangeSsoConnection(Org, made.Id, new SsoConnectionInput(Name: "Renamed", SessionHours: 4), made.Version));
        (changed.Name, changed.Settings.SessionHours, changed.HasClientSecret, changed.TestedAtUtc).ShouldBe(("Renamed", 4, true, null));
        (await Host.Portal.SendAsync(Admin, new ChangeSsoConnection(Org, made.Id, new SsoConnectionInput(Name: "Again"), made.Version))).Problem.ShouldNotBeNull().Code.ShouldBe("version.stale");
        (await EntriesAsync("ssoConnection.change")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Certificates_TwoCount_TheLastStays_AndTheirEndIsAnnounced()
    {
        var saml = await SamlAsync(20);
        var second = Certificate(400);
        var added = await SendAsync(new AddSsoCertificate(Org, saml.Id, second));
        added.Settings.Certificates.Count.ShouldBe(2);
        (await Host.Portal.SendAsync(Admin, new AddSsoCertificate(Org, saml.Id, Certificate(400)))).Problem.ShouldNotBeNull().Code.ShouldBe("sso.certificates.tooMany");
        (await Host.Portal.SendAsync(Admin, new AddSsoCertificate(Org, saml.Id, "rubbish"))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull()[0].Field.ShouldBe("certificate");

        await SendAsync(new EnableSsoConnection(Org, saml.Id, true));
        var expiry = (await AskAsync(new ListSsoExpiries(Org))).ShouldHaveSingleItem();
        (expiry.DaysLeft, expiry.HasSuccessor).ShouldBe((19, true));
        await SendAsync(new RemoveSsoCertificate(Org, saml.Id, added.Settings.Certificates[1].Thumbprint));
        (await AskAsync(new ListSsoExpiries(Org))).ShouldHaveSingleItem().HasSuccessor.ShouldBeFalse();
        (await AskAsync(new Home.GetHome(Org))).Items.ShouldContain(i => i.Kind == "ssoCertificateExpiring" && i.Severity == Home.HomeSeverity.Warning);
        (await Host.Portal.SendAsync(Admin, new RemoveSsoCertificate(Org, saml.Id, added.Settings.Certificates[0].Thumbprint))).Problem.ShouldNotBeNull().Code.ShouldBe("sso.certificate.last");
        (await EntriesAsync("ssoConnection.addCertificate")).Count(e => e.Status == AuditStatus.Success).ShouldBe(1);
    }

    [Fact]
    public async Task Metadata_FillsTheConnection_AndRubbishIsNamed()
    {
        var saml = await SamlAsync(300);
        var xml = Metadata("https://new.test/idp", "https://new.test/sso", Certificate(300));
        var imported = await SendAsync(new ImportSsoMetadata(Org, saml.Id, xml));
        (imported.Issuer, imported.Settings.SignInAddress, imported.Settings.Certificates.Count).ShouldBe(("https://new.test/idp", "https://new.test/sso", 1));
        (await Host.Portal.SendAsync(Admin, new ImportSsoMetadata(Org, saml.Id, "<x/>"))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull()[0].Field.ShouldBe("xml");
        (await Host.Portal.SendAsync(Admin, new ImportSsoMetadata(Org, (await OidcAsync()).Id, xml))).Problem.ShouldNotBeNull().Code.ShouldBe("sso.notSaml");
        var import = Host.Services.GetRequiredService<SsoMetadataImport>();
        (await import.RunAsync(Admin, Org, saml.Id, "https://127.0.0.1/metadata", null, default)).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull()[0].Field.ShouldBe("address", "addresses inside are closed");
        (await import.RunAsync(TestPortal.Actor(BuiltInRoles.OrgUser, OrgId), Org, saml.Id, "https://idp.test", null, default)).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
    }

    [Fact]
    public async Task Domain_CountsOnceItIsProven_AndForOneOrganizationOnly()
    {
        (await Host.Portal.SendAsync(Admin, new AddSsoDomain(Org, "not a domain"))).Problem.ShouldNotBeNull().Errors.ShouldNotBeNull()[0].Field.ShouldBe("name");
        var domain = await SendAsync(new AddSsoDomain(Org, "Acme.Test."));
        (domain.Name, domain.IsVerified).ShouldBe(("acme.test", false));
        domain.ProofText.ShouldStartWith("hexabase-portal-verification=");
        (await Host.Portal.SendAsync(Admin, new AddSsoDomain(Org, "ACME.test"))).Problem.ShouldNotBeNull().Code.ShouldBe("sso.domain.exists");
        var check = Host.Services.GetRequiredService<SsoDomainCheck>();
        (await check.RunAsync(Admin, Org, domain.Id, default)).Value.IsVerified.ShouldBeTrue();
        var unproven = await SendAsync(new AddSsoDomain(Org, "unproven.test"));
        (await check.RunAsync(Admin, Org, unproven.Id, default)).Problem.ShouldNotBeNull().Code.ShouldBe("sso.domain.unproven");

        var other = await Host.CreateOrganizationAsync("Other");
        var rival = TestPortal.Actor(BuiltInRoles.OrgAdmin, other.Id);
        var theirs = (await Host.Portal.SendAsync(rival, new AddSsoDomain(other.Slug, "acme.test"))).Value;
        (await check.RunAsync(rival, other.Slug, theirs.Id, default)).Problem.ShouldNotBeNull().Code.ShouldBe("sso.domain.taken");
        (await check.RunAsync(rival, other.Slug, domain.Id, default)).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.NotFound);
        (await EntriesAsync("ssoDomain.verify")).Count.ShouldBe(2);
        (await SendAsync(new RemoveSsoDomain(Org, unproven.Id))).ShouldBe(default);
        (await AskAsync(new ListSsoDomains(Org, new PageRequest()))).Items.ShouldHaveSingleItem();
    }
}
