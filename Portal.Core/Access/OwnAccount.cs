using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>
/// What a session may do to its person's account, which may belong to several organizations. One that an organization's identity provider vouched for stays within what that provider
/// answers for: it neither changes how the person signs in nor sees what else they have open, or a provider could open the doors of other organizations.
/// </summary>
internal static class OwnAccount
{
    public static Problem ThroughProvider { get; } = new(
        ProblemKind.Forbidden, "account.throughProvider", "You are signed in through your organization's identity provider, which cannot change the account itself. Sign out, then sign in with the portal's own account to do this.");

    /// <summary>Null where the actor may change how the person signs in.</summary>
    public static Problem? RefusesChange(Actor actor) =>
        actor.Kind != ActorKind.Person ? SessionProblems.NotAPerson : actor.ConnectionId is null ? null : ThroughProvider;

    public static bool Reaches(Actor actor, Session session) => actor.ConnectionId is null || session.ConnectionId == actor.ConnectionId;

    /// <summary>The person's sessions that the acting one may see and end.</summary>
    public static IQueryable<Session> Sessions(ReadScope scope)
    {
        var (user, connection) = (scope.Actor.Id, scope.Actor.ConnectionId);
        return scope.Db.Set<Session>().Where(s => s.UserId == user && (connection == null || s.ConnectionId == connection));
    }

    /// <summary>The person's tokens that the acting session may see and end: through a provider those of its organization.</summary>
    public static IQueryable<ApiToken> Tokens(ReadScope scope)
    {
        var user = scope.Actor.Id;
        var own = scope.Db.Set<ApiToken>().Where(t => t.OwnerUserId == user);
        if (scope.Actor.ConnectionId is null) return own;
        var reached = scope.Actor.Grants.Select(g => g.OrganizationId).OfType<Guid>().Distinct().ToList();
        return own.Where(t => reached.Contains(t.OrganizationId));
    }
}
