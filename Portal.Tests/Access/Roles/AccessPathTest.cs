using System.Text.Json.Nodes;
using Hexabase.Portal.Access.Explain;
using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Access.Sso.Entry;
using Hexabase.Portal.Access.Sso.Oidc;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Roles;

/// <summary>The path from the identity provider to the permission, told from its beginning: mappings of single sign-on and provisioning.</summary>
public sealed class AccessPathTest : IAsyncLifetime
{
    private const string Ann = "ann@acme.test";
    private readonly TestPortal _portal;
    private string _org = "";
    private Guid _orgId;
    private Actor _admin = Actor.Anonymous;
    private Actor _provisioner = Actor.Anonymous;

    public AccessPathTest(TestServer server) => _portal = new TestPortal(server) { Configure = services => services.Replace(ServiceDescriptor.Singleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider())) };

    public async ValueTask InitializeAsync()
    {
        await _portal.InitializeAsync();
        var made = await _portal.CreateOrganizationAsync("Acme");
        (_org, _orgId) = (made.Slug, made.Id);
        _admin = TestPortal.Actor(BuiltInRoles.OrgAdmin, _orgId);
        _provisioner = TestPortal.Actor(BuiltInRoles.OrgUser, _orgId) with { Kind = ActorKind.Token, Id = Ids.New(), Name = "Entra provisioning", PermissionLimit = ["scim"] };
    }

    public async ValueTask DisposeAsync() => await _portal.DisposeAsync();

    [Fact]
    public async Task MappedGroup_IsShownFromTheProviderOn_AndWhatWouldEndIt()
    {
        var connection = await ConnectAsync();
        var group = await ProvisionGroupAsync("Operations", "entra-ops");
        await DoAsync(new BindGroupRole(_org, group, BuiltInRoles.Auditor));
        await DoAsync(new SetSsoMappings(_org, connection, [new("ops", group), new("operators", group), new("money", Role: BuiltInRoles.FinanceManager)]));
        await ArriveAsync(connection, "ops");

        var why = await WhyAsync(Ann, "audit:read");
        why.Allowed.ShouldBeTrue();
        var path = why.Paths[0];
        path.ShouldSatisfyAllConditions(p => p.Verdict.ShouldBe(WayVerdict.Grants), p => p.Group.ShouldBe("Operations"), p => p.ExternalGroup.ShouldBe("entra-ops"), p => p.Role.ShouldBe(BuiltInRoles.Auditor));
        path.Origin.ShouldSatisfyAllConditions(o => o.Source.ShouldBe(WaySource.Mapping), o => o.ConnectionId.ShouldBe(connection), o => o.Connection.ShouldBe("Okta"), o => o.ProviderGroups.ShouldBe(["operators", "ops"]));
        path.GroupMade.ShouldNotBeNull().ShouldSatisfyAllConditions(m => m.Provisioner.ShouldBe("Entra provisioning"), m => m.ProvisionerId.ShouldBe(_provisioner.Id));
        why.Paths.Single(p => p.Group is null).Origin.ShouldSatisfyAllConditions(o => o.Source.ShouldBe(WaySource.FirstSignIn), o => o.Connection.ShouldBe("Okta"));
        (await AskAsync(new ListWhoCan(_org, new AccessQuestion("audit:read"), new PageRequest()))).Items.Single(w => w.UserName == Ann).ShouldSatisfyAllConditions(w => w.Origin.Source.ShouldBe(WaySource.Mapping), w => w.Origin.Connection.ShouldBe("Okta"), w => w.Group.ShouldBe("Operations"));

        var refused = await WhyAsync(Ann, "budgets:write");
        refused.Allowed.ShouldBeFalse();
        refused.MappingsThatAllow.ShouldHaveSingleItem().ShouldBe(new MappingThatAllows(connection, "Okta", "money", null, BuiltInRoles.FinanceManager, null));
        await DoAsync(new EnableSsoConnection(_org, connection, false));
        (await WhyAsync(Ann, "budgets:write")).MappingsThatAllow.ShouldBeEmpty("nobody comes in through a connection that is switched off");
    }

    [Fact]
    public async Task MappedRole_KeepsItsBeginning_UntilTheNextSignInEndsIt()
    {
        var connection = await ConnectAsync();
        await DoAsync(new SetSsoMappings(_org, connection, [new("money", Role: BuiltInRoles.FinanceManager)]));
        await ArriveAsync(connection);
        await ArriveAsync(connection, "money");
        var held = await MomentAsync();
        (await PathAsync(BuiltInRoles.FinanceManager)).Origin.ProviderGroups.ShouldBe(["money"]);
        await DoAsync(new SetSsoMappings(_org, connection, []));
        (await PathAsync(BuiltInRoles.FinanceManager)).Origin.ShouldSatisfyAllConditions(o => o.Source.ShouldBe(WaySource.Mapping), o => o.ProviderGroups.ShouldBeEmpty());
        await ArriveAsync(connection, "money");
        var past = await AskAsync(new ExplainAccess(_org, Ann, new AccessQuestion("budgets:write", At: held)));
        past.ShouldSatisfyAllConditions(p => p.Allowed.ShouldBeTrue(), p => p.Paths.Single(x => x.Role == BuiltInRoles.FinanceManager).Origin.Source.ShouldBe(WaySource.Unknown), p => p.Paths.Single(x => x.Role == BuiltInRoles.OrgUser).Origin.Source.ShouldBe(WaySource.FirstSignIn));
    }

    [Fact]
    public async Task ProvisionedPerson_AndWhatIsGivenByHand_AreToldApart()
    {
        await ConnectAsync();
        var made = await _portal.Portal.SendAsync(_provisioner, new CreateScimUser(_org, JsonNode.Parse("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bob@acme.test","active":true}"""), "https://portal.test"));
        made.Problem.ShouldBeNull();
        var group = await ProvisionGroupAsync("Buyers", "entra-buy", made.Value.Id);
        await DoAsync(new BindGroupRole(_org, group, BuiltInRoles.FinanceViewer));
        await DoAsync(new Bindings.BindRole(_org, new Bindings.BindingInput("bob@acme.test", BuiltInRoles.Auditor)));
        var paths = (await WhyAsync("bob@acme.test", "costs:read")).Paths;
        paths.Single(p => p.Role == BuiltInRoles.FinanceViewer).ShouldSatisfyAllConditions(p => p.Origin.ShouldBe(new WayOrigin(WaySource.Provisioning)), p => p.GroupMade.ShouldNotBeNull().Provisioner.ShouldBe("Entra provisioning"));
        paths.Single(p => p.Role == BuiltInRoles.OrgUser).Origin.Source.ShouldBe(WaySource.Provisioning);
        paths.Single(p => p.Role == BuiltInRoles.Auditor).Origin.Source.ShouldBe(WaySource.Assigned);
        var narrow = _admin with { Grants = [new Grant("roles-only", GrantScope.Organization, _orgId) { Permissions = ["roles:read"] }] };
        (await _portal.Portal.AskAsync(narrow, new ExplainAccess(_org, "bob@acme.test", new AccessQuestion("costs:read")))).Value.Paths.Single(p => p.Group is not null).GroupMade.ShouldNotBeNull().Provisioner.ShouldBeNull("the log is not theirs to read");
    }

    private async Task<Guid> ConnectAsync()
    {
        var made = await DoAsync(new CreateSsoConnection(_org, new SsoConnectionInput(Name: "Okta", Kind: "oidc", Template: "okta", Issuer: "https://acme.okta.test", ClientId: "client", ClientProof: "privateKey", CreatePeople: true)));
        await DoAsync(new EnableSsoConnection(_org, made.Id, true));
        await DoAsync(new VerifySsoDomain(_org, (await DoAsync(new AddSsoDomain(_org, "acme.test"))).Id, new SsoDomainFinding(SsoDomainWay.Dns, [])));
        return made.Id;
    }

    private async Task ArriveAsync(Guid connection, params string[] groups)
    {
        var mapped = new MappedIdentity("https://acme.okta.test", "sub:ann", Ann, Ann, EmailVerified: true, "Ann", groups, [], false);
        (await _portal.Portal.SendAsync(Actor.Anonymous, new ArriveBySso(_orgId, connection, new SsoIdentity(mapped, null, groups, false, null, null, new { })))).Problem.ShouldBeNull();
    }

    private async Task<Guid> ProvisionGroupAsync(string name, string externalId, params Guid[] members)
    {
        var body = new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:Group"), ["displayName"] = name, ["externalId"] = externalId, ["members"] = new JsonArray([.. members.Select(m => new JsonObject { ["value"] = m.ToString() })]),
        };
        var made = await _portal.Portal.SendAsync(_provisioner, new CreateScimGroup(_org, body, "https://portal.test"));
        made.Problem.ShouldBeNull();
        return made.Value.Id;
    }

    private async Task<AccessPath> PathAsync(string role) => (await WhyAsync(Ann, "budgets:write")).Paths.Single(p => p.Role == role);

    private Task<AccessExplanation> WhyAsync(string principal, string permission) => AskAsync(new ExplainAccess(_org, principal, new AccessQuestion(permission)));

    // Rows that are written in the next moment are later than this one.
    private static async Task<DateTime> MomentAsync()
    {
        await Task.Delay(20, TestContext.Current.CancellationToken);
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await Task.Delay(20, TestContext.Current.CancellationToken);
        return now;
    }

    private async Task<T> DoAsync<T>(Command<T> command)
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
}
