using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces.Quotas;

/// <summary>The four figures of a resource, kept apart; null = unknown (no source, no limit), never 0.</summary>
/// <param name="AtUtc">When used, requested and reserved were measured.</param>
/// <param name="Source">Who measured them.</param>
public sealed record QuotaFigures(long? Used, long? Requested, long? Reserved, long? Limit, DateTime? AtUtc = null, string? Source = null);

/// <summary>The quota of a workspace; every known resource is among <see cref="Resources"/>.</summary>
/// <param name="Warnings">What is legal and yet worth knowing: a limit below what is in use.</param>
/// <param name="Version">0 = never set.</param>
public sealed record WorkspaceQuotaRow(
    Guid WorkspaceId, string Workspace, string Name, IReadOnlyDictionary<string, QuotaFigures> Resources, IReadOnlyList<FieldError> Warnings, DateTime? ChangedAtUtc, long Version);

internal static class QuotaView
{
    /// <summary>The quotas of some workspaces, as they stood at a moment.</summary>
    public static async Task<IReadOnlyList<WorkspaceQuotaRow>> ReadAsync(ReadScope scope, IReadOnlyList<Workspace> workspaces, DateTime atUtc, CancellationToken cancellationToken)
    {
        var ids = workspaces.Select(w => w.Id).ToList();
        var limits = (await scope.Db.Set<WorkspaceQuotaLimit>().AsNoTracking().Where(l => ids.Contains(l.WorkspaceId) && l.FromUtc <= atUtc && (l.UntilUtc == null || l.UntilUtc > atUtc)).ToListAsync(cancellationToken))
            .ToLookup(l => l.WorkspaceId);
        var readings = (await LatestReadingsAsync(scope, ids, atUtc, cancellationToken)).ToLookup(r => r.WorkspaceId);
        var heads = await scope.Db.Set<WorkspaceQuota>().AsNoTracking().Where(q => ids.Contains(q.Id)).ToDictionaryAsync(q => q.Id, cancellationToken);
        return [.. workspaces.Select(w => Row(w, limits[w.Id], readings[w.Id], heads.GetValueOrDefault(w.Id)))];
    }

    public static async Task<List<QuotaReading>> LatestReadingsAsync(ReadScope scope, List<Guid> workspaces, DateTime atUtc, CancellationToken cancellationToken)
    {
        var all = scope.Db.Set<QuotaReading>().AsNoTracking().Where(r => workspaces.Contains(r.WorkspaceId) && r.AtUtc <= atUtc);
        var newest = all.GroupBy(r => new { r.WorkspaceId, r.Resource }).Select(g => new { g.Key.WorkspaceId, g.Key.Resource, AtUtc = g.Max(r => r.AtUtc) });
        return await all.Join(newest, r => new { r.WorkspaceId, r.Resource, r.AtUtc }, n => new { n.WorkspaceId, n.Resource, n.AtUtc }, (r, n) => r).ToListAsync(cancellationToken);
    }

    public static WorkspaceQuotaRow Row(Workspace workspace, IEnumerable<WorkspaceQuotaLimit> limits, IEnumerable<QuotaReading> readings, WorkspaceQuota? head, long? version = null)
    {
        var limitOf = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var limit in limits) limitOf[limit.Resource] = limit.Limit;
        var readingOf = readings.ToDictionary(r => r.Resource, StringComparer.Ordinal);
        var figures = new SortedDictionary<string, QuotaFigures>(StringComparer.Ordinal);
        var warnings = new List<FieldError>();
        foreach (var resource in QuotaResources.Known.Keys.Concat(limitOf.Keys).Concat(readingOf.Keys).Distinct())
        {
            var reading = readingOf.GetValueOrDefault(resource);
            var limit = limitOf.TryGetValue(resource, out var set) ? set : (long?)null;
            figures[resource] = new QuotaFigures(reading?.Used, reading?.Requested, reading?.Reserved, limit, reading?.AtUtc, reading?.Source);
            if (limit < reading?.Used)
                warnings.Add(new FieldError(resource, "quota.belowUsed", $"The limit of {resource} ({limit}) is below what is in use ({reading?.Used}).", Args: [resource, limit, reading?.Used]));
        }

        return new WorkspaceQuotaRow(workspace.Id, workspace.Slug, workspace.Name, figures, warnings, head?.ChangedAtUtc, version ?? head?.Version ?? 0);
    }

    /// <summary>The moment that "as of a day" means: the end of that day, UTC; now for today and null.</summary>
    public static DateTime Moment(ReadScope scope, DateOnly? asOf) =>
        asOf is { } day && day < scope.TodayUtc ? day.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc).AddTicks(-10) : scope.NowUtc.AddSeconds(1);
}
