using System.Text;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso.Entry;

/// <summary>A member who came in.</summary>
internal sealed record SsoArrival(Guid MemberId, Guid UserId, string UserName, IReadOnlyList<Grant> Grants);

/// <summary>
/// Takes a person whom the provider vouches for in: finds or makes the member, remembers who they are at the provider, gives and takes what the mappings say. Sent once every check of the answer has passed.
/// </summary>
internal sealed record ArriveBySso(Guid OrganizationId, Guid ConnectionId, SsoIdentity Identity) : Command<SsoArrival>
{
    public override string Action => "sso.arrive";

    public override string OrganizationKey => OrganizationId.ToString();

    public override Permission? Permission => null;

    public override bool AllowsAnonymous => true;

    /// <summary>Accounts are the platform's rows.</summary>
    public override bool NeedsPlatform => true;

    public override async Task<Result<SsoArrival>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var connection = await scope.Db.Set<SsoConnection>().SingleOrDefaultAsync(c => c.Id == ConnectionId && c.OrganizationId == scope.OrganizationId && c.IsEnabled, cancellationToken);
        if (connection is null) return SsoProblem.Of(SsoRefusals.Disabled);
        scope.Audit("ssoConnection", connection.Id, connection.Name);
        if (!(await SsoPerson.FindAsync(scope, connection, Identity, cancellationToken)).TryGet(out var place, out var refusal)) return SsoProblem.Of(refusal);
        var member = place.Member;
        if (member is null)
        {
            if (!Make(scope, connection, place.Address ?? "").TryGet(out member, out refusal)) return SsoProblem.Of(refusal);
        }
        else if (!await scope.Db.Set<User>().AnyAsync(u => u.Id == member.UserId && u.IsActive, cancellationToken))
        {
            return SsoProblem.Of(SsoRefusals.Inactive);
        }

        if (!place.IsLinked) await LinkAsync(scope, connection, member, cancellationToken);
        var change = await SsoGrantWriter.ApplyAsync(scope, connection, member, Identity.Groups, cancellationToken);
        scope.Audit("member", member.Id, member.UserName, reason: Reason(connection, change, place.Member is null));
        return new SsoArrival(member.Id, member.UserId, member.UserName, []);
    }

    /// <summary>The account belongs to this organization alone, so that no organization can lay its hand on another's person by using their name.</summary>
    private Checked<Member> Make(WriteScope scope, SsoConnection connection, string address)
    {
        var settings = connection.Settings;
        if (!settings.CreatePeople) return new SsoRefusal("sso.person.unknown", "Nobody in the organization has this address, and the connection makes no members.", SsoRefusal.Hide(address), "Invite or provision the person, or let the connection make members of people who come for the first time.");
        // Letters of other scripts can make two names look the same; whoever has such a name is invited by a human.
        if (!Ascii.IsValid(address) || UserNames.Check("address", address, out var clean) is not null) return new SsoRefusal("sso.person.lookAlike", "The address holds letters beyond ASCII, which can be made to look like another person's.", SsoRefusal.Hide(address), "Invite the person by hand after comparing the address letter by letter.");
        var user = new User { Id = Ids.New(), UserName = clean, NormalizedUserName = "", DisplayName = Name(clean), CreatedAtUtc = scope.NowUtc };
        user.NormalizedUserName = $"SSO/{user.Id:N}";
        var member = new Member { Id = Ids.New(), OrganizationId = connection.OrganizationId, UserId = user.Id, UserName = clean, DisplayName = user.DisplayName, JoinedAtUtc = scope.NowUtc };
        scope.Db.Add(user);
        scope.Db.Add(member);
        scope.Db.Add(new RoleBinding
        {
            Id = Ids.New(), OrganizationId = connection.OrganizationId, PrincipalKind = PrincipalKind.Person, PrincipalId = user.Id, Role = settings.DefaultRole, Scope = GrantScope.Organization, CreatedAtUtc = scope.NowUtc,
        });
        scope.Touch(LiveTopic.People, member.Id, 1);
        return member;
    }

    private string Name(string address) => TextRule.Check("displayName", Identity.Mapped.DisplayName, 200, out var clean) is null ? clean : address.Split('@')[0];

    private async Task LinkAsync(WriteScope scope, SsoConnection connection, Member member, CancellationToken cancellationToken)
    {
        var hash = SsoPerson.Hash(Identity.Mapped.Issuer, Identity.Mapped.Subject);
        // The link of somebody who was removed since stands in the way of nobody.
        if (await scope.Db.Set<SsoSubject>().SingleOrDefaultAsync(s => s.ConnectionId == connection.Id && s.SubjectHash == hash, cancellationToken) is { } old) scope.Db.Remove(old);
        scope.Db.Add(new SsoSubject { Id = Ids.New(), OrganizationId = connection.OrganizationId, ConnectionId = connection.Id, SubjectHash = hash, MemberId = member.Id, LinkedAtUtc = scope.NowUtc });
    }

    private static string Reason(SsoConnection connection, SsoGrantChange change, bool isNew)
    {
        var parts = new List<string>([connection.Name]);
        if (isNew) parts.Add("made a member");
        if (change.Given.Count > 0) parts.Add($"given: {string.Join(", ", change.Given)}");
        if (change.Taken.Count > 0) parts.Add($"taken: {string.Join(", ", change.Taken)}");
        if (change.KeptLastAdmin) parts.Add("kept: the last administrator's role");
        return string.Join("; ", parts);
    }
}

