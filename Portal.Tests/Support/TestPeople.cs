using Hexabase.Portal.Access;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shouldly;

namespace Hexabase.Portal.Support;

/// <summary>A person that a test made.</summary>
public sealed record TestPerson(Guid UserId, string UserName, string DisplayName, Guid SessionId);

/// <summary>People with a role and an open session, made through the gateway but without invitation and password: for tests of what comes after sign-in.</summary>
public static class TestPeople
{
    private static int _last;

    public static async Task<TestPerson> AddAsync(WebPortal portal, string role, string? organization, string name = "Mori Taro", string? password = null)
    {
        var tenant = organization is null ? null : await portal.Services.GetRequiredService<OrganizationDirectory>().FindAsync(organization, CancellationToken.None);
        if (organization is not null) tenant.ShouldNotBeNull($"there is no organization {organization}");
        var userName = $"person{Interlocked.Increment(ref _last)}@example.test";
        var made = await portal.Portal.SendAsync(Actor.Anonymous, new AddPerson(userName, name, role, tenant?.Id, password));
        made.Problem.ShouldBeNull();
        return made.Value;
    }

    /// <summary>The value of the session cookie, as the sign-in form would set it.</summary>
    public static async Task<string> CookieAsync(WebPortal portal, TestPerson person)
    {
        var session = await portal.Services.GetRequiredService<SessionDirectory>().FindAsync(person.SessionId, CancellationToken.None);
        var options = portal.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(CookieAuthenticationDefaults.AuthenticationScheme);
        return options.TicketDataFormat.Protect(new AuthenticationTicket(PortalSignIn.Principal(session.ShouldNotBeNull()), CookieAuthenticationDefaults.AuthenticationScheme));
    }

    private sealed record AddPerson(string UserName, string DisplayName, string Role, Guid? OrganizationId, string? Password) : Command<TestPerson>
    {
        public override string Action => "test.addPerson";

        public override Permission? Permission => null;

        public override bool AllowsAnonymous => true;

        public override Task<Result<TestPerson>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
        {
            var user = new User { Id = Ids.New(), UserName = UserName, NormalizedUserName = UserName.ToUpperInvariant(), DisplayName = DisplayName, CreatedAtUtc = scope.NowUtc };
            if (Password is not null) user.PasswordHash = new PasswordHasher<User>().HashPassword(user, Password);
            scope.Db.Add(user);
            if (OrganizationId is { } organization)
                scope.Db.Add(new Member { Id = Ids.New(), OrganizationId = organization, UserId = user.Id, UserName = UserName, DisplayName = DisplayName, JoinedAtUtc = scope.NowUtc });
            scope.Db.Add(new RoleBinding
            {
                Id = Ids.New(),
                OrganizationId = OrganizationId ?? Guid.Empty,
                PrincipalKind = PrincipalKind.Person,
                PrincipalId = user.Id,
                Role = Role,
                Scope = OrganizationId is null ? GrantScope.Platform : GrantScope.Organization,
                CreatedAtUtc = scope.NowUtc,
            });
            var session = new Session { Id = Ids.New(), UserId = user.Id, CreatedAtUtc = scope.NowUtc, LastSeenAtUtc = scope.NowUtc, ExpiresAtUtc = scope.NowUtc.AddHours(12), Method = SignInMethods.Password };
            scope.Db.Add(session);
            scope.Audit("user", user.Id, UserName);
            return Task.FromResult<Result<TestPerson>>(new TestPerson(user.Id, UserName, DisplayName, session.Id));
        }
    }
}
