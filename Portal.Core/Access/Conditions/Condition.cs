using System.Collections.Concurrent;

namespace Hexabase.Portal.Access.Conditions;

/// <summary>
/// An attribute condition on a binding or a rule: <c>mfa and (ip in 10.0.0.0/8 or time in 09:00-18:00 Asia/Tokyo)</c>. Text is what is stored and shown; it is read
/// once and kept compiled. The language is described in <c>docs/access/conditions.md</c>.
/// </summary>
public sealed class Condition
{
    public const int MaxLength = 2000;
    public const int MaxDepth = 16;
    public const int MaxTerms = 64;
    private const int MaxKnown = 10_000;
    private static readonly ConcurrentDictionary<string, Condition> Known = new(StringComparer.Ordinal);

    private Condition(ConditionNode root)
    {
        Root = root;
        Text = root.ToText();
        UsesPlace = root.Any(n => n.UsesPlace);
        UsesMfa = root.Any(n => n is MfaNode);
    }

    public ConditionNode Root { get; }

    /// <summary>In the form in which it is stored and shown: one spelling for each condition.</summary>
    public string Text { get; }

    /// <summary>It asks for the workspace: environment, classification, residency, labels, owner.</summary>
    public bool UsesPlace { get; }

    public bool UsesMfa { get; }

    /// <summary>The parts that must all hold, each in its stored form.</summary>
    public IEnumerable<string> Parts => Root is AndNode and ? and.Terms.Select(t => t.ToText()) : [Text];

    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Condition? condition, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out ConditionError? error)
    {
        var root = ConditionParser.Parse(text, out error);
        condition = root is null ? null : new Condition(root);
        return condition is not null;
    }

    /// <summary>Compiled from what is stored. What cannot be read (any more) holds for nobody.</summary>
    public static Condition OfStored(string text)
    {
        if (Known.TryGetValue(text, out var known)) return known;
        if (Known.Count >= MaxKnown) Known.Clear();
        return Known[text] = TryParse(text, out var condition, out _) ? condition : new Condition(new UnreadableNode(text));
    }

    public Outcome Evaluate(ref Circumstances at) => Root.Evaluate(ref at);
}

/// <summary>Where a text stops being a condition, and what would be one.</summary>
/// <param name="Position">From 1, in characters.</param>
public sealed record ConditionError(int Position, string Code, string Message, IReadOnlyList<object?> Args)
{
    /// <summary>As the error of a field.</summary>
    public Kernel.FieldError ToField(string field) => new(field, Code, Message, Args: Args);
}
