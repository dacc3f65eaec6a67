using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Factors;

public sealed class SecondFactorsTest(WebPortal portal) : IClassFixture<WebPortal>
{
    private async Task<TestPerson> PersonAsync() => await TestPeople.AddAsync(portal, "orgAdmin", await portal.CreateOrganizationAsync("Factors"), password: FactorWorld.Password);

    [Fact]
    public async Task Totp_IsConfirmedByACode_AndCountsFromThenOn()
    {
        var person = await PersonAsync();
        var actor = await portal.ActorAsync(person);
        (await portal.RefusedAsync(actor, new ConfirmTotp("123456"))).Code.ShouldBe("totp.notFound");
        var offer = await portal.DoAsync(actor, new BeginTotp());
        (await portal.SignInAsync(person)).Value.Need.ShouldBe(SignInNeed.None, "an unconfirmed authenticator counts for nothing");
        (await portal.RefusedAsync(actor, new ConfirmTotp("000000"))).Errors.ShouldNotBeNull()[0].Code.ShouldBe("factor.wrongCode");
        await portal.DoAsync(actor, new ConfirmTotp(FactorWorld.CodeNow(FactorWorld.Base32(offer.Secret))));

        (await portal.RefusedAsync(actor, new BeginTotp())).Code.ShouldBe("totp.enrolled");
        (await portal.ActorAsync(person)).MfaAtUtc.ShouldNotBeNull();
        var step = (await portal.SignInAsync(person)).Value;
        step.Session.ShouldBeNull();
        step.Need.ShouldBe(SignInNeed.SecondFactor);
        var entry = (await portal.AuditAsync("user.addTotp", person.UserId))[0];
        entry.Status.ShouldBe(AuditStatus.Success);
        (entry.NewValue ?? "").ShouldNotContain(offer.Secret);
    }

    [Fact]
    public async Task SecondStep_OpensOneSession_WithOneCode()
    {
        var person = await PersonAsync();
        var secret = await portal.EnrolAsync(person);
        var ticket = (await portal.SignInAsync(person, "one")).Value.Ticket;
        var code = FactorWorld.CodeNow(secret);
        var both = await Task.WhenAll(portal.SecondStepAsync(ticket, code, "one"), portal.SecondStepAsync(ticket, code, "two"));
        both.Count(r => r.Succeeded).ShouldBe(1);
        both.Single(r => !r.Succeeded).Problem.ShouldNotBeNull().Code.ShouldBeOneOf("signIn.stepEnded", "signIn.wrongCode");

        // Neither the ticket nor the code works again.
        (await portal.SecondStepAsync(ticket, code, "three")).Problem.ShouldNotBeNull().Code.ShouldBe("signIn.stepEnded");
        var next = (await portal.SignInAsync(person, "four")).Value.Ticket;
        (await portal.SecondStepAsync(next, code, "four")).Problem.ShouldNotBeNull().Code.ShouldBe("signIn.wrongCode");
        var entries = await portal.AuditAsync("session.signIn", person.UserId);
        entries.ShouldContain(e => e.Status == AuditStatus.Failure && e.Reason == "wrong second factor" && e.OrganizationId != Guid.Empty);
        entries.ShouldContain(e => e.Status == AuditStatus.Success && e.Reason == "password, mfa");
    }

