using System.Buffers.Binary;
using System.Net;
using System.Text.RegularExpressions;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access;

public sealed class SignInTest(TestServer server) : IAsyncLifetime
{
    private const string Password = "a long walk by the river";
    private readonly WebPortal portal = new(server);
    private static readonly Actor Visitor = Actor.Anonymous with { IpAddress = "192.0.2.9" };

    public async ValueTask InitializeAsync() => await portal.InitializeAsync();

    public async ValueTask DisposeAsync() => await portal.DisposeAsync();

    [Fact]
    public async Task SetupLink_MakesOneAdministrator_Once()
    {
        var token = portal.Services.GetRequiredService<PortalStartup>().SetupToken.ShouldNotBeNull();
        var both = await Task.WhenAll(
            portal.Portal.SendAsync(Visitor, new CreateFirstAdministrator(token, "first@example.test", "First", Password)),
            portal.Portal.SendAsync(Visitor, new CreateFirstAdministrator(token, "second@example.test", "Second", Password)));

        both.Count(r => r.Succeeded).ShouldBe(1);
        (await portal.Portal.SendAsync(Visitor, new CreateFirstAdministrator(token, "third@example.test", "Third", Password))).Problem.ShouldNotBeNull().Code.ShouldBe("setup.ended");
    }

    [Theory]
    [InlineData("short", "password.tooShort")]
    [InlineData("passwordpassword", "password.common")]
    [InlineData("first@example.test", "password.isUserName")]
    public async Task WeakPassword_IsRefused(string password, string code)
    {
        var token = portal.Services.GetRequiredService<PortalStartup>().SetupToken.ShouldNotBeNull();
        var result = await portal.Portal.SendAsync(Visitor, new CreateFirstAdministrator(token, "first@example.test", "First", password));
        result.Problem.ShouldNotBeNull().Errors.ShouldNotBeNull().ShouldContain(e => e.Code == code);
    }

