using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Peers;

/// <summary>An organization whose people sign in over HTTP through a certified OpenID provider.</summary>
public abstract class OidcPeerWorld(SsoWorld world) : IClassFixture<SsoWorld>, IAsyncLifetime
{
    private NodePeer? _provider;

    protected SsoWorld World => world;

    protected string Org { get; private set; } = "";

    protected string Domain { get; private set; } = "";

    protected Guid Connection { get; private set; }

    private protected NodePeer Provider => _provider.ShouldNotBeNull();

    protected string Ann => $"ann@{Domain}";

    public async ValueTask InitializeAsync()
    {
        Org = await World.Web.CreateOrganizationAsync("Peers");
        Domain = $"{Org}.test";
        await World.ProveAsync(Org, Domain);
        (Connection, _provider) = await World.ConnectOidcAsync(
            new { ann = Account("ann", "finance", "operations"), bob = Account("bob"), eve = new { email = "eve@elsewhere.test", email_verified = true, name = "Eve" }, mallory = new { email = $"mallory@{Domain}", email_verified = false }, nobody = new { } },
            new { createPeople = true, defaultRole = "orgUser" }, Org);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected object Account(string name, params string[] groups) => new { email = $"{name}@{Domain}", email_verified = true, name, preferred_username = name, groups };

    protected string Path(string below = "") => $"/api/v1/organizations/{Org}/sso/connections/{Connection}{(below.Length == 0 ? "" : "/" + below)}";
}
