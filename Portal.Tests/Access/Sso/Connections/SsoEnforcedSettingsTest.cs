using Hexabase.Portal.Audit;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>While an organization insists on a connection, nothing of it changes that could lock everybody out.</summary>
public sealed class SsoEnforcedSettingsTest(TestServer server) : SsoCommandWorld(server)
{
    [Theory]
    [InlineData(SsoEnforcement.Phased)]
    [InlineData(SsoEnforcement.Enforced)]
    public async Task Enforced_KeepsWhatLeadsToTheProvider(SsoEnforcement enforcement)
    {
        var made = await OidcAsync();
        var saml = await SamlAsync(300);
        await EnforceAsync(enforcement);
        await KeptAsync(new ChangeSsoConnection(Org, made.Id, new SsoConnectionInput(Issuer: "https://other.okta.test", ClientId: "another", ClientSecret: "new and long")), "issuer", "clientSecret", "clientId");
        await KeptAsync(new ChangeSsoConnection(Org, made.Id, new SsoConnectionInput(Claims: new SsoClaimsInput(UserName: ["sub"]), RequireMfa: true)), "claims", "requireMfa");
        await KeptAsync(new ChangeSsoConnection(Org, made.Id, new SsoConnectionInput(ClientProof: "privateKey")), "clientProof");
        await KeptAsync(new ChangeSsoConnection(Org, saml.Id, new SsoConnectionInput(SignInAddress: "https://new.test/sso", Certificates: [Certificate(100)])), "signInAddress", "certificates");

        var renamed = await SendAsync(new ChangeSsoConnection(Org, made.Id, new SsoConnectionInput(Name: "Renamed", Issuer: "https://acme.okta.test", ClientId: "client", SessionHours: 4, CreatePeople: true)));
        (renamed.Name, renamed.Settings.SessionHours, renamed.Settings.CreatePeople).ShouldBe(("Renamed", 4, true));
        var two = await SendAsync(new AddSsoCertificate(Org, saml.Id, Certificate(400)));
        two.Settings.Certificates.Count.ShouldBe(2, "a change of certificates interrupts nobody");
        foreach (var certificate in two.Settings.Certificates) (await Host.Portal.SendAsync(Admin, new RemoveSsoCertificate(Org, saml.Id, certificate.Thumbprint))).Problem.ShouldNotBeNull().Code.ShouldBe("sso.certificate.unproven");
        await KeptAsync(new ImportSsoMetadata(Org, saml.Id, Metadata("https://new.test/idp", "https://old.test/sso", Certificate(300))), "issuer", "certificates");
        (await EntriesAsync("ssoConnection.removeCertificate")).ShouldAllBe(e => e.Status == AuditStatus.Failure);

        await EnforceAsync(SsoEnforcement.Off);
        await SendAsync(new RemoveSsoCertificate(Org, saml.Id, two.Settings.Certificates[0].Thumbprint));
        (await SendAsync(new ChangeSsoConnection(Org, made.Id, new SsoConnectionInput(ClientId: "another")))).Settings.ClientId.ShouldBe("another");

        async Task KeptAsync<T>(Command<T> command, params string[] fields)
        {
            var problem = (await Host.Portal.SendAsync(Admin, command)).Problem.ShouldNotBeNull(command.ToString());
            problem.ShouldSatisfyAllConditions(p => p.Kind.ShouldBe(ProblemKind.Conflict), p => p.Code.ShouldBe("sso.enforcedSettings"), p => p.Errors.ShouldNotBeNull().Select(e => e.Field).ShouldBe(fields));
        }
    }

    [Fact]
    public async Task Enforced_TakesMetadataThatBringsASecondCertificate()
    {
        var saml = await SamlAsync(300);
        await EnforceAsync(SsoEnforcement.Enforced);
        var imported = await SendAsync(new ImportSsoMetadata(Org, saml.Id, Metadata("https://old.test/idp", "https://old.test/sso", Certificate(400))));
        imported.Settings.Certificates.Select(c => c.Thumbprint).ShouldContain(saml.Settings.Certificates[0].Thumbprint);
        imported.Settings.Certificates.Count.ShouldBe(2);
    }

    private Task<int> EnforceAsync(SsoEnforcement enforcement) => ReadAsync(db => db.Set<SsoConnection>().Where(c => c.OrganizationId == OrgId).ExecuteUpdateAsync(u => u.SetProperty(c => c.Enforcement, enforcement)), commit: true);
}
