using System.Net;
using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access;

public sealed class PasswordResetTest(WebPortal portal) : IClassFixture<WebPortal>
{
    private const string Next = "nine quiet lanterns in the fog";

    [Fact]
    public async Task Link_SetsThePasswordOnce_EndsSessions_AndKeepsTheSecondFactor()
    {
        var org = await portal.CreateOrganizationAsync("Reset");
        var person = await TestPeople.AddAsync(portal, "orgUser", org, password: FactorWorld.Password);
        await portal.EnrolAsync(person);
        using var admin = await portal.ClientAsync(org, "orgAdmin");
        var made = await portal.PostAsync($"/api/v1/organizations/{org}/people/{await MemberAsync(org, person)}/password-reset", new { }, admin);
        made.Status.ShouldBe(HttpStatusCode.OK, made.Text);
        var token = made.Json.GetProperty("link").GetString().ShouldNotBeNull().Split('/')[^1];
        (await portal.Portal.AskAsync(Actor.Anonymous, new FindPasswordReset(token))).Value.ShouldBe(person.UserName);
        (await portal.RefusedAsync(FactorWorld.Visitor, new UsePasswordReset(token, "short"))).Errors.ShouldNotBeNull()[0].Code.ShouldBe("password.tooShort");

        var both = await Task.WhenAll(portal.Portal.SendAsync(FactorWorld.Visitor, new UsePasswordReset(token, Next)), portal.Portal.SendAsync(FactorWorld.Visitor, new UsePasswordReset(token, Next)));
        both.Count(r => r.Succeeded).ShouldBe(1);
        (await portal.RefusedAsync(FactorWorld.Visitor, new UsePasswordReset(token, Next))).Code.ShouldBe("reset.ended");
        (await portal.Services.GetRequiredService<SessionDirectory>().FindAsync(person.SessionId, CancellationToken.None)).ShouldBeNull();
        (await portal.SignInAsync(person, "old")).Problem.ShouldNotBeNull().Code.ShouldBe("signIn.wrong");
        var step = (await portal.Services.GetRequiredService<PasswordSignIn>().SignInAsync(FactorWorld.Visitor, "new", person.UserName, Next, CancellationToken.None)).Value;
        step.Need.ShouldBe(SignInNeed.SecondFactor);
        var log = await portal.GetAsync($"/api/v1/organizations/{org}/audit?q=action%3Auser.resetPassword");
        log.Json.GetProperty("items").EnumerateArray().ShouldContain(e => e.GetProperty("status").GetString() == "success");
        log.Text.ShouldNotContain(Next);
    }

    [Fact]
    public async Task OldLink_IsReplacedAndExpires()
    {
        var org = await portal.CreateOrganizationAsync("Replaced");
        var person = await TestPeople.AddAsync(portal, "orgUser", org, password: FactorWorld.Password);
        var member = await MemberAsync(org, person);
        var first = (await portal.DoAsync(TestPortal.Admin, new CreatePasswordReset(org, member))).Token;
        var second = (await portal.DoAsync(TestPortal.Admin, new CreatePasswordReset(org, member))).Token;
        (await portal.RefusedAsync(FactorWorld.Visitor, new UsePasswordReset(first, Next))).Code.ShouldBe("reset.ended");
        var past = DateTime.UtcNow.AddMinutes(-1);
        await portal.ShiftAsync(db => db.Set<PasswordReset>().Where(r => r.UserId == person.UserId).ExecuteUpdateAsync(u => u.SetProperty(r => r.ExpiresAtUtc, past)));
        (await portal.RefusedAsync(FactorWorld.Visitor, new UsePasswordReset(second, Next))).Code.ShouldBe("reset.ended");
    }

    [Fact]
    public async Task PeopleWhoReachFurther_AreHelpedByAServiceAdministrator()
    {
        var org = await portal.CreateOrganizationAsync("Home");
        var other = await portal.CreateOrganizationAsync("Other");
        var person = await TestPeople.AddAsync(portal, "orgUser", org, password: FactorWorld.Password);
        var elsewhere = await MemberAsync(other, await TestPeople.AddAsync(portal, "orgUser", other));
        await portal.ShiftAsync(db => db.Set<Member>().Where(m => m.Id == elsewhere).ExecuteUpdateAsync(u => u.SetProperty(m => m.UserId, person.UserId)));
        var member = await MemberAsync(org, person);
        var admin = await portal.ActorAsync(await TestPeople.AddAsync(portal, "orgAdmin", org));
        (await portal.RefusedAsync(admin, new CreatePasswordReset(org, member))).Code.ShouldBe("account.elsewhere");
        (await portal.RefusedAsync(admin, new ResetSecondFactors(org, member))).Code.ShouldBe("account.elsewhere");
        await portal.DoAsync(TestPortal.Admin, new CreatePasswordReset(org, member));
        (await portal.RefusedAsync(admin, new CreatePasswordReset(org, Ids.New()))).Kind.ShouldBe(ProblemKind.NotFound);
        (await portal.RefusedAsync(admin, new CreatePasswordReset(other, elsewhere))).ShouldBe(Problem.NotFound("organization"));
        var single = await TestPeople.AddAsync(portal, "orgUser", org);
        (await portal.RefusedAsync(admin, new CreatePasswordReset(org, await MemberAsync(org, single)))).Code.ShouldBe("reset.noPassword");
    }

    [Fact]
    public async Task LostFactors_AreTakenAway_AndSessionsEnd()
    {
        var org = await portal.CreateOrganizationAsync("Lost");
        var person = await TestPeople.AddAsync(portal, "orgUser", org, password: FactorWorld.Password);
        var admin = await portal.ActorAsync(await TestPeople.AddAsync(portal, "orgAdmin", org));
        var member = await MemberAsync(org, person);
        (await portal.RefusedAsync(admin, new ResetSecondFactors(org, member))).Code.ShouldBe("factor.none");
        await portal.EnrolAsync(person);
        await portal.DoAsync(admin, new ResetSecondFactors(org, member));
        (await portal.Services.GetRequiredService<SessionDirectory>().FindAsync(person.SessionId, CancellationToken.None)).ShouldBeNull();
        (await portal.SignInAsync(person)).Value.Need.ShouldBe(SignInNeed.None);
        (await portal.AuditAsync("user.resetSecondFactors", admin.Id)).ShouldContain(e => e.Status == AuditStatus.Success);
    }

    private async Task<Guid> MemberAsync(string org, TestPerson person) =>
        (await portal.GetAsync($"/api/v1/organizations/{org}/people?filter={person.UserName}")).Json.GetProperty("items")[0].GetProperty("id").GetGuid();
}
