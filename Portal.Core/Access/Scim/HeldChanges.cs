using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Scim;

/// <summary>A change that waits for approval, or did.</summary>
public sealed record HeldChangeRow(Guid Id, Guid MemberId, string UserName, HeldChangeKind Kind, HeldChangeState State, Guid RequestedBy, DateTime RequestedAtUtc, Guid? DecidedBy, DateTime? DecidedAtUtc, long Version)
{
    internal static HeldChangeRow Of(HeldChange h, long version) => new(h.Id, h.MemberId, h.UserName, h.Kind, h.State, h.RequestedBy, h.RequestedAtUtc, h.DecidedBy, h.DecidedAtUtc, version);
}

/// <summary>Deactivations and deletions that were held, newest first.</summary>
public sealed record ListHeldChanges(string Org, PageRequest Page, bool PendingOnly = true) : Query<Paged<HeldChangeRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Read;

    public override async Task<Result<Paged<HeldChangeRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(Page, out var after, out var problem)) return problem;
        var rows = scope.Db.Set<HeldChange>().AsQueryable();
        if (PendingOnly) rows = rows.Where(h => h.State == HeldChangeState.Pending);
        if (after is { } id) rows = rows.Where(h => h.Id.CompareTo(id) < 0);
        var found = await rows.OrderByDescending(h => h.Id).Take(Page.Limit + 1).ToListAsync(cancellationToken);
        return PageKey.Cut(found.ConvertAll(h => HeldChangeRow.Of(h, h.Version)), Page, h => h.Id);
    }
}

/// <summary>Carries out a held change; whoever asked for it cannot approve it.</summary>
public sealed record ApproveHeldChange(string Org, Guid Id) : Command<HeldChangeRow>
{
    public override string Action => "hold.approve";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Write;

    public override bool NeedsPlatform => true;

    public override async Task<Result<HeldChangeRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await HeldChangeDecision.TakeAsync(scope, Id, HeldChangeState.Approved, cancellationToken)).TryGet(out var held, out var problem)) return problem;
        scope.ApprovedBy(scope.Actor.Id);
        if (await new ScimUserWriter(scope, "").ReleaseAsync(held, cancellationToken) is { } refusal) return refusal;
        scope.Audit("member", held.MemberId, held.UserName);
        return HeldChangeRow.Of(held, held.Version + 1);
    }
}

/// <summary>Refuses a held change; the person stays as they are, and the provider is refused for a day.</summary>
public sealed record RejectHeldChange(string Org, Guid Id) : Command<HeldChangeRow>
{
    public override string Action => "hold.reject";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Write;

    public override async Task<Result<HeldChangeRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await HeldChangeDecision.TakeAsync(scope, Id, HeldChangeState.Rejected, cancellationToken)).TryGet(out var held, out var problem)) return problem;
        scope.Audit("member", held.MemberId, held.UserName);
        return HeldChangeRow.Of(held, held.Version + 1);
    }
}

internal static class HeldChangeDecision
{
    public static async Task<Result<HeldChange>> TakeAsync(WriteScope scope, Guid id, HeldChangeState state, CancellationToken cancellationToken)
    {
        var held = await scope.Db.Set<HeldChange>().SingleOrDefaultAsync(h => h.Id == id && h.OrganizationId == scope.OrganizationId, cancellationToken);
        if (held is null) return Problem.NotFound("heldChange");
        if (held.State != HeldChangeState.Pending) return Problem.Conflict("heldChange.decided", "This change was decided already. Load the list again.");
        if (await Rules.FourEyes.IsOwnRequestAsync(scope, held.RequestedBy, cancellationToken)) return new Problem(ProblemKind.Forbidden, "heldChange.ownRequest", "Whoever asked for a change cannot decide it. Ask another administrator.");
        (held.State, held.DecidedBy, held.DecidedAtUtc) = (state, scope.Actor.Id, scope.NowUtc);
        scope.Touch(LiveTopic.People, held.Id, held.Version + 1);
        return held;
    }
}
