using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs;

/// <summary>What may narrow a cost figure: every set field must match. Ids, not slugs.</summary>
/// <param name="Label">Key and value of a workspace's or project's label.</param>
public sealed record CostFilter(Guid? BusinessUnitId = null, Guid? WorkspaceId = null, Guid? ProjectId = null, (string Key, string Value)? Label = null, string? Environment = null);

/// <summary>The cost of one UTC charge day in one currency.</summary>
public sealed record DailyCost(DateOnly Day, Money Amount);
