namespace Hexabase.Portal.Costs.Reports;

/// <summary>What a cost report shows.</summary>
/// <param name="From">First UTC charge day.</param>
/// <param name="To">The day after the last; a range that is empty or reversed has no cost.</param>
/// <param name="GroupBy">Dimensions by name, see <see cref="CostDimension"/>; null or empty = one total.</param>
/// <param name="Where"><c>dimension=value</c>; several of one dimension are alternatives, different dimensions must all hold; an empty value means null.</param>
/// <param name="Currency">ISO 4217: only the costs billed in it. Nothing is converted, as no rates are stored.</param>
public sealed record CostQuery(
    DateOnly From, DateOnly To, CostMetric Metric = CostMetric.Billed, IReadOnlyList<string>? GroupBy = null, CostGranularity Granularity = CostGranularity.Total,
    IReadOnlyList<string>? Where = null, string? Currency = null);

/// <summary>One combination of keys, period and currency.</summary>
/// <param name="Keys">By dimension name as asked for; slugs for workspace, project and businessUnit; null = unallocated, or the line has no such value.</param>
/// <param name="KeyNames">What people call the keys that are slugs.</param>
/// <param name="PeriodStart">Null for a total.</param>
public sealed record CostReportRow(IReadOnlyDictionary<string, string?> Keys, IReadOnlyDictionary<string, string> KeyNames, DateOnly? PeriodStart, WideMoney Amount);

/// <summary>A cost report: exact sums of the allocated roll-up.</summary>
/// <param name="Total">By currency.</param>
/// <param name="DataAsOf">When the newest import was activated; null without imports.</param>
/// <param name="RuleVersion">The newest rule version that the figures follow; null without rules.</param>
public sealed record CostReport(IReadOnlyList<CostReportRow> Rows, IReadOnlyList<WideMoney> Total, DateTime? DataAsOf, int? RuleVersion);
