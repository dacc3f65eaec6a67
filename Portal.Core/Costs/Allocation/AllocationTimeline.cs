using System.Text.Json;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Allocation;

/// <summary>The rules that count from one charge day (included) to another (excluded).</summary>
internal sealed record AllocationEra(DateOnly From, DateOnly To, int Version, IReadOnlyList<AllocationRule> Rules);

/// <summary>An organization's rule sets laid out over the charge days.</summary>
internal sealed class AllocationTimeline(IReadOnlyList<AllocationEra> eras, int? newestVersion)
{
    /// <summary>In order, without gaps, over all days; version 0 without rules before the first set.</summary>
    public IReadOnlyList<AllocationEra> Eras => eras;

    public int? NewestVersion => newestVersion;

    public bool HasProportionalSplit => eras.Any(e => e.Rules.Any(r => r.Split is { Kind: AllocationSplitKind.Proportional }));

    /// <summary>The conditions on lines' own columns, each once.</summary>
    public IReadOnlyList<AllocationCondition> LineConditions =>
        [.. eras.SelectMany(e => e.Rules).SelectMany(r => r.Conditions).Where(c => c.IsLine).DistinctBy(c => c.Definition, StringComparer.Ordinal)];

    public static async Task<AllocationTimeline> LoadAsync(PortalDbContext db, AllocationPlaces places, (int Version, DateOnly From, IReadOnlyList<AllocationRule> Rules)? proposed, CancellationToken cancellationToken)
    {
        var stored = await db.Set<AllocationRuleSet>().AsNoTracking().OrderBy(s => s.VersionNumber).Select(s => new { s.VersionNumber, s.EffectiveFrom, s.Rules }).ToListAsync(cancellationToken);
        // Of equal starts the newest version counts, so the others need not be read.
        var sets = stored.Select(s => (Version: s.VersionNumber, From: s.EffectiveFrom, Text: (string?)s.Rules)).ToList();
        if (proposed is { } next) sets.Add((next.Version, next.From, null));
        var counting = sets.GroupBy(s => s.From).Select(g => g.MaxBy(s => s.Version)).OrderBy(s => s.From).ToList();
        var eras = new List<AllocationEra>();
        if (counting.Count == 0 || counting[0].From > DateOnly.MinValue) eras.Add(new AllocationEra(DateOnly.MinValue, counting.Count == 0 ? DateOnly.MaxValue : counting[0].From, 0, []));
        for (var i = 0; i < counting.Count; i++)
        {
            var rules = counting[i].Text is { } text ? Read(text, places) : proposed?.Rules ?? [];
            eras.Add(new AllocationEra(counting[i].From, i + 1 < counting.Count ? counting[i + 1].From : DateOnly.MaxValue, counting[i].Version, rules));
        }

        return new AllocationTimeline(eras, sets.Count == 0 ? null : sets.Max(s => s.Version));
    }

    private static IReadOnlyList<AllocationRule> Read(string json, AllocationPlaces places)
    {
        var input = JsonSerializer.Deserialize<List<AllocationRuleInput>>(json, JobJson.Options);
        return new AllocationRuleCheck(places).Check(input).TryGet(out var rules, out var problem) ? rules : throw new InvalidOperationException($"A stored rule set cannot be read: {problem.Message}");
    }
}
