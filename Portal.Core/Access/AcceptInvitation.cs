using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>What an invitation's link opens, for the page that shows it.</summary>
/// <param name="NeedsSignIn">The address has an account already; its owner signs in first.</param>
public sealed record OpenInvitation(string OrganizationName, string Email, string Role, DateTime ExpiresAtUtc, bool NeedsSignIn);

/// <summary>Looks at an invitation by the secret of its link.</summary>
public sealed record FindInvitation(string? Token) : Query<OpenInvitation>
{
    public override Permission? Permission => null;

    public override bool AllowsAnonymous => true;

    public override async Task<Result<OpenInvitation>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var hash = TokenText.Hash(Token ?? "");
        var invitation = await scope.Db.Set<Invitation>().SingleOrDefaultAsync(i => i.TokenHash == hash, cancellationToken);
        if (invitation is null || !AcceptInvitation.IsOpen(invitation, scope.NowUtc)) return AcceptInvitation.Ended;
        var tenant = await scope.Service<Organizations.OrganizationDirectory>().FindAsync(invitation.OrganizationId.ToString(), cancellationToken);
        var normalized = UserNames.Normalize(invitation.Email);
        var known = await scope.Db.Set<User>().AnyAsync(u => u.NormalizedUserName == normalized, cancellationToken);
        var isOwn = Guid.TryParseExact(invitation.Role, "D", out var role);
        var shown = isOwn ? await scope.Db.Set<Roles.CustomRole>().Where(r => r.Id == role && r.OrganizationId == invitation.OrganizationId).Select(r => r.Slug).SingleOrDefaultAsync(cancellationToken) : null;
        return tenant is null ? AcceptInvitation.Ended : new OpenInvitation(tenant.Name, invitation.Email, shown ?? invitation.Role, invitation.ExpiresAtUtc, known && scope.Actor.Kind == ActorKind.Anonymous);
    }
}

/// <summary>Answers the user who is now a member.</summary>
public sealed record InvitationAccepted(Guid UserId, Guid OrganizationId, string OrganizationSlug);

/// <summary>Accepts an invitation: makes the account (user name = the invited address) or, for someone signed in with that address, adds the membership.</summary>
public sealed record AcceptInvitation(string? Token, string? DisplayName = null, string? Password = null) : Command<InvitationAccepted>
{
    internal static Problem Ended { get; } = new(ProblemKind.NotFound, "invitation.ended", "This invitation was used, taken back or has expired. Ask for a new one.");

    public override string Action => "invitation.accept";

    public override Permission? Permission => null;

    public override bool AllowsAnonymous => true;

    public override async Task<Result<InvitationAccepted>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var hash = TokenText.Hash(Token ?? "");
        var invitation = await scope.Db.Set<Invitation>().SingleOrDefaultAsync(i => i.TokenHash == hash, cancellationToken);
        if (invitation is null || !IsOpen(invitation, scope.NowUtc)) return Ended;
        var tenant = await scope.Service<Organizations.OrganizationDirectory>().FindAsync(invitation.OrganizationId.ToString(), cancellationToken);
        if (tenant is null) return Ended;
        var normalized = UserNames.Normalize(invitation.Email);
        var user = await scope.Db.Set<User>().SingleOrDefaultAsync(u => u.NormalizedUserName == normalized, cancellationToken);
        if (scope.Actor.Kind == ActorKind.Person)
        {
            if (user is null || user.Id != scope.Actor.Id)
                return Problem.Refused("invitation.otherPerson", "This invitation is for another address than the one you are signed in with. Sign out and open the link again.");
        }
        else if (user is not null)
        {
            return Problem.Refused("invitation.signIn", "This address has an account already. Sign in with it, then open the link again.");
        }
        else
        {
            if (!PersonInput.Check(scope, invitation.Email, DisplayName, Password, [tenant.Name]).TryGet(out var person, out var problem)) return problem;
            user = person.ToUser(scope);
            scope.Db.Add(user);
        }

        invitation.AcceptedAtUtc = scope.NowUtc;
        await JoinAsync(scope, invitation, user, cancellationToken);
        scope.AuditIn(invitation.OrganizationId);
        scope.Audit("invitation", invitation.Id, invitation.Email);
        scope.Touch(LiveTopic.Sessions, user.Id, 0, Guid.Empty);
        return new InvitationAccepted(user.Id, tenant.Id, tenant.Slug);
    }

    internal static bool IsOpen(Invitation i, DateTime now) => i.AcceptedAtUtc is null && i.RevokedAtUtc is null && i.ExpiresAtUtc > now;

    private static async Task JoinAsync(WriteScope scope, Invitation invitation, User user, CancellationToken cancellationToken)
    {
        var member = await scope.Db.Set<Member>().SingleOrDefaultAsync(m => m.OrganizationId == invitation.OrganizationId && m.UserId == user.Id, cancellationToken);
        if (member is null)
        {
            member = new Member { Id = Ids.New(), OrganizationId = invitation.OrganizationId, UserId = user.Id, UserName = user.UserName, DisplayName = user.DisplayName, JoinedAtUtc = scope.NowUtc };
            scope.Db.Add(member);
        }

        member.IsActive = true;
        scope.Db.Add(new RoleBinding
        {
            Id = Ids.New(), OrganizationId = invitation.OrganizationId, PrincipalKind = PrincipalKind.Person, PrincipalId = user.Id,
            Role = invitation.Role, Scope = GrantScope.Organization, CreatedAtUtc = scope.NowUtc,
        });
        scope.Touch(LiveTopic.People, member.Id, member.Version + 1, invitation.OrganizationId);
    }
}
