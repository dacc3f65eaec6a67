using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access;

/// <summary>An open invitation as lists show it.</summary>
public sealed record InvitationRow(Guid Id, string Email, string Role, DateTime CreatedAtUtc, DateTime ExpiresAtUtc, long Version);

/// <summary>A new invitation and the secret of its link, which is shown this once.</summary>
public sealed record InvitationCreated(InvitationRow Row, string Token);

/// <summary>Invites a person by e-mail address; an earlier open invitation of the same address ends.</summary>
public sealed record InviteMember(string Org, string? Email, string? Role) : Command<InvitationCreated>
{
    public override string Action => "invitation.create";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.WritePeople;

    public override async Task<Result<InvitationCreated>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (UserNames.Check("email", Email, out var email) is { } emailError) errors.Add(emailError);
        var role = await MemberRoles.FindAsync(scope, Role, cancellationToken);
        if (role is null) errors.Add(MemberRoles.Unknown);
        if (errors.Count > 0 || role is null) return Problem.Invalid(errors);
        if (Granting.Refuses(scope.Actor, role, new AccessTarget(scope.OrganizationId), []) is { } refusal) return refusal;
        var normalized = UserNames.Normalize(email);
#pragma warning disable CA1304, CA1309, CA1311, CA1862, MA0011 // Runs in the database, where upper() has no culture argument.
        if (await scope.Db.Set<Member>().AnyAsync(m => m.UserName.ToUpper() == normalized && m.IsActive, cancellationToken))
            return Problem.Conflict("member.exists", "This person is a member already; change their role instead.");
        var earlier = await scope.Db.Set<Invitation>().Where(i => i.Email.ToUpper() == normalized && i.AcceptedAtUtc == null && i.RevokedAtUtc == null).ToListAsync(cancellationToken);
#pragma warning restore CA1304, CA1309, CA1311, CA1862, MA0011
        foreach (var old in earlier) old.RevokedAtUtc = scope.NowUtc;
        var secret = TokenText.NewSecret();
        var invitation = new Invitation
        {
            Id = Ids.New(),
            OrganizationId = scope.OrganizationId,
            Email = email,
            Role = role.Name,
            TokenHash = TokenText.Hash(secret),
            InvitedByUserId = scope.Actor.Id,
            CreatedAtUtc = scope.NowUtc,
            ExpiresAtUtc = scope.NowUtc.AddDays(scope.Service<IOptions<AccessOptions>>().Value.InvitationDays),
        };
        scope.Db.Add(invitation);
        scope.Audit("invitation", invitation.Id, email);
        scope.Touch(LiveTopic.People, invitation.Id, 1);
        return new InvitationCreated(new InvitationRow(invitation.Id, email, await RoleLookup.ShownAsync(scope, role.Name, cancellationToken), invitation.CreatedAtUtc, invitation.ExpiresAtUtc, 1), secret);
    }
}

/// <summary>The open invitations of an organization, newest first.</summary>
public sealed record ListInvitations(string Org, PageRequest Page) : Query<Paged<InvitationRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.ReadPeople;

    public override async Task<Result<Paged<InvitationRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(Page, out var after, out var problem)) return problem;
        var open = scope.Db.Set<Invitation>().Where(i => i.AcceptedAtUtc == null && i.RevokedAtUtc == null && i.ExpiresAtUtc > scope.NowUtc);
        if (after is { } id) open = open.Where(i => i.Id.CompareTo(id) < 0);
        // Ids are UUID v7: their order is that of creation.
        var rows = await open.OrderByDescending(i => i.Id).Take(Page.Limit + 1)
            .Select(i => new InvitationRow(i.Id, i.Email, i.Role, i.CreatedAtUtc, i.ExpiresAtUtc, i.Version)).ToListAsync(cancellationToken);
        var own = await RoleLookup.NamesAsync(scope, rows.Select(i => i.Role), cancellationToken);
        return PageKey.Cut(rows.ConvertAll(i => i with { Role = RoleLookup.Shown(i.Role, own) }), Page, i => i.Id);
    }
}

/// <summary>Takes an invitation back; its link stops working.</summary>
public sealed record RevokeInvitation(string Org, Guid Id) : Command<Done>
{
    public override string Action => "invitation.revoke";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.WritePeople;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var invitation = await scope.Db.Set<Invitation>().SingleOrDefaultAsync(i => i.Id == Id && i.AcceptedAtUtc == null, cancellationToken);
        if (invitation is null) return Problem.NotFound("invitation");
        invitation.RevokedAtUtc ??= scope.NowUtc;
        scope.Audit("invitation", invitation.Id, invitation.Email);
        scope.Touch(LiveTopic.People, invitation.Id, invitation.Version + 1);
        return default(Done);
    }
}

/// <summary>The roles that a member of an organization can have.</summary>
internal static class MemberRoles
{
    public static FieldError Unknown { get; } = new("role", "role.unknown", $"role is one of {string.Join(", ", All().Select(r => r.Name))}, or the id or slug of one of the organization's own.");

    /// <summary>A built-in role that is given at the organization by name, or one of the organization's own by id or slug; null where there is none (any more).</summary>
    public static async Task<Role?> FindAsync(ReadScope scope, string? key, CancellationToken cancellationToken) =>
        Find(key) ?? (key is null || BuiltInRoles.Find(key) is not null ? null : await RoleLookup.FindAsync(scope, key, cancellationToken));

    /// <summary>Built-in ones only.</summary>
    public static Role? Find(string? name) => All().FirstOrDefault(r => r.Name == name);

    private static IEnumerable<Role> All() => BuiltInRoles.OfOrganization;
}
