using System.Net;
using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Access;

/// <summary>What a session that an organization's provider vouched for may do to its person's account.</summary>
public sealed class OwnAccountTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task SessionThroughAProvider_ChangesNothingOfHowThePersonSignsIn()
    {
        var (_, person, actor) = await ThroughProviderAsync("Credentials");
        var passkey = new UserPasskeyInfo([1, 2, 3], [4], DateTimeOffset.UtcNow, 0, [], true, false, false, [], []);
        await IsRefusedAsync(actor, new AddPasskey(passkey, "Theirs"));
        await IsRefusedAsync(actor, new RenamePasskey(Guid.NewGuid(), "Mine"));
        await IsRefusedAsync(actor, new RemovePasskey(Guid.NewGuid()));
        await IsRefusedAsync(actor, new BeginTotp());
        await IsRefusedAsync(actor, new ConfirmTotp("123456"));
        await IsRefusedAsync(actor, new RemoveTotp());
        await IsRefusedAsync(actor, new MakeRecoveryCodes());
        await IsRefusedAsync(actor, new ChangePassword(FactorWorld.Password, "another walk by the sea"));
        (await portal.SignInAsync(person)).Succeeded.ShouldBeTrue("the password is the old one");
        (await portal.AuditAsync("user.changePassword", person.UserId)).ShouldHaveSingleItem().Status.ShouldBe(AuditStatus.Failure);

        // The same person with the portal's own account.
        await portal.DoAsync(await portal.ActorAsync(person), new BeginTotp());
    }

    [Fact]
    public async Task SessionThroughAProvider_SeesAndEndsOnlyWhatTheProviderVouchedFor()
    {
        var (_, person, actor) = await ThroughProviderAsync("Sessions");
        var second = await OpenAsync(person, actor.ConnectionId);
        (await portal.Portal.AskAsync(actor, new ListSessions())).Value.Select(s => s.Id).ShouldBe([second, actor.SessionId ?? Guid.Empty], ignoreOrder: true);
        (await portal.Portal.AskAsync(actor, new ListRecentSignIns())).Value.ShouldNotContain(s => s.Id == person.SessionId);
        await IsRefusedAsync(actor, new RevokeSession(person.SessionId));
        await portal.DoAsync(actor, new RevokeSession(second));
        await portal.DoAsync(actor, new SignOut(Everywhere: true));
        (await FindAsync(actor.SessionId ?? Guid.Empty)).ShouldBeNull();
        (await FindAsync(person.SessionId)).ShouldNotBeNull("it was opened with the portal's own account");
        (await portal.Portal.AskAsync(await portal.ActorAsync(person), new ListRecentSignIns())).Value.Count.ShouldBe(3);
    }

    [Fact]
    public async Task SessionThroughAProvider_SeesAndEndsOnlyTokensOfItsOrganization()
    {
        var (org, person, actor) = await ThroughProviderAsync("Tokens");
        var elsewhere = await portal.CreateOrganizationAsync("Elsewhere");
        await JoinAsync(person, elsewhere);
        var own = await portal.ActorAsync(person);
        var here = await portal.DoAsync(own, new CreateToken(org, new TokenInput("here", "auditor")));
        var there = await portal.DoAsync(own, new CreateToken(elsewhere, new TokenInput("there", "auditor")));
        (await portal.Portal.AskAsync(actor, new ListOwnTokens())).Value.ShouldHaveSingleItem().Id.ShouldBe(here.Row.Id);
        (await portal.Portal.AskAsync(own, new ListOwnTokens())).Value.Count.ShouldBe(2);
        await IsRefusedAsync(actor, new RevokeOwnToken(there.Row.Id));
        (await portal.RefusedAsync(actor, new CreateToken(elsewhere, new TokenInput("more", "auditor")))).Code.ShouldBe("organization.notFound");
        await portal.DoAsync(actor, new RevokeOwnToken(here.Row.Id));
    }

    [Fact]
    public async Task AccountPage_OffersOnlyWhatTheSessionMayDo()
    {
        var (_, person, actor) = await ThroughProviderAsync("Pages");
        await using var visitor = await browser.NewPageAsync(portal, "ja");
        await visitor.SignInAsync(person with { SessionId = actor.SessionId ?? Guid.Empty });
        await visitor.GoAsync("/account");
        await Expect(visitor.Page.Locator("#through-provider")).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator("#second-factor")).ToHaveCountAsync(0);
        await Expect(visitor.Page.Locator("input[type=password]")).ToHaveCountAsync(0);
        await visitor.ShouldBeAccessibleAsync();
        await visitor.SignInAsync(person);
        await visitor.GoAsync("/account");
        await Expect(visitor.Page.Locator("#through-provider")).ToHaveCountAsync(0);
        await Expect(visitor.Page.Locator("#second-factor")).ToBeVisibleAsync();
    }

    private async Task IsRefusedAsync<T>(Actor actor, Command<T> command) => (await portal.RefusedAsync(actor, command)).Code.ShouldBe("account.throughProvider", command.Action);

    private async Task<SessionIdentity?> FindAsync(Guid session) => await portal.Services.GetRequiredService<SessionDirectory>().FindAsync(session, CancellationToken.None);

    /// <summary>A person with a session of the portal's own account and one through their organization's provider, which acts.</summary>
    private async Task<(string Org, TestPerson Person, Actor Actor)> ThroughProviderAsync(string name)
    {
        var org = await portal.CreateOrganizationAsync(name);
        var person = await TestPeople.AddAsync(portal, "orgAdmin", org, password: FactorWorld.Password);
        var made = await portal.PostAsync($"/api/v1/organizations/{org}/sso/connections", new { name = "Provider", kind = "oidc", issuer = "https://idp.example.test", clientId = "portal", clientSecret = "hush" });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        var connection = made.Json.GetProperty("id").GetGuid();
        await portal.ShiftAsync(db => db.Set<SsoConnection>().Where(c => c.Id == connection).ExecuteUpdateAsync(u => u.SetProperty(c => c.IsEnabled, true)));
        var session = await OpenAsync(person, connection);
        return (org, person, (await FindAsync(session)).ShouldNotBeNull().ToActor());
    }

    private async Task<Guid> OpenAsync(TestPerson person, Guid? connection)
    {
        var now = DateTime.UtcNow;
        var session = new Session { Id = Ids.New(), UserId = person.UserId, CreatedAtUtc = now, LastSeenAtUtc = now, ExpiresAtUtc = now.AddHours(1), Method = SignInMethods.Oidc, ConnectionId = connection };
        await AddAsync(session);
        return session.Id;
    }

    private async Task JoinAsync(TestPerson person, string org)
    {
        var id = (await portal.Services.GetRequiredService<Organizations.OrganizationDirectory>().FindAsync(org, CancellationToken.None)).ShouldNotBeNull().Id;
        await AddAsync(
            new Member { Id = Ids.New(), OrganizationId = id, UserId = person.UserId, UserName = person.UserName, DisplayName = person.DisplayName, JoinedAtUtc = DateTime.UtcNow },
            new RoleBinding { Id = Ids.New(), OrganizationId = id, PrincipalKind = PrincipalKind.Person, PrincipalId = person.UserId, Role = "orgAdmin", Scope = GrantScope.Organization, CreatedAtUtc = DateTime.UtcNow });
    }

    private Task AddAsync(params object[] rows) => portal.ShiftAsync(async db =>
    {
        db.AddRange(rows);
#pragma warning disable RS0030 // Rows as a sign-in leaves them; no command of the portal makes them without a provider.
        await db.SaveChangesAsync();
#pragma warning restore RS0030
    });
}
