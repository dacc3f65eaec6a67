using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Scim;

/// <summary>
/// What ends when a person leaves an organization, in the transaction that makes them leave: sessions (unless they belong elsewhere too), tokens, open invitations, on deletion
/// roles and groups. Leaves a receipt in the audit log (<c>person.offboard</c>). Runs as the platform: each query names the organization. All is read first and carried out later, so that
/// the organization's lock, under which people who leave are counted, is not held while it is read.
/// </summary>
internal sealed class Offboarding
{
    private const int MaxNamed = 50;
    private readonly WriteScope _scope;
    private readonly Member _member;
    private readonly List<ApiToken> _tokens;
    private readonly List<ServiceAccounts.ServiceAccount> _accounts;
    private readonly List<Session> _sessions;
    private readonly User? _user;
    private readonly List<Invitation> _invitations;
    private readonly List<HeldChange> _waiting;
    private readonly List<object> _going;
    private readonly AuditEntry _receipt;

    private Offboarding(WriteScope scope, Member member, List<ApiToken> tokens, List<ServiceAccounts.ServiceAccount> accounts, List<Session> sessions, User? user, List<Invitation> invitations, List<HeldChange> waiting, List<object> going, AuditEntry receipt) =>
        (_scope, _member, _tokens, _accounts, _sessions, _user, _invitations, _waiting, _going, _receipt) = (scope, member, tokens, accounts, sessions, user, invitations, waiting, going, receipt);

    /// <summary>Finds what would end; changes nothing.</summary>
    /// <param name="more">Rows that go with the person on deletion.</param>
    public static async Task<Offboarding> ReadAsync(WriteScope scope, Member member, bool deleted, IReadOnlyCollection<object> more, CancellationToken cancellationToken)
    {
        var db = scope.Db;
        var (org, user, address) = (scope.OrganizationId, member.UserId, member.UserName);
        var tokens = await db.Set<ApiToken>().Where(t => t.OrganizationId == org && t.OwnerUserId == user && t.RevokedAtUtc == null).ToListAsync(cancellationToken);
        var accounts = await db.Set<ServiceAccounts.ServiceAccount>().Where(a => a.OrganizationId == org && a.OwnerUserId == user).OrderBy(a => a.Name).ToListAsync(cancellationToken);
        var elsewhere = await db.Set<Member>().AnyAsync(m => m.UserId == user && m.OrganizationId != org && m.IsActive, cancellationToken)
            || await db.Set<RoleBinding>().AnyAsync(b => b.PrincipalId == user && b.Scope == GrantScope.Platform, cancellationToken);
        var sessions = elsewhere ? [] : await db.Set<Session>().Where(s => s.UserId == user && s.RevokedAtUtc == null && s.ExpiresAtUtc > scope.NowUtc).ToListAsync(cancellationToken);
        var account = elsewhere ? null : await db.Set<User>().SingleOrDefaultAsync(u => u.Id == user, cancellationToken);
        var invitations = await db.Set<Invitation>().Where(i => i.OrganizationId == org && i.AcceptedAtUtc == null && i.RevokedAtUtc == null && (i.InvitedByUserId == user || i.Email == address)).ToListAsync(cancellationToken);
        var waiting = await db.Set<HeldChange>().Where(h => h.OrganizationId == org && h.MemberId == member.Id && h.State == HeldChangeState.Pending).ToListAsync(cancellationToken);
        var bindings = deleted ? await db.Set<RoleBinding>().Where(b => b.OrganizationId == org && b.PrincipalKind == PrincipalKind.Person && b.PrincipalId == user).ToListAsync(cancellationToken) : [];
        var memberships = deleted ? await db.Set<GroupMember>().Where(g => g.OrganizationId == org && g.MemberId == member.Id).ToListAsync(cancellationToken) : [];
        var owned = await db.Set<Workspace>().Where(w => w.OrganizationId == org && w.Owner == address).OrderBy(w => w.Slug).Select(w => w.Slug).Take(MaxNamed).ToListAsync(cancellationToken);
        var receipt = await ReceiptAsync(scope, member, new
        {
            kind = deleted ? "delete" : "deactivate", sessions = sessions.Count, sessionsKeptElsewhere = elsewhere, tokens = tokens.Count, tokenIds = tokens.Select(t => t.Id), serviceAccounts = accounts.Count, serviceAccountNames = accounts.Take(MaxNamed).Select(a => a.Name), invitations = invitations.Count,
            roles = bindings.Count, groups = memberships.Count, ownedWorkspaces = owned, endedAt = ScimValues.Instant(scope.NowUtc),
        }, cancellationToken);
        return new Offboarding(scope, member, tokens, accounts, sessions, account is { PasswordHash: null } ? account : null, invitations, waiting, [.. bindings, .. memberships, .. more], receipt);
    }

