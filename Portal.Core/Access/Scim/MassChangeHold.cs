using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access.Scim;

/// <summary>
/// Stops a broken directory from emptying an organization: beyond a number or a share of people within an hour, deactivations and deletions are kept for a person to
/// approve. The provider is answered 409 and asks again later; by then the change was approved (and is done) or rejected (and stays refused for a day).
/// </summary>
internal static class MassChangeHold
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);
    private static readonly TimeSpan RejectionHolds = TimeSpan.FromDays(1);

    /// <summary>
    /// Null where the person may leave now, which is counted; else the refusal, with the change kept. From here to the end of the transaction others of the organization wait, so it is asked last: what it takes
    /// to carry the change out is read before.
    /// </summary>
    public static async Task<Problem?> CheckAsync(WriteScope scope, Member member, HeldChangeKind kind, CancellationToken cancellationToken)
    {
        var (db, org) = (scope.Db, scope.OrganizationId);
        // People who leave at the same moment are counted one after another.
        var settings = await db.Set<ScimSettings>().FromSqlRaw(scope.Service<PortalDatabase>().Engine.HeldRow("scim_settings", alone: true), org).SingleOrDefaultAsync(cancellationToken);
        if (settings is null) db.Add(new ScimSettings { Id = org, OrganizationId = org });
        var options = scope.Service<IOptions<ScimOptions>>().Value;
        var since = scope.NowUtc - Window;
        var gone = await db.Set<ScimDeparture>().CountAsync(d => d.OrganizationId == org && d.AtUtc > since, cancellationToken);
        if (!IsMass(gone + 1, gone + 1 <= options.HoldFloor ? 0 : gone + await db.Set<ScimUser>().CountAsync(u => u.OrganizationId == org && u.IsActive, cancellationToken), options))
        {
            db.Add(new ScimDeparture { Id = Ids.New(), OrganizationId = org, AtUtc = scope.NowUtc });
            return null;
        }

        var earlier = await db.Set<HeldChange>().Where(h => h.OrganizationId == org && h.MemberId == member.Id && h.State != HeldChangeState.Approved).OrderByDescending(h => h.RequestedAtUtc).ThenByDescending(h => h.Id)
            .FirstOrDefaultAsync(cancellationToken);
        if (earlier is { State: HeldChangeState.Rejected, DecidedAtUtc: { } at } && at > scope.NowUtc - RejectionHolds)
            return Problem.Conflict("hold.rejected", "An administrator has rejected this change. It can be asked for again a day after.");
        if (earlier is not { State: HeldChangeState.Pending })
        {
            var held = new HeldChange
            {
                Id = Ids.New(), OrganizationId = org, MemberId = member.Id, UserName = member.UserName, Kind = kind, RequestedBy = scope.Actor.Id, RequestedAtUtc = scope.NowUtc,
            };
            db.Add(held);
            scope.Touch(LiveTopic.People, held.Id, 1);
        }

        return Problem.Conflict("hold.pending", $"More people leave within an hour ({gone + 1}) than this organization lets pass unseen. The change waits for the approval of an administrator; nothing was changed.");
    }

    /// <param name="leaving">Those who left within the hour and the one who is about to.</param>
    /// <param name="people">Active at the beginning of the hour.</param>
    internal static bool IsMass(int leaving, int people, ScimOptions options) =>
        leaving > options.HoldAfterPeople || (leaving > options.HoldFloor && leaving * 100L > (long)options.HoldAfterPercent * people);
}
