using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;

namespace Hexabase.Portal.Access.Conditions;

/// <summary>A question about the workspace.</summary>
internal abstract record PlaceNode : ConditionNode
{
    internal sealed override bool UsesPlace => true;

    public sealed override Outcome Evaluate(ref Circumstances at) => at.Facts is { } facts ? Holds(facts, ref at) : at.WithoutFacts;

    private protected abstract Outcome Holds(PlaceFacts facts, ref Circumstances at);
}

internal sealed record EnvironmentNode(IReadOnlyList<WorkspaceEnvironment> Environments) : PlaceNode
{
    // An array is walked without an enumerator on the heap.
    private readonly WorkspaceEnvironment[] _environments = [.. Environments];

    private protected override Outcome Holds(PlaceFacts facts, ref Circumstances at)
    {
        foreach (var environment in _environments)
            if (environment == facts.Environment) return Outcome.True;
        return Outcome.False;
    }

    public override string ToText() => $"environment in {string.Join(", ", Environments.Select(Words.Of))}";
}

/// <summary>How sensitive the data may be: public &lt; internal &lt; confidential &lt; restricted.</summary>
/// <param name="Sign">One of <c>&lt;= &lt; = &gt;= &gt;</c>.</param>
internal sealed record ClassificationNode(string Sign, DataClassification Level) : PlaceNode
{
    private protected override Outcome Holds(PlaceFacts facts, ref Circumstances at) => Outcomes.Of(Sign switch
    {
        "<=" => facts.Classification <= Level,
        "<" => facts.Classification < Level,
        ">=" => facts.Classification >= Level,
        ">" => facts.Classification > Level,
        _ => facts.Classification == Level,
    });

    public override string ToText() => $"classification {Sign} {Words.Of(Level)}";
}

/// <summary>Every region of the workspace lies in one of the named countries, unions or regions.</summary>
internal sealed record ResidencyNode(IReadOnlyList<string> Places) : PlaceNode
{
    private protected override Outcome Holds(PlaceFacts facts, ref Circumstances at)
    {
        if (facts.Regions.Count == 0) return Outcome.Unknown;
        foreach (var region in facts.Regions)
        {
            var found = false;
            foreach (var place in Places) found |= Residency.Lies(region, place);
            if (!found) return Outcome.False;
        }

        return Outcome.True;
    }

    public override string ToText() => $"residency in {string.Join(", ", Places)}";
}

internal sealed record LabelNode(string Key, IReadOnlyList<string> Values) : PlaceNode
{
    // An array is walked without an enumerator on the heap.
    private readonly string[] _values = [.. Values];

    private protected override Outcome Holds(PlaceFacts facts, ref Circumstances at)
    {
        if (!facts.Labels.TryGetValue(Key, out var value)) return Outcome.False;
        foreach (var wanted in _values)
            if (wanted == value) return Outcome.True;
        return Outcome.False;
    }

    public override string ToText() => $"label {Quote(Key)} {(Values.Count == 1 ? "=" : "in")} {string.Join(", ", Values.Select(Quote))}";
}

/// <summary>Whoever acts is the owner that is written on the workspace.</summary>
internal sealed record OwnerNode : PlaceNode
{
    private protected override Outcome Holds(PlaceFacts facts, ref Circumstances at) =>
        Outcomes.Of(at.Actor.Kind == Kernel.ActorKind.Person && facts.Owner is { } owner && owner.Equals(at.Actor.Name, StringComparison.OrdinalIgnoreCase));

    public override string ToText() => "owner";
}
