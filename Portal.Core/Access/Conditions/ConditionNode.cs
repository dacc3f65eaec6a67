namespace Hexabase.Portal.Access.Conditions;

/// <summary>A part of a condition: evaluates itself and writes itself in the one stored form.</summary>
public abstract record ConditionNode
{
    internal virtual bool UsesPlace => false;

    public abstract Outcome Evaluate(ref Circumstances at);

    public abstract string ToText();

    internal virtual bool Any(Func<ConditionNode, bool> matches) => matches(this);

    public sealed override string ToString() => ToText();

    /// <summary>A name or value as written: bare where it reads back as one word.</summary>
    private protected static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}

internal sealed record AndNode(IReadOnlyList<ConditionNode> Terms) : ConditionNode
{
    // An array is walked without an enumerator on the heap.
    private readonly ConditionNode[] _terms = [.. Terms];

    public override Outcome Evaluate(ref Circumstances at)
    {
        var all = Outcome.True;
        foreach (var term in _terms)
        {
            all = Outcomes.And(all, term.Evaluate(ref at));
            if (all == Outcome.False) return all;
        }

        return all;
    }

    public override string ToText() => string.Join(" and ", Terms.Select(t => t is OrNode ? $"({t.ToText()})" : t.ToText()));

    internal override bool Any(Func<ConditionNode, bool> matches) => Terms.Any(t => t.Any(matches));
}

internal sealed record OrNode(IReadOnlyList<ConditionNode> Terms) : ConditionNode
{
    // An array is walked without an enumerator on the heap.
    private readonly ConditionNode[] _terms = [.. Terms];

    public override Outcome Evaluate(ref Circumstances at)
    {
        var any = Outcome.False;
        foreach (var term in _terms)
        {
            any = Outcomes.Or(any, term.Evaluate(ref at));
            if (any == Outcome.True) return any;
        }

        return any;
    }

    public override string ToText() => string.Join(" or ", Terms.Select(t => t.ToText()));

    internal override bool Any(Func<ConditionNode, bool> matches) => Terms.Any(t => t.Any(matches));
}

internal sealed record NotNode(ConditionNode Term) : ConditionNode
{
    public override Outcome Evaluate(ref Circumstances at) => Outcomes.Not(Term.Evaluate(ref at));

    public override string ToText() => Term is AndNode or OrNode ? $"not ({Term.ToText()})" : $"not {Term.ToText()}";

    internal override bool Any(Func<ConditionNode, bool> matches) => Term.Any(matches);
}

/// <summary>What a later version stored, or a hand changed: it cannot be told, and so denies.</summary>
internal sealed record UnreadableNode(string Stored) : ConditionNode
{
    public override Outcome Evaluate(ref Circumstances at) => Outcome.Unknown;

    public override string ToText() => Stored;
}
