using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Retention;

/// <summary>How long an organization keeps its audit entries.</summary>
/// <param name="KeepDays">The organization's own wish; null = the plan's.</param>
/// <param name="PlanDays">What the plan gives.</param>
/// <param name="EffectiveDays">The class of entries that are written now; 0 = for good.</param>
/// <param name="Version">0 = never changed.</param>
public sealed record RetentionRow(int? KeepDays, int? FloorDays, string? FloorRule, int PlanDays, int EffectiveDays, long Version);

/// <summary>The retention of the log.</summary>
public sealed record GetAuditRetention(string Org) : Query<RetentionRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override async Task<Result<RetentionRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        RetentionView.Of(scope, await scope.Db.Set<AuditRetentionPolicy>().SingleOrDefaultAsync(p => p.OrganizationId == scope.OrganizationId, cancellationToken));
}

/// <summary>Sets how long entries are kept that are written from now on; what is written keeps the class it has.</summary>
/// <param name="KeepDays">1 to 3,653; 0 = for good; null = as the plan says. Raised to the next class there is.</param>
/// <param name="FloorDays">What a rule demands at least, null = none.</param>
/// <param name="FloorRule">Which rule: required with <paramref name="FloorDays"/>.</param>
/// <param name="ExpectedVersion">As shown; null = whatever it is.</param>
public sealed record SetAuditRetention(string Org, int? KeepDays, int? FloorDays, string? FloorRule, long? ExpectedVersion = null) : Command<RetentionRow>
{
    private const int MaxDays = 3653;

    public override string OrganizationKey => Org;

    public override string Action => "auditRetention.change";

    public override Permission? Permission => AuditPermissions.Administer;

    public override async Task<Result<RetentionRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        foreach (var (field, days) in new[] { ("keepDays", KeepDays), ("floorDays", FloorDays) })
        {
            if (days is < 0 or > MaxDays) errors.Add(new FieldError(field, "audit.retention.days", $"{field} is 1 to {MaxDays} days, or 0 for good.", Args: [field, MaxDays]));
        }

        string? rule = null;
        if (TextRule.Check("floorRule", FloorRule, 200, out var clean, required: FloorDays is not null) is { } error) errors.Add(error);
        else if (FloorDays is not null) rule = clean;
        if (errors.Count > 0) return Problem.Invalid(errors);
        var policy = await scope.Db.Set<AuditRetentionPolicy>().SingleOrDefaultAsync(p => p.OrganizationId == scope.OrganizationId, cancellationToken);
        if (ExpectedVersion is { } expected && expected != (policy?.Version ?? 0)) return Problem.Stale("audit retention", policy?.Version ?? 0);
        if (policy is null) scope.Db.Add(policy = new AuditRetentionPolicy { OrganizationId = scope.OrganizationId });
        policy.Change(KeepDays, FloorDays, rule);
        scope.Service<AuditRetention>().Forget(scope.OrganizationId);
        scope.Audit("auditRetention", scope.OrganizationId, scope.Tenant?.Name ?? "");
        scope.Touch(LiveTopic.Audit, scope.OrganizationId, policy.Version + 1);
        return RetentionView.Of(scope, policy) with { Version = policy.Version + 1 };
    }
}

internal static class RetentionView
{
    public static RetentionRow Of(ReadScope scope, AuditRetentionPolicy? policy)
    {
        var plan = scope.Tenant?.Plan ?? "";
        return new RetentionRow(policy?.KeepDays, policy?.FloorDays, policy?.FloorRule, RetentionClass.OfPlan(plan), AuditRetention.Effective(plan, policy?.KeepDays, policy?.FloorDays), policy?.Version ?? 0);
    }
}

/// <summary>A legal hold as people see it.</summary>
public sealed record HoldRow(Guid Id, string Name, string Reason, DateTime? From, DateTime? To, Guid? UserId, Guid? WorkspaceId, DateTime PlacedAt, DateTime? ReleasedAt, long Version);