    [Fact]
    public async Task Guessing_EndsTheTicket_SlowsTheSource_AndShutsNobodyOut()
    {
        var person = await PersonAsync();
        var secret = await portal.EnrolAsync(person);
        var ticket = (await portal.SignInAsync(person, "guess")).Value.Ticket;
        for (var i = 0; i < PendingSignIn.MaxAttempts; i++) (await portal.SecondStepAsync(ticket, "000000", $"guess{i}")).Problem.ShouldNotBeNull().Code.ShouldBe("signIn.wrongCode");
        (await portal.SecondStepAsync(ticket, FactorWorld.CodeNow(secret), "guess9")).Problem.ShouldNotBeNull().Code.ShouldBe("signIn.stepEnded");

        for (var i = 0; i < 5; i++) await portal.SecondStepAsync("none", "000000", "loud");
        // A right password does not reset the count of wrong codes.
        var again = (await portal.SignInAsync(person, "loud")).Value.Ticket;
        (await portal.SecondStepAsync(again, FactorWorld.CodeNow(secret), "loud")).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.TooManyRequests);
        (await portal.SecondStepAsync(again, FactorWorld.CodeNow(secret), "elsewhere")).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task RecoveryCodes_WorkOnceEach_AndNewOnesEndTheOld()
    {
        var person = await PersonAsync();
        (await portal.RefusedAsync(await portal.ActorAsync(person), new MakeRecoveryCodes())).Code.ShouldBe("recovery.noFactor");
        await portal.EnrolAsync(person);
        var actor = await portal.ActorAsync(person);
        var codes = await portal.DoAsync(actor, new MakeRecoveryCodes());
        codes.Count.ShouldBe(10);
        (await portal.SecondStepAsync((await portal.SignInAsync(person, "r")).Value.Ticket, codes[3].ToUpperInvariant(), "r")).Problem.ShouldBeNull();
        (await portal.SecondStepAsync((await portal.SignInAsync(person, "s")).Value.Ticket, codes[3], "s")).Problem.ShouldNotBeNull().Code.ShouldBe("signIn.wrongCode");
        (await portal.Portal.AskAsync(actor, new GetSecondFactors())).Value.RecoveryCodesLeft.ShouldBe(9);

        var fresh = await portal.DoAsync(actor, new MakeRecoveryCodes());
        (await portal.SecondStepAsync((await portal.SignInAsync(person, "t")).Value.Ticket, codes[4], "t")).Problem.ShouldNotBeNull();
        (await portal.SecondStepAsync((await portal.SignInAsync(person, "u")).Value.Ticket, fresh[0], "u")).Problem.ShouldBeNull();
        foreach (var entry in await portal.AuditAsync("user.makeRecoveryCodes", person.UserId)) (entry.NewValue ?? "").ShouldNotContain(fresh[1]);
    }

    [Fact]
    public async Task Removal_NeedsAFreshSecondFactor()
    {
        var person = await PersonAsync();
        var secret = await portal.EnrolAsync(person);
        var longAgo = DateTime.UtcNow.AddHours(-1);
        await portal.ShiftAsync(db => db.Set<Session>().Where(s => s.Id == person.SessionId).ExecuteUpdateAsync(u => u.SetProperty(s => s.MfaAtUtc, longAgo)));
        var actor = await portal.ActorAsync(person);
        (await portal.RefusedAsync(actor, new RemoveTotp())).Code.ShouldBe("access.mfa");
        (await portal.RefusedAsync(actor, new MakeRecoveryCodes())).Code.ShouldBe("access.mfa");
        (await portal.RefusedAsync(actor, new StepUp(Password: FactorWorld.Password))).Errors.ShouldNotBeNull()[0].Code.ShouldBe("factor.wrongCode");

        await portal.DoAsync(actor, new StepUp(FactorWorld.CodeNow(secret)));
        await portal.DoAsync(actor, new RemoveTotp());
        (await portal.SignInAsync(person, "gone")).Value.Session.ShouldNotBeNull();
        (await portal.AuditAsync("session.stepUp", person.UserId)).ShouldContain(e => e.Status == AuditStatus.Success && e.Reason == "code");
    }

