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

/// <summary>An organization whose administrator sets up single sign-on; names of domains that begin with "unproven" are not proven.</summary>
public abstract class SsoCommandWorld : IAsyncLifetime
{
    protected SsoCommandWorld(TestServer server) => Host = new TestPortal(server)
    {
        Configure = services =>
        {
            services.Replace(ServiceDescriptor.Singleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider()));
            Proofs(services);
        },
    };

    protected TestPortal Host { get; }

    /// <summary>What finds out whether a domain is proven.</summary>
    protected virtual void Proofs(IServiceCollection services) => services.RemoveAll<IDomainProof>().AddSingleton<IDomainProof>(new FakeProof());

    protected string Org { get; private set; } = "";

    protected Guid OrgId { get; private set; }

    protected Actor Admin { get; private set; } = Actor.Anonymous;

    public async ValueTask InitializeAsync()
    {
        await Host.InitializeAsync();
        var made = await Host.CreateOrganizationAsync("Acme");
        (Org, OrgId) = (made.Slug, made.Id);
        Admin = TestPortal.Actor(BuiltInRoles.OrgAdmin, OrgId);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected static SsoConnectionInput Input => new(Name: "Okta", Kind: "oidc", Template: "okta", Issuer: "https://acme.okta.test", ClientId: "client", ClientSecret: "hush hush hush");

    protected Task<SsoConnectionRow> OidcAsync(bool createPeople = false) => SendAsync(new CreateSsoConnection(Org, Input with { CreatePeople = createPeople }));

    protected Task<SsoConnectionRow> SamlAsync(int days) => SendAsync(new CreateSsoConnection(Org, new SsoConnectionInput(Name: "AD FS", Kind: "saml", Issuer: "https://old.test/idp", SignInAddress: "https://old.test/sso", Certificates: [Certificate(days)])));

    protected static string Metadata(string issuer, string address, string certificate)
    {
        var der = certificate.Replace("-----BEGIN CERTIFICATE-----", "", StringComparison.Ordinal).Replace("-----END CERTIFICATE-----", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
        return $"""<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{issuer}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>{der}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{address}"/></md:IDPSSODescriptor></md:EntityDescriptor>""";
    }

    protected static string Certificate(int days)
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-10), TimeProvider.System.GetUtcNow().AddDays(days));
        return certificate.ExportCertificatePem();
    }

    private protected async Task<Result<SsoArrival>> ArriveAsync(Guid connection, string address, params string[] groups)
    {
        var mapped = new MappedIdentity("https://acme.okta.test", "sub:" + address, address, address, EmailVerified: true, "Ann", groups, [], false);
        return await Host.Portal.SendAsync(Actor.Anonymous, new ArriveBySso(OrgId, connection, new SsoIdentity(mapped, null, groups, false, null, null, new { })));
    }

    protected async Task MemberAsync(string userName, string role = BuiltInRoles.OrgUser)
    {
        var user = Ids.New();
        (await Host.Portal.SendAsync(Actor.Anonymous, new AddUserForTest(user, userName))).Problem.ShouldBeNull();
        (await Host.Portal.SendAsync(Actor.Anonymous, new Peers.JoinForTest(OrgId, user, userName, role))).Problem.ShouldBeNull();
    }

    protected async Task<string[]> RolesAsync(string userName) => [.. (await AskAsync(new ListPeople(Org, new PageRequest()))).Items.Single(p => p.UserName == userName).Roles];

    protected async Task<Guid> GroupAsync(string name)
    {
        var id = Ids.New();
        (await Host.Portal.SendAsync(Actor.Anonymous, new AddGroupForTest(OrgId, id, name))).Problem.ShouldBeNull();
        return id;
    }

    protected async Task<T> SendAsync<T>(Command<T> command)
    {
        var result = await Host.Portal.SendAsync(Admin, command);
        result.Problem.ShouldBeNull();
        return result.Value;
    }

    protected async Task<T> AskAsync<T>(Query<T> query)
    {
        var result = await Host.Portal.AskAsync(Admin, query);
        result.Problem.ShouldBeNull();
        return result.Value;
    }

    protected async Task<T> ReadAsync<T>(Func<PortalDbContext, Task<T>> read, bool commit = false)
    {
        await using var open = await Host.Database.OpenAsync(DataScope.Platform, commit, default);
        var result = await read(open.Db);
        if (commit) await open.CommitAsync(default);
        return result;
    }

    protected Task<List<AuditEntry>> EntriesAsync(string action) => ReadAsync(db => db.Set<AuditEntry>().Where(e => e.Action == action && e.OrganizationId == OrgId).ToListAsync());

    private sealed class FakeProof : IDomainProof
    {
        public SsoDomainWay Way => SsoDomainWay.Https;

        public Task<FieldError?> CheckAsync(string domain, string text, CancellationToken cancellationToken) =>
            Task.FromResult(domain.StartsWith("unproven", StringComparison.Ordinal) ? new FieldError("https", "sso.domain.https.other", "The file is not there.") : null);
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
