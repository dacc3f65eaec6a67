using System.Collections.Frozen;
using System.Text.Json;
using Hexabase.Portal.Costs.Focus;
using Hexabase.Portal.Costs.Storage;

namespace Hexabase.Portal.Costs.Allocation;

public enum AllocationTargetKind
{
    Workspace,
    Project,
    BusinessUnit,
    CostCenter,
}

/// <summary>Where cost goes.</summary>
/// <param name="Key">The slug, or the cost center's text.</param>
/// <param name="Id">Null for cost centers.</param>
public sealed record AllocationTarget(AllocationTargetKind Kind, string Key, Guid? Id);

internal enum AllocationSplitKind
{
    Even,
    Fixed,
    Proportional,
}

/// <summary>Targets stand in the order in which ties of the largest remainder are broken: by key, then by kind.</summary>
internal sealed record AllocationSplit(AllocationSplitKind Kind, IReadOnlyList<AllocationTarget> Targets, IReadOnlyList<decimal> Weights, bool ByUsage);

/// <summary>A checked rule.</summary>
internal sealed record AllocationRule(string Name, IReadOnlyList<AllocationCondition> Conditions, AllocationTarget? Target, AllocationSplit? Split, decimal? MarkupPercent);

/// <summary>One condition: a column or tag that has one of some values, or begins with a prefix.</summary>
internal sealed class AllocationCondition
{
    private readonly FrozenSet<string>? _values;

    public AllocationCondition(string name, FocusColumn? column, string? tag, IReadOnlyList<string>? values, string? prefix)
    {
        (Name, Column, Tag, Prefix) = (name, column, tag, prefix);
        Values = values is null ? null : [.. values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _values = Values?.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The column's name, or "tag:KEY".</summary>
    public string Name { get; }

    public FocusColumn? Column { get; }

    public string? Tag { get; }

    public IReadOnlyList<string>? Values { get; }

    public string? Prefix { get; }

    /// <summary>Whether it looks at a column that each line has for itself.</summary>
    public bool IsLine => Tag is null && (Column is not { } column || !CostColumns.IsKey(column));

    /// <summary>The same text for the same condition.</summary>
    public string Definition => JsonSerializer.Serialize(Prefix is null ? new LineDefinition(Name, Values, null) : new LineDefinition(Name, null, Prefix), Kernel.JobJson.Options);

    public static AllocationCondition FromDefinition(string definition)
    {
        var read = JsonSerializer.Deserialize<LineDefinition>(definition, Kernel.JobJson.Options) ?? throw new InvalidOperationException("An empty line predicate is stored.");
        return new(read.Column, FocusSpecification.TryGetColumn(read.Column, out var column) ? column : null, null, read.Values, read.Prefix);
    }

    /// <summary>Null counts as the empty text; no prefix fits it.</summary>
    public bool Holds(string? value) => Prefix is { } prefix ? value is not null && value.StartsWith(prefix, StringComparison.Ordinal) : _values?.Contains(value ?? "") == true;

    private sealed record LineDefinition(string Column, IReadOnlyList<string>? Values, string? Prefix);
}
