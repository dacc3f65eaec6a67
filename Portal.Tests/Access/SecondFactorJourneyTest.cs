using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Hexabase.Portal.Access;

/// <summary>An authenticator app, recovery codes and a passkey, as a person meets them: by browser, with Chromium's virtual authenticator.</summary>
public sealed class SecondFactorJourneyTest(WebPortal portal, TestBrowser browser) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task Person_EnrolsAnApp_SignsInByCodeAndRecoveryCode_AndByPasskey()
    {
        var org = await portal.CreateOrganizationAsync("Second factor journey");
        var person = await TestPeople.AddAsync(portal, "orgAdmin", org, password: FactorWorld.Password);
        await using var visitor = await browser.NewPageAsync(portal);
        var page = visitor.Page;
        // A relying party is a name, not an address; both lead to the same server.
        var site = portal.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        visitor.ExpectError("net::ERR");
        visitor.ExpectError("WebSocket");
        visitor.ExpectError("Failed to fetch");
        visitor.ExpectError("401");

        await PasswordAsync(page, site, person, "/account");
        await visitor.SettleAsync();
        await Expect(page.Locator("#second-factor")).ToContainTextAsync("not set up");
        await page.ClickAsync("#factor-begin");
        var secret = FactorWorld.Base32(await page.InputValueAsync("#totp-secret"));
        await Expect(page.Locator("svg.qr")).ToBeVisibleAsync();
        await page.FillAsync("#factor-code", "000000");
        await page.Locator("#second-factor button[type=submit]").ClickAsync();
        await Expect(page.Locator("#second-factor [role=alert]").First).ToContainTextAsync("code");
        await page.FillAsync("#factor-code", Totp.Code(secret, Totp.StepOf(DateTime.UtcNow) - 1));
        await page.Locator("#second-factor button[type=submit]").ClickAsync();
        var codes = (await page.Locator("#recovery-list").InnerTextAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        codes.Length.ShouldBe(RecoveryCodes.Count);
        await visitor.ShouldBeAccessibleAsync();
        await page.Locator("#recovery-codes .btn.primary").ClickAsync();
        await Expect(page.Locator("#second-factor")).ToContainTextAsync("10 of 10 left");

        // By code.
        await SignOutAsync(page);
        await PasswordAsync(page, site, person, null);
        await page.WaitForURLAsync("**/sign-in/second-factor**");
        await visitor.ShouldBeAccessibleAsync();
        await page.FillAsync("#code", "000000");
        await page.Locator("form button[type=submit]").ClickAsync();
        await Expect(page.Locator("[role=alert]").First).ToContainTextAsync("code is wrong");
        await page.FillAsync("#code", FactorWorld.CodeNow(secret));
        await page.Locator("form button[type=submit]").ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));
        await visitor.SettleAsync();

        // By recovery code.
        await SignOutAsync(page);
        await PasswordAsync(page, site, person, "/account");
        await page.FillAsync("#code", codes[0]);
        await page.Locator("form button[type=submit]").ClickAsync();
        await visitor.SettleAsync();
        await Expect(page.Locator("#second-factor")).ToContainTextAsync("9 of 10 left");

        // A passkey: added to the account, then the only thing that is needed.
        var cdp = await page.Context.NewCDPSessionAsync(page);
        await cdp.SendAsync("WebAuthn.enable");
        await cdp.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object> { ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true },
        });
        await visitor.SettleAsync();
        await page.FillAsync("[data-passkey-name]", "My laptop");
        await page.Locator("[data-passkey=add]").ClickAsync();
        await Expect(page.Locator("#second-factor")).ToContainTextAsync("My laptop");
        await visitor.SettleAsync();
        await SignOutAsync(page);
        await page.GotoAsync($"{site}/sign-in?returnUrl=%2Faccount");
        await page.Locator("[data-passkey=signIn]").ClickAsync();
        await Expect(page.Locator("#second-factor")).ToContainTextAsync("My laptop");
        await Expect(page.Locator("[data-table=sign-ins]")).ToContainTextAsync("passkey");

        // And for proving again.
        await page.GotoAsync($"{site}/account/step-up?returnUrl=%2Faccount");
        await visitor.ShouldBeAccessibleAsync();
        await page.Locator("[data-passkey=stepUp]").ClickAsync();
        await page.WaitForURLAsync("**/account");
        (await portal.AuditAsync("session.stepUp", person.UserId)).ShouldContain(e => e.Reason == "passkey");
        await visitor.SettleAsync();
    }

    [Fact]
    public async Task RequiredFactor_IsSetUpOnTheWayIn()
    {
        var org = await portal.CreateOrganizationAsync("Required journey");
        var person = await TestPeople.AddAsync(portal, "orgUser", org, password: FactorWorld.Password);
        await portal.DoAsync(TestPortal.Admin, new Policies.SetSessionPolicy(org, null, null, Policies.MfaRule.Everybody));
        await using var visitor = await browser.NewPageAsync(portal, "ja");
        await PasswordAsync(visitor.Page, portal.Address, person, null);
        await visitor.Page.WaitForURLAsync("**/sign-in/enrol**");
        await visitor.ShouldBeAccessibleAsync();
        // Nothing else opens meanwhile.
        var other = await visitor.Page.Context.NewPageAsync();
        await other.GotoAsync($"{portal.Address}/o/{org}");
        other.Url.ShouldContain("/sign-in");
        await other.CloseAsync();
        var secret = FactorWorld.Base32(await visitor.Page.InputValueAsync("#totp-secret"));
        await visitor.Page.FillAsync("#code", FactorWorld.CodeNow(secret));
        await visitor.Page.Locator("form button[type=submit]").ClickAsync();
        await Expect(visitor.Page.Locator("#factor-codes")).ToBeVisibleAsync();
        await visitor.SettleAsync();
    }

    private static async Task PasswordAsync(IPage page, string site, TestPerson person, string? returnUrl)
    {
        await page.GotoAsync(returnUrl is null ? $"{site}/sign-in" : $"{site}/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}");
        await page.FillAsync("#userName", person.UserName);
        await page.FillAsync("#password", FactorWorld.Password);
        await page.Locator("form button[type=submit]").First.ClickAsync();
    }

    private static async Task SignOutAsync(IPage page)
    {
        await page.ClickAsync(".avatar");
        await page.ClickAsync("#user-menu [data-post]");
        await page.WaitForURLAsync("**/sign-in");
    }
}
