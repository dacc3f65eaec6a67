using System.Globalization;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces.Quotas;

/// <summary>
/// Replaces the limits of a workspace: resources that are not named have no limit afterwards. A limit below what is in use is taken with a warning
/// (nothing running is stopped by it). Where the organization has a limit of its own, the sum over its workspaces must fit it.
/// </summary>
/// <param name="Workspace">Id or slug.</param>
/// <param name="Limits">Resource → limit in the resource's unit; null = no limit.</param>
public sealed record SetWorkspaceQuota(string Org, string Workspace, IReadOnlyDictionary<string, long?> Limits, long? ExpectedVersion = null) : Command<WorkspaceQuotaRow>
{
    public override string Action => "quota.set";

    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.WriteQuotas;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => WorkspacePlace.FindAsync(scope, Workspace, cancellationToken);

    public override async Task<Result<WorkspaceQuotaRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var workspace = await WorkspacePlace.Find(scope, Workspace).AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        if (workspace is null) return Problem.NotFound("workspace");
        scope.Audit("quota", workspace.Id, workspace.Name, workspace.Id);
        if (workspace.IsArchived) return Problem.Refused("workspace.archived", $"{workspace.Name} is archived; a quota would have no effect.", workspace.Name);
        var head = await scope.Db.Set<WorkspaceQuota>().SingleOrDefaultAsync(q => q.Id == workspace.Id, cancellationToken);
        if (ExpectedVersion is { } expected && expected != (head?.Version ?? 0)) return Problem.Stale("quota", head?.Version ?? 0);
        if (Check() is { } invalid) return invalid;

        var current = await scope.Db.Set<WorkspaceQuotaLimit>().Where(l => l.WorkspaceId == workspace.Id && l.UntilUtc == null).ToListAsync(cancellationToken);
        var before = current.ToDictionary(l => l.Resource, l => l.Limit, StringComparer.Ordinal);
        var after = Limits.Where(l => l.Value is not null).ToDictionary(l => l.Key, l => l.Value ?? 0, StringComparer.Ordinal);
        var raised = after.Where(l => !before.TryGetValue(l.Key, out var old) || old < l.Value).Select(l => l.Key).ToList();
        if (await DrawAsync(scope, workspace.Id, after, raised, cancellationToken) is { } refused) return refused;

        if (head is null) scope.Db.Add(head = new WorkspaceQuota { Id = workspace.Id, OrganizationId = scope.OrganizationId });
        head.ChangedAtUtc = scope.NowUtc;
        foreach (var limit in current.Where(l => !after.TryGetValue(l.Resource, out var kept) || kept != l.Limit)) limit.UntilUtc = scope.NowUtc;
        var rows = current.Where(l => l.UntilUtc is null).ToList();
        foreach (var (resource, limit) in after.Where(l => !before.TryGetValue(l.Key, out var old) || old != l.Value))
        {
            var row = new WorkspaceQuotaLimit { Id = Ids.New(), OrganizationId = scope.OrganizationId, WorkspaceId = workspace.Id, Resource = resource, Limit = limit, FromUtc = scope.NowUtc };
            scope.Db.Add(row);
            rows.Add(row);
        }

        scope.Audit("quota", workspace.Id, workspace.Name, workspace.Id, Sorted(before), Sorted(after));
        var version = NextVersion.Of(scope, head);
        scope.Touch(LiveTopic.Quotas, workspace.Id, version);
        var readings = await QuotaView.LatestReadingsAsync(scope, [workspace.Id], scope.NowUtc, cancellationToken);
        return QuotaView.Row(workspace, rows, readings, head, version);
    }

    private Problem? Check()
    {
        var errors = new List<FieldError>();
        if (Limits.Count > QuotaResources.MaxResources) errors.Add(new FieldError(null, "quota.tooMany", $"At most {QuotaResources.MaxResources} resources fit.", Args: [QuotaResources.MaxResources]));
        foreach (var (resource, limit) in Limits.Take(QuotaResources.MaxResources))
        {
            if (QuotaResources.CheckName(resource) is { } nameError) errors.Add(nameError);
            else if (limit is { } value && QuotaResources.CheckLimit(resource, value) is { } limitError) errors.Add(limitError);
        }

        return errors.Count > 0 ? Problem.Invalid(errors) : null;
    }

    private static async Task<Problem?> DrawAsync(WriteScope scope, Guid workspace, Dictionary<string, long> after, List<string> raised, CancellationToken cancellationToken)
    {
        // The organization's row is read before the sum and changes with the draw: whoever commits second is stale and counts again.
        var errors = new List<FieldError>();
        foreach (var quota in await scope.Db.Set<OrganizationQuota>().Where(q => raised.Contains(q.Resource)).OrderBy(q => q.Resource).ToListAsync(cancellationToken))
        {
            quota.Draws++;
            var others = await OrganizationSum.OfAsync(scope, quota.Resource, workspace, cancellationToken);
            var wanted = after[quota.Resource];
            if (others + wanted <= quota.Allocatable) continue;
            var left = Math.Max(0, Math.Floor(quota.Allocatable - others));
            errors.Add(new FieldError(quota.Resource, "quota.exhausted", string.Create(CultureInfo.InvariantCulture,
                $"The organization may hand out {quota.Allocatable:0} of {quota.Resource}; {left:0} are left for this workspace, {wanted} were asked for."), Args: [quota.Resource, left, wanted]));
        }

        return errors.Count > 0 ? Problem.Invalid(errors) : null;
    }

    private static SortedDictionary<string, long>? Sorted(Dictionary<string, long> limits) => limits.Count == 0 ? null : new(limits, StringComparer.Ordinal);
}

internal static class OrganizationSum
{
    /// <summary>The sum of the limits of a resource over the workspaces in use, one left out.</summary>
    public static async Task<decimal> OfAsync(ReadScope scope, string resource, Guid? except, CancellationToken cancellationToken)
    {
        var limits = scope.Db.Set<WorkspaceQuotaLimit>().Where(l => l.Resource == resource && l.UntilUtc == null && l.WorkspaceId != except)
            .Join(scope.Db.Set<Workspace>().Where(w => !w.IsArchived), l => l.WorkspaceId, w => w.Id, (l, w) => l.Limit);
        return await limits.Select(l => (decimal)l).SumAsync(cancellationToken);
    }
}