/// <summary>Notes an administrator's test sign-in: the provider vouched for exactly the person who tests.</summary>
internal sealed record NoteSsoTest(Guid OrganizationId, Guid ConnectionId, Guid TesterId, SsoIdentity Identity) : Command<Done>
{
    public override string Action => "ssoConnection.test";

    public override string OrganizationKey => OrganizationId.ToString();

    public override Permission? Permission => null;

    public override bool AllowsAnonymous => true;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var connection = await scope.Db.Set<SsoConnection>().SingleOrDefaultAsync(c => c.Id == ConnectionId, cancellationToken);
        if (connection is null) return SsoProblem.Of(SsoRefusals.Disabled);
        scope.Audit("ssoConnection", connection.Id, connection.Name);
        if (!(await SsoPerson.FindAsync(scope, connection, Identity, cancellationToken)).TryGet(out var place, out var refusal)) return SsoProblem.Of(refusal);
        if (place.Member?.UserId != TesterId)
            return SsoProblem.Of(new SsoRefusal("sso.test.otherPerson", "The provider signed somebody else in than the administrator who tests.", null, "Sign in at the provider as yourself; your address there must be the one that you have here."));
        (connection.TestedByUserId, connection.TestedAtUtc) = (TesterId, scope.NowUtc);
        scope.Touch(LiveTopic.Sso, connection.Id, connection.Version + 1);
        return default(Done);
    }
}

/// <summary>Leaves the audit entry of a refused answer; the trace has the detail.</summary>
internal sealed record RefuseSsoSignIn(Guid OrganizationId, Guid ConnectionId, string ConnectionName, SsoRefusal Refusal, string Reference) : Command<Done>
{
    public override string Action => "sso.arrive";

    public override string OrganizationKey => OrganizationId.ToString();

    public override Permission? Permission => null;

    public override bool AllowsAnonymous => true;

    public override Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        scope.Audit("ssoConnection", ConnectionId, ConnectionName);
        return Task.FromResult<Result<Done>>(new Problem(ProblemKind.Unauthenticated, Refusal.Code, $"{Refusal.Code}: {Refusal.Message} ({Reference})"));
    }
}

/// <summary>Forgets who a member is at the provider; their next sign-in is found anew.</summary>
public sealed record RemoveSsoLink(string Org, Guid ConnectionId, Guid MemberId) : Command<Done>
{
    public override string Action => "ssoConnection.unlink";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var links = await scope.Db.Set<SsoSubject>().Where(s => s.ConnectionId == ConnectionId && s.MemberId == MemberId).ToListAsync(cancellationToken);
        if (links.Count == 0) return Problem.NotFound("ssoLink");
        scope.Db.RemoveRange(links);
        var name = await scope.Db.Set<Member>().Where(m => m.Id == MemberId).Select(m => m.UserName).SingleOrDefaultAsync(cancellationToken);
        scope.Audit("member", MemberId, name ?? "");
        return default(Done);
    }
}

/// <summary>Refusals of more than one place.</summary>
internal static class SsoRefusals
{
    public static SsoRefusal Disabled { get; } = new("sso.disabled", "The connection is switched off or was removed.", null, "Enable the connection, or sign in another way.");

    /// <summary>SAML: nothing of what came is read, since two readers could read different things.</summary>
    public static SsoRefusal Form { get; } = new("saml.form", "The provider's answer did not come as one form with one SAMLResponse, or it is too large.", null, "Set the provider to the HTTP-POST binding; if it uses it, let it send fewer attributes.");

    public static SsoRefusal Post { get; } = new("oidc.answer.post", "The provider sent its answer as a form; only an answer in the address is read.", null, "Set the provider to the response mode query.");

    public static SsoRefusal Inactive { get; } = new("sso.person.inactive", "The account is deactivated.", null, "Activate the person in the organization (by provisioning, where it manages them).");

    public static SsoRefusal Pending { get; } = new("sso.pending", "This browser has no sign-in under way, or it took longer than ten minutes.", null, "Start the sign-in from the portal, in one browser, with cookies switched on.");
}

/// <summary>A refusal through the gateway and back.</summary>
internal static class SsoProblem
{
    public static Problem Of(SsoRefusal refusal) => new(ProblemKind.Unauthenticated, refusal.Code, refusal.Message, Args: [refusal.Came, refusal.Change]);

    public static SsoRefusal Back(Problem problem) => problem is { Kind: ProblemKind.Unauthenticated, Args: [var came, string change] }
        ? new SsoRefusal(problem.Code, problem.Message, came as string, change)
        : new SsoRefusal(problem.Code, problem.Message, null, "Try again; if it repeats, ask the portal's operator.");
}
