using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces.Quotas;

/// <summary>The quota of one workspace (id or slug), today or at the end of a past day.</summary>
public sealed record GetWorkspaceQuota(string Org, string Workspace, DateOnly? AsOf = null) : Query<WorkspaceQuotaRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.ReadQuotas;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => WorkspacePlace.FindAsync(scope, Workspace, cancellationToken);

    public override async Task<Result<WorkspaceQuotaRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var workspace = await WorkspacePlace.Find(scope, Workspace).SingleOrDefaultAsync(cancellationToken);
        if (workspace is null) return Problem.NotFound("workspace");
        return (await QuotaView.ReadAsync(scope, [workspace], QuotaView.Moment(scope, AsOf), cancellationToken))[0];
    }
}

/// <summary>The quotas of all workspaces in use. Filter: text in the workspace's name or slug. Sorts: name (default), slug.</summary>
public sealed record ListQuotas(string Org, PageRequest Page, DateOnly? AsOf = null) : SharedQuery<Paged<WorkspaceQuotaRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.ReadQuotas;

    public override async Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => await WorkspaceReach.TargetAsync(scope, WorkspacesPermissions.ReadQuotas, cancellationToken);

    public override async Task<Result<Paged<WorkspaceQuotaRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var workspaces = scope.Db.Set<Workspace>().Where(w => !w.IsArchived);
        if (await WorkspaceReach.IdsAsync(scope, WorkspacesPermissions.ReadQuotas, cancellationToken) is { } own) workspaces = workspaces.Where(w => own.Contains(w.Id));
        workspaces = KeyedList.Holding(workspaces, Page.Filter, w => w.Name, w => w.Slug);
        IReadOnlyList<SortBy<Workspace>> sorts = [new("name", (Workspace w) => w.Name), new("slug", (Workspace w) => w.Slug)];
        if (!(await KeyedList.PageAsync(workspaces, Page, w => w.Id, sorts, cancellationToken)).TryGet(out var page, out var problem)) return problem;
        return new Paged<WorkspaceQuotaRow>(await QuotaView.ReadAsync(scope, page.Items, QuotaView.Moment(scope, AsOf), cancellationToken), page.NextCursor);
    }
}

/// <summary>A resource over all workspaces in use: sums of what is known, and of how many workspaces a figure is unknown.</summary>
/// <param name="Limit">The sum of the workspaces' limits.</param>
/// <param name="OrganizationLimit">The organization's own limit; null = none.</param>
/// <param name="Allocatable">Organization limit × factor.</param>
public sealed record QuotaTotalRow(
    string Resource, decimal? Used, decimal? Requested, decimal? Reserved, decimal? Limit, int Workspaces, int UsedUnknown, int RequestedUnknown, int ReservedUnknown, int LimitUnknown,
    long? OrganizationLimit, decimal? OversubscriptionFactor, decimal? Allocatable);

/// <summary>The organization's totals, one row a resource.</summary>
public sealed record SummarizeQuotas(string Org, DateOnly? AsOf = null) : SharedQuery<IReadOnlyList<QuotaTotalRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.ReadQuotas;

    public override async Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => await WorkspaceReach.TargetAsync(scope, WorkspacesPermissions.ReadQuotas, cancellationToken);

    public override async Task<Result<IReadOnlyList<QuotaTotalRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var seen = await WorkspaceReach.IdsAsync(scope, WorkspacesPermissions.ReadQuotas, cancellationToken);
        var workspaces = await scope.Db.Set<Workspace>().Where(w => !w.IsArchived && (seen == null || seen.Contains(w.Id))).ToListAsync(cancellationToken);
        var rows = await QuotaView.ReadAsync(scope, workspaces, QuotaView.Moment(scope, AsOf), cancellationToken);
        var own = await scope.Db.Set<OrganizationQuota>().ToDictionaryAsync(q => q.Resource, StringComparer.Ordinal, cancellationToken);
        var resources = QuotaResources.Known.Keys.Concat(own.Keys).Concat(rows.SelectMany(r => r.Resources.Keys)).Distinct();
        return resources.Select(resource => Total(resource, rows, own.GetValueOrDefault(resource))).ToList();
    }

    private static QuotaTotalRow Total(string resource, IReadOnlyList<WorkspaceQuotaRow> rows, OrganizationQuota? own)
    {
        var figures = rows.Select(r => r.Resources.GetValueOrDefault(resource)).ToList();
        (decimal? Sum, int Unknown) Of(Func<QuotaFigures, long?> figure)
        {
            var known = figures.Select(f => f is null ? null : figure(f)).OfType<long>().ToList();
            return (known.Count == 0 ? null : known.Sum(v => (decimal)v), figures.Count - known.Count);
        }

        var (used, requested, reserved, limit) = (Of(f => f.Used), Of(f => f.Requested), Of(f => f.Reserved), Of(f => f.Limit));
        return new QuotaTotalRow(
            resource, used.Sum, requested.Sum, reserved.Sum, limit.Sum, rows.Count, used.Unknown, requested.Unknown, reserved.Unknown, limit.Unknown,
            own?.Limit, own?.OversubscriptionFactor, own?.Allocatable);
    }
}