    [Fact]
    public async Task Password_IsFreshProofForPeopleWithoutAFactor_AndNeverASecondFactor()
    {
        var person = await PersonAsync();
        var longAgo = DateTime.UtcNow.AddHours(-1);
        await portal.ShiftAsync(db => db.Set<Session>().Where(s => s.Id == person.SessionId).ExecuteUpdateAsync(u => u.SetProperty(s => s.CreatedAtUtc, longAgo)));
        var actor = await portal.ActorAsync(person);
        (await portal.RefusedAsync(actor, new BeginTotp())).Code.ShouldBe("access.mfa");
        (await portal.RefusedAsync(actor, new StepUp(Password: "wrong wrong wrong"))).Errors.ShouldNotBeNull()[0].Code.ShouldBe("password.wrong");
        await portal.DoAsync(actor, new StepUp(Password: FactorWorld.Password));
        await portal.DoAsync(actor, new BeginTotp());
        (await portal.ActorAsync(person)).MfaAtUtc.ShouldBeNull();
    }

    [Fact]
    public async Task EnforcedSingleSignOn_ClosesTheSecondStep_AndPasskeys()
    {
        var org = await portal.CreateOrganizationAsync("Enforced");
        var person = await TestPeople.AddAsync(portal, "orgAdmin", org, password: FactorWorld.Password);
        var secret = await portal.EnrolAsync(person);
        var ticket = (await portal.SignInAsync(person, "before")).Value.Ticket.ShouldNotBeNull();
        var made = await portal.PostAsync($"/api/v1/organizations/{org}/sso/connections", new { name = "Provider", kind = "oidc", issuer = "https://idp.example.test", clientId = "portal", clientSecret = "hush" });
        var (connection, since) = (made.Json.GetProperty("id").GetGuid(), DateTime.UtcNow.AddMinutes(-1));
        await EnforceAsync(SsoEnforcement.Enforced);

        // The password was right before the enforcement began; the code is right, and opens nothing any more.
        (await portal.SecondStepAsync(ticket, FactorWorld.CodeNow(secret), "after")).Problem.ShouldBe(Sso.Entry.LocalSignIn.Refusal);
        var signIn = portal.Services.GetRequiredService<SecondFactorSignIn>();
        (await signIn.ByPasskeyAsync(FactorWorld.Visitor, person.UserId, new PasskeyProof([1], 1, false), CancellationToken.None)).Problem.ShouldBe(Sso.Entry.LocalSignIn.Refusal);
        await using (var open = await portal.Services.GetRequiredService<PortalDatabase>().OpenAsync(DataScope.Platform, forWriting: false, CancellationToken.None))
            (await open.Db.Set<AuditEntry>().CountAsync(e => e.Action == "session.signIn" && e.Reason == "single sign-on is enforced" && e.ResourceId == person.UserId.ToString() && e.OrganizationId != Guid.Empty)).ShouldBe(2);

        await EnforceAsync(SsoEnforcement.Off);
        (await signIn.ByPasskeyAsync(FactorWorld.Visitor, person.UserId, new PasskeyProof([1], 1, false), CancellationToken.None)).Problem.ShouldBe(FinishSignIn.Wrong);
        (await portal.SecondStepAsync(ticket, FactorWorld.CodeNow(secret), "again")).Problem.ShouldBeNull("the refused attempt did not use the ticket or the code up");

        Task EnforceAsync(SsoEnforcement state) => portal.ShiftAsync(db => db.Set<SsoConnection>().Where(c => c.Id == connection)
            .ExecuteUpdateAsync(u => u.SetProperty(c => c.IsEnabled, true).SetProperty(c => c.Enforcement, state).SetProperty(c => c.EnforcedAtUtc, since)));
    }

    [Fact]
    public async Task Programs_HaveNoFactors()
    {
        var org = await portal.CreateOrganizationAsync("Programs");
        using var client = await portal.ClientAsync(org, "orgAdmin");
        (await portal.GetAsync("/api/v1/account/second-factors", client)).Status.ShouldBe(System.Net.HttpStatusCode.Forbidden);
        (await portal.RefusedAsync(Actor.Anonymous, new BeginTotp())).Kind.ShouldBe(ProblemKind.Unauthenticated);
    }
}
