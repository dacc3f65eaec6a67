using System.Net;
using System.Net.Http.Json;
using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Policies;

public sealed class SessionPolicyTest(WebPortal portal) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task Policy_IsSetReadAndVersioned_ByRest()
    {
        var org = await portal.CreateOrganizationAsync("Policy");
        await TestPeople.AddAsync(portal, "orgUser", org, "Sato Hanako", FactorWorld.Password);
        await TestPeople.AddAsync(portal, "orgAdmin", org, "Mori Taro", FactorWorld.Password);
        await TestPeople.AddAsync(portal, "orgAdmin", org, "Single Sign-on");
        var address = $"/api/v1/organizations/{org}/session-policy";
        var empty = await portal.GetAsync(address);
        empty.Json.GetProperty("mfaFor").GetString().ShouldBe("nobody");
        empty.Json.GetProperty("lackingEverybody").GetInt32().ShouldBe(2, "whoever has no password signs in elsewhere");
        empty.Json.GetProperty("lackingAdmins").GetInt32().ShouldBe(1);

        var wrong = await PutAsync(address, new { lifetimeHours = 0, idleMinutes = 1, mfaFor = "everybody", graceDays = 91 });
        wrong.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        wrong.Json.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("code").GetString()).ShouldBe(["sessionPolicy.lifetime", "sessionPolicy.idle", "sessionPolicy.grace"]);
        (await PutAsync(address, new { mfaFor = "sometimes" })).Status.ShouldBe(HttpStatusCode.BadRequest);
        var set = await PutAsync(address, new { lifetimeHours = 8, idleMinutes = 30, mfaFor = "admins", graceDays = 7 });
        set.Status.ShouldBe(HttpStatusCode.OK, set.Text);
        set.Headers["ETag"].ShouldBe("\"v1\"");
        (await portal.GetAsync(address)).Headers["ETag"].ShouldBe("\"v1\"");
        (await PutAsync(address, new { mfaFor = "nobody" }, "\"v7\"")).Status.ShouldBe(HttpStatusCode.PreconditionFailed);

        using var auditor = await portal.ClientAsync(org, "auditor");
        (await portal.GetAsync(address, auditor)).Status.ShouldBe(HttpStatusCode.OK);
        (await PutAsync(address, new { mfaFor = "nobody" }, client: auditor)).ShouldBeProblem(HttpStatusCode.Forbidden, "access.denied");
        using var user = await portal.ClientAsync(org, "orgUser");
        (await portal.GetAsync(address, user)).ShouldBeProblem(HttpStatusCode.Forbidden, "access.denied");
        var log = await portal.GetAsync($"/api/v1/organizations/{org}/audit?q=action%3AsessionPolicy.set");
        log.Text.ShouldContain("idleMinutes");
    }

    [Fact]
    public async Task ShorterTimes_EndOpenSessions_AndTheStrictestCounts()
    {
        var org = await portal.CreateOrganizationAsync("Times");
        var admin = TestPortal.Admin;
        var young = await TestPeople.AddAsync(portal, "orgUser", org);
        var old = await TestPeople.AddAsync(portal, "orgUser", org);
        var idle = await TestPeople.AddAsync(portal, "orgUser", org);
        var (began, seen) = (DateTime.UtcNow.AddHours(-3), DateTime.UtcNow.AddMinutes(-20));
        await portal.ShiftAsync(db => db.Set<Session>().Where(s => s.Id == old.SessionId).ExecuteUpdateAsync(u => u.SetProperty(s => s.CreatedAtUtc, began)));
        await portal.ShiftAsync(db => db.Set<Session>().Where(s => s.Id == idle.SessionId).ExecuteUpdateAsync(u => u.SetProperty(s => s.LastSeenAtUtc, seen)));
        var sessions = portal.Services.GetRequiredService<SessionDirectory>();
        Guid[] all = [young.SessionId, old.SessionId, idle.SessionId];
        (await sessions.StillHoldingAsync(all, seen: false, CancellationToken.None)).Count.ShouldBe(3);

        await portal.DoAsync(admin, new SetSessionPolicy(org, 2, 15, MfaRule.Nobody));
        (await sessions.StillHoldingAsync(all, seen: false, CancellationToken.None)).ShouldBe([young.SessionId]);
        (await sessions.FindAsync(old.SessionId, CancellationToken.None)).ShouldBeNull();
        (await sessions.FindAsync(idle.SessionId, CancellationToken.None)).ShouldBeNull();
        (await sessions.FindAsync(young.SessionId, CancellationToken.None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task RequiredFactor_IsSetUpBeforeAnythingElse_OnceTheGraceIsOver()
    {
        var org = await portal.CreateOrganizationAsync("Required");
        var person = await TestPeople.AddAsync(portal, "orgUser", org, password: FactorWorld.Password);
        await portal.DoAsync(TestPortal.Admin, new SetSessionPolicy(org, null, null, MfaRule.Admins));
        (await portal.SignInAsync(person)).Value.Need.ShouldBe(SignInNeed.None, "they administer nothing");
        await portal.DoAsync(TestPortal.Admin, new SetSessionPolicy(org, null, null, MfaRule.Everybody, 7));
        (await portal.SignInAsync(person)).Value.Session.ShouldNotBeNull("the grace runs");
        (await portal.Portal.AskAsync(await portal.ActorAsync(person), new GetSecondFactors())).Value.RequiredFromUtc.ShouldNotBeNull();
        await portal.DoAsync(TestPortal.Admin, new SetSessionPolicy(org, null, null, MfaRule.Everybody));

        var step = (await portal.SignInAsync(person, "enrol")).Value;
        step.Need.ShouldBe(SignInNeed.Enrol);
        var pending = (await portal.Services.GetRequiredService<SecondFactorSignIn>().FindAsync(step.Ticket, CancellationToken.None)).ShouldNotBeNull();
        var secret = FactorWorld.Base32(pending.Offer.ShouldNotBeNull().Secret);
        (await portal.SecondStepAsync(step.Ticket, "000000", "enrol")).Problem.ShouldNotBeNull().Code.ShouldBe("signIn.wrongCode");
        (await portal.SecondStepAsync(step.Ticket, FactorWorld.CodeNow(secret), "enrol")).Problem.ShouldBeNull();
        (await portal.SignInAsync(person, "next")).Value.Need.ShouldBe(SignInNeed.SecondFactor);
        (await portal.AuditAsync("session.signIn", person.UserId))[0].Status.ShouldBe(AuditStatus.Success);
    }

    private Task<Answer> PutAsync(string address, object body, string? ifMatch = null, HttpClient? client = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = JsonContent.Create(body) };
        if (ifMatch is not null) request.Headers.Add("If-Match", ifMatch);
        return portal.SendAsync(request, client);
    }
}