    [Fact]
    public void Password_IsHashedSlowly()
    {
        var hash = Convert.FromBase64String(portal.Services.GetRequiredService<IPasswordHasher<User>>().HashPassword(new User { Id = Ids.New(), UserName = "a", NormalizedUserName = "A", DisplayName = "A", CreatedAtUtc = DateTime.UnixEpoch }, "several words in a row"));
        // The framework's third format: marker, pseudo-random function (2 = HMAC-SHA-512), rounds, salt.
        (hash[0], BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(1)), BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(5))).ShouldBe(((byte)1, 2u, 210_000u));
    }

    [Fact]
    public async Task SignIn_OpensASession_ThatEndsWhenItIsRevoked()
    {
        await AdministratorAsync();
        var cookie = await SignInAsync("first@example.test", Password);
        (await WithCookieAsync("/api/v1/account", cookie)).Status.ShouldBe(HttpStatusCode.OK);

        var sessions = await WithCookieAsync("/api/v1/account/sessions", cookie);
        var id = sessions.Json.GetProperty("items")[0].GetProperty("id").GetGuid();
        var person = (await portal.Services.GetRequiredService<SessionDirectory>().FindAsync(id, CancellationToken.None)).ShouldNotBeNull();
        (await portal.Portal.SendAsync(person.ToActor(), new RevokeSession(id))).Problem.ShouldBeNull();

        (await WithCookieAsync("/api/v1/account", cookie)).ShouldBeProblem(HttpStatusCode.Unauthorized, "access.signIn");
    }

    [Fact]
    public async Task SignIn_EndsTheSessionThatTheBrowserHad()
    {
        await AdministratorAsync();
        var first = await SignInAsync("first@example.test", Password);
        var elsewhere = await SignInAsync("first@example.test", Password);
        var again = await SignInAsync("first@example.test", Password, first);

        (await WithCookieAsync("/api/v1/account", first)).ShouldBeProblem(HttpStatusCode.Unauthorized, "access.signIn");
        (await WithCookieAsync("/api/v1/account", elsewhere)).Status.ShouldBe(HttpStatusCode.OK);
        (await WithCookieAsync("/api/v1/account", again)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task PasswordChange_NeedsTheCurrentOne_AndEndsOtherSessions()
    {
        await AdministratorAsync();
        var (here, elsewhere) = (await SignInAsync("first@example.test", Password), await SignInAsync("first@example.test", Password));
        var id = (await WithCookieAsync("/api/v1/account/sessions", here)).Json.GetProperty("items").EnumerateArray().Single(s => s.GetProperty("isCurrent").GetBoolean()).GetProperty("id").GetGuid();
        var actor = (await portal.Services.GetRequiredService<SessionDirectory>().FindAsync(id, CancellationToken.None)).ShouldNotBeNull().ToActor();
        (await portal.Portal.SendAsync(actor, new ChangePassword("not the current one", "three brown bears asleep"))).Problem.ShouldNotBeNull().Errors![0].Code.ShouldBe("password.wrong");
        (await portal.Portal.SendAsync(actor, new ChangePassword(Password, "password1234"))).Problem.ShouldNotBeNull().Errors![0].Code.ShouldBe("password.common");
        (await WithCookieAsync("/api/v1/account", elsewhere)).Status.ShouldBe(HttpStatusCode.OK);

        (await portal.Portal.SendAsync(actor, new ChangePassword(Password, "three brown bears asleep"))).Problem.ShouldBeNull();
        (await WithCookieAsync("/api/v1/account", here)).Status.ShouldBe(HttpStatusCode.OK);
        (await WithCookieAsync("/api/v1/account", elsewhere)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        await SignInAsync("first@example.test", "three brown bears asleep");
    }

    [Fact]
    public async Task UnsafeRequestByCookie_NeedsTheAntiforgeryHeader()
    {
        await AdministratorAsync();
        var cookie = await SignInAsync("first@example.test", Password);
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/organizations") { Content = new StringContent("{}", null, "application/json") };
        request.Headers.Add("Cookie", cookie);
        using var nobody = portal.Client();
        (await portal.SendAsync(request, nobody)).ShouldBeProblem(HttpStatusCode.BadRequest, "antiforgery.missing");
    }

    [Fact]
    public async Task Guessing_IsThrottled_AndUnknownNamesLookTheSame()
    {
        await AdministratorAsync();
        var signIn = portal.Services.GetRequiredService<PasswordSignIn>();
        var known = await signIn.SignInAsync(Visitor, "a", "first@example.test", "wrong wrong wrong", CancellationToken.None);
        var unknown = await signIn.SignInAsync(Visitor, "b", "nobody@example.test", "wrong wrong wrong", CancellationToken.None);
        unknown.Problem.ShouldBe(known.Problem);

        for (var i = 0; i < 4; i++) await signIn.SignInAsync(Visitor, "a", $"nobody{i}@example.test", "wrong wrong wrong", CancellationToken.None);
        var throttled = (await signIn.SignInAsync(Visitor, "a", "first@example.test", Password, CancellationToken.None)).Problem.ShouldNotBeNull();
        throttled.Kind.ShouldBe(ProblemKind.TooManyRequests);
        throttled.RetryAfterSeconds.ShouldNotBeNull().ShouldBeGreaterThan(0);
        // Another source is not shut out.
        (await signIn.SignInAsync(Visitor, "c", "first@example.test", Password, CancellationToken.None)).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task Invitation_MakesAMember_AndTheLastAdministratorStays()
    {
        var org = await portal.CreateOrganizationAsync("Invited");
        var invited = await portal.PostAsync($"/api/v1/organizations/{org}/invitations", new { email = "Taro@Example.test", role = "orgAdmin" });
        invited.Status.ShouldBe(HttpStatusCode.Created, invited.Text);
        var token = invited.Json.GetProperty("link").GetString().ShouldNotBeNull().Split('/')[^1];
        (await portal.Portal.SendAsync(Visitor, new AcceptInvitation(token, "山田 太郎", Password))).Problem.ShouldBeNull();
        (await portal.Portal.SendAsync(Visitor, new AcceptInvitation(token, "Again", Password))).Problem.ShouldNotBeNull().Code.ShouldBe("invitation.ended");

        var people = await portal.GetAsync($"/api/v1/organizations/{org}/people");
        var member = people.Json.GetProperty("items")[0];
        member.GetProperty("displayName").GetString().ShouldBe("山田 太郎");
        var path = $"/api/v1/organizations/{org}/people/{member.GetProperty("id").GetString()}";
        (await portal.SendAsync(new HttpRequestMessage(HttpMethod.Delete, path))).ShouldBeProblem(HttpStatusCode.Conflict, "member.lastAdmin");
    }

    [Theory]
    [InlineData("/finance?tab=1", "/finance?tab=1")]
    [InlineData("//evil.test", "/")]
    [InlineData("/\\evil.test", "/")]
    [InlineData("https://evil.test", "/")]
    [InlineData(null, "/")]
    public void ReturnAddress_StaysHere(string? given, string expected) => AccountForms.Local(given).ShouldBe(expected);

    [Fact]
    public async Task SignIn_AfterTheDatabaseWasAway_IsReadOnceMore()
    {
        await AdministratorAsync();
        await SignInAsync("first@example.test", Password);
        await using (var owner = new NpgsqlConnection(portal.ConnectionString))
        {
            await owner.OpenAsync(TestContext.Current.CancellationToken);
            await using var kill = new NpgsqlCommand("SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'portal_platform' AND pid <> pg_backend_pid()", owner);
            ((long?)await kill.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull().ShouldBeGreaterThan(0);
        }

        // The first that reads over a pool of dead connections.
        (await portal.Services.GetRequiredService<PasswordSignIn>().SignInAsync(Visitor, "a", "first@example.test", Password, CancellationToken.None)).Problem.ShouldBeNull();
    }

    private async Task AdministratorAsync()
    {
        var token = portal.Services.GetRequiredService<PortalStartup>().SetupToken.ShouldNotBeNull();
        (await portal.Portal.SendAsync(Visitor, new CreateFirstAdministrator(token, "first@example.test", "First", Password))).Problem.ShouldBeNull();
    }

    /// <summary>Posts the sign-in form as a browser does and answers the session cookie.</summary>
    private async Task<string> SignInAsync(string userName, string password, string? before = null)
    {
        // The form's token and cookie as the page would carry them.
        var http = new DefaultHttpContext { RequestServices = portal.Services };
        if (before is not null)
        {
            http.Request.Headers.Cookie = before;
            http.User = (await http.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme)).Principal.ShouldNotBeNull();
        }

        var tokens = portal.Services.GetRequiredService<IAntiforgery>().GetAndStoreTokens(http);
        var antiforgery = http.Response.Headers.SetCookie.ToString().Split(';')[0];
        var request = new HttpRequestMessage(HttpMethod.Post, "/account/sign-in")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal) { ["userName"] = userName, ["password"] = password, [tokens.FormFieldName] = tokens.RequestToken.ShouldNotBeNull() }),
        };
        request.Headers.Add("Cookie", before is null ? antiforgery : $"{antiforgery}; {before}");
        using var nobody = portal.Client();
        var answer = await portal.SendAsync(request, nobody);
        answer.Status.ShouldBe(HttpStatusCode.Redirect, answer.Text);
        answer.Headers["Location"].ShouldBe("/");
        var cookie = Regex.Match(answer.Headers["Set-Cookie"], "portal-session=[^;]+", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;
        cookie.ShouldNotBeEmpty();
        return cookie;
    }

    private async Task<Answer> WithCookieAsync(string path, string cookie)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Cookie", cookie);
        using var nobody = portal.Client();
        return await portal.SendAsync(request, nobody);
    }
}