/// <summary>The legal holds of the log, standing ones first, then released ones, newest first; at most 500.</summary>
public sealed record ListAuditHolds(string Org) : Query<IReadOnlyList<HoldRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override async Task<Result<IReadOnlyList<HoldRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        await scope.Db.Set<AuditHold>().Where(h => h.OrganizationId == scope.OrganizationId).OrderBy(h => h.ReleasedAtUtc != null).ThenByDescending(h => h.PlacedAtUtc).ThenBy(h => h.Id).Take(500)
            .Select(HoldView.Row).ToListAsync(cancellationToken);
}

/// <summary>Places a legal hold: entries that it covers are not removed while it stands.</summary>
/// <param name="From">Recorded from this moment on; null = from the beginning.</param>
/// <param name="To">Recorded before this moment; null = also what is yet to come.</param>
public sealed record PlaceAuditHold(string Org, string Name, string Reason, DateTime? From = null, DateTime? To = null, Guid? UserId = null, string? Workspace = null) : Command<HoldRow>
{
    public override string OrganizationKey => Org;

    public override string Action => "auditHold.place";

    public override Permission? Permission => AuditPermissions.Administer;

    public override async Task<Result<HoldRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (TextRule.Check("name", Name, 200, out var name) is { } badName) errors.Add(badName);
        if (TextRule.Check("reason", Reason, 1000, out var reason, multiLine: true) is { } badReason) errors.Add(badReason);
        if (From >= To) errors.Add(new FieldError("to", "audit.hold.range", "to lies after from.", Args: []));
        Guid? workspace = null;
        if (!string.IsNullOrWhiteSpace(Workspace))
        {
            var isId = Guid.TryParseExact(Workspace, "D", out var id);
            workspace = await scope.Db.Set<Workspaces.Workspace>().AsNoTracking().Where(w => isId ? w.Id == id : w.Slug == Workspace).Select(w => (Guid?)w.Id).SingleOrDefaultAsync(cancellationToken);
            if (workspace is null) errors.Add(new FieldError("workspace", "workspace.notFound", "There is no such workspace.", Args: []));
        }

        if (errors.Count > 0) return Problem.Invalid(errors);
        var hold = new AuditHold { Id = Ids.New(), OrganizationId = scope.OrganizationId, Name = name, Reason = reason, FromUtc = From, ToUtc = To, UserId = UserId, WorkspaceId = workspace, PlacedAtUtc = scope.NowUtc };
        scope.Db.Add(hold);
        scope.Audit("auditHold", hold.Id, hold.Name, reason: hold.Reason);
        scope.Touch(LiveTopic.Audit, hold.Id, 1);
        return HoldView.Of(hold) with { Version = 1 };
    }
}

/// <summary>Ends a legal hold; from then on the retention counts again.</summary>
public sealed record ReleaseAuditHold(string Org, Guid Id, string Reason) : Command<HoldRow>
{
    public override string OrganizationKey => Org;

    public override string Action => "auditHold.release";

    public override Permission? Permission => AuditPermissions.Administer;

    public override async Task<Result<HoldRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (TextRule.Check("reason", Reason, 1000, out var reason, multiLine: true) is { } error) return Problem.Invalid([error]);
        var hold = await scope.Db.Set<AuditHold>().SingleOrDefaultAsync(h => h.OrganizationId == scope.OrganizationId && h.Id == Id, cancellationToken);
        if (hold is null) return Problem.NotFound("auditHold");
        if (hold.ReleasedAtUtc is not null) return Problem.Conflict("audit.hold.released", "The hold was released already.");
        hold.Release(scope.NowUtc);
        scope.Audit("auditHold", hold.Id, hold.Name, reason: reason);
        scope.Touch(LiveTopic.Audit, hold.Id, hold.Version + 1);
        return HoldView.Of(hold) with { Version = hold.Version + 1 };
    }
}

internal static class HoldView
{
    public static System.Linq.Expressions.Expression<Func<AuditHold, HoldRow>> Row { get; } =
        h => new HoldRow(h.Id, h.Name, h.Reason, h.FromUtc, h.ToUtc, h.UserId, h.WorkspaceId, h.PlacedAtUtc, h.ReleasedAtUtc, h.Version);

    public static HoldRow Of(AuditHold hold) => Compiled(hold);

    private static readonly Func<AuditHold, HoldRow> Compiled = Row.Compile();
}