    public void CarryOut()
    {
        var user = _member.UserId;
        foreach (var token in _tokens) TokenEnd.Revoke(_scope, token);
        // Service accounts stop, and wait for somebody who takes them over.
        foreach (var own in _accounts) own.IsActive = false;
        if (_accounts.Count > 0) _scope.Touch(LiveTopic.Tokens, user, 0, Guid.Empty);
        foreach (var session in _sessions) SessionEnd.Revoke(_scope, session);
        _user?.IsActive = false;
        foreach (var invitation in _invitations) invitation.RevokedAtUtc = _scope.NowUtc;
        foreach (var held in _waiting)
            if (_scope.Db.Entry(held).State == EntityState.Unchanged) (held.State, held.DecidedAtUtc) = (HeldChangeState.Approved, _scope.NowUtc);
        _scope.Db.RemoveRange(_going);
        _scope.Touch(LiveTopic.People, _member.Id, _member.Version + 1);
        // Every replica asks again what the person may do; pages and hubs that are open with nothing left close.
        _scope.Touch(LiveTopic.Sessions, user, 0, Guid.Empty);
        _scope.Db.Add(_receipt);
    }

    private static async Task<AuditEntry> ReceiptAsync(WriteScope scope, Member member, object counts, CancellationToken cancellationToken)
    {
        var values = new ChangedValues(null, System.Text.Json.JsonSerializer.Serialize(counts, System.Text.Json.JsonSerializerOptions.Web), null, null, null);
        var draft = AuditWriter.Entry(scope.Actor, scope.OrganizationId, "person.offboard", AuditStatus.Success, null, null, scope.NowUtc, new AuditSubject("member", member.Id.ToString(), member.UserName, null), values, scope.ApproverId);
        return await scope.Service<AuditSealer>().SealAsync(scope.Db, draft, cancellationToken);
    }
}

/// <summary>An organization that has an administrator keeps one: by their own role or by a group's, without condition and end.</summary>
internal static class LastAdmin
{
    public static Problem Refusal { get; } = Problem.Conflict("member.lastAdmin", "This would take away the last administrator of the organization. Make somebody else one first.");

    /// <param name="member">Who leaves; null for a change of a group.</param>
    /// <param name="group">Whose members or binding go; with <paramref name="leaving"/> null: all of them.</param>
    public static async Task<bool> LosesAsync(WriteScope scope, Guid? member, Guid? group, IReadOnlyCollection<Guid>? leaving, CancellationToken cancellationToken)
    {
        var (db, org) = (scope.Db, scope.OrganizationId);
        var bindings = db.Set<RoleBinding>().Where(b => b.OrganizationId == org && b.Role == BuiltInRoles.OrgAdmin && b.Scope == GrantScope.Organization && b.Conditions == null && b.ExpiresAtUtc == null);
        var bound = await bindings.Where(b => b.PrincipalKind == PrincipalKind.Group).Select(b => b.PrincipalId).ToListAsync(cancellationToken);
        var memberships = db.Set<GroupMember>().Where(g => g.OrganizationId == org && bound.Contains(g.GroupId));
        if (group is { } of && !bound.Contains(of)) return false;
        if (member is { } who)
        {
            var isAdmin = await db.Set<Member>().AnyAsync(m => m.Id == who && m.OrganizationId == org && (bindings.Any(b => b.PrincipalKind == PrincipalKind.Person && b.PrincipalId == m.UserId) || memberships.Any(g => g.MemberId == m.Id)), cancellationToken);
            if (!isAdmin) return false;
        }

        var staying = group is { } changed ? leaving is { } some ? memberships.Where(g => g.GroupId != changed || !some.Contains(g.MemberId)) : memberships.Where(g => g.GroupId != changed) : memberships;
        var other = await db.Set<Member>()
            .Where(m => m.OrganizationId == org && m.IsActive && m.Id != (member ?? Guid.Empty) && (bindings.Any(b => b.PrincipalKind == PrincipalKind.Person && b.PrincipalId == m.UserId) || staying.Any(g => g.MemberId == m.Id)))
            .OrderBy(m => m.Id).FirstOrDefaultAsync(cancellationToken);
        return IsLost(db, other);
    }

    /// <summary>True where nobody would be an administrator without the binding.</summary>
    public static async Task<bool> LosesBindingAsync(WriteScope scope, RoleBinding binding, CancellationToken cancellationToken)
    {
        if (binding is not { Role: BuiltInRoles.OrgAdmin, Scope: GrantScope.Organization, Conditions: null, ExpiresAtUtc: null }) return false;
        var (db, org, leaving) = (scope.Db, scope.OrganizationId, Bindings.BindingRemoval.Leaving(scope, binding));
        var others = db.Set<RoleBinding>().Where(b => b.OrganizationId == org && !leaving.Contains(b.Id) && b.Role == BuiltInRoles.OrgAdmin && b.Scope == GrantScope.Organization && b.Conditions == null && b.ExpiresAtUtc == null);
        var other = await db.Set<Member>()
            .Where(m => m.OrganizationId == org && m.IsActive && (others.Any(b => b.PrincipalKind == PrincipalKind.Person && b.PrincipalId == m.UserId)
                || db.Set<GroupMember>().Any(g => g.OrganizationId == org && g.MemberId == m.Id && others.Any(b => b.PrincipalKind == PrincipalKind.Group && b.PrincipalId == g.GroupId))))
            .OrderBy(m => m.Id).FirstOrDefaultAsync(cancellationToken);
        return IsLost(db, other);
    }

    private static bool IsLost(Data.PortalDbContext db, Member? other)
    {
        if (other is null) return true;
        // Two changes that would each leave the other's administrator meet at this row, and one of them looks again.
        db.Entry(other).Property(m => m.Version).IsModified = true;
        return false;
    }
}
