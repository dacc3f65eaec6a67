using System.Diagnostics.CodeAnalysis;

namespace Hexabase.Portal.Access.Conditions;

/// <summary>
/// Reads a condition, by recursive descent:
/// <code>
/// or    = and { "or" and }          and  = not { "and" not }        not = "not" not | "(" or ")" | term
/// term  = "mfa" [ "within" 15m ] | "owner" | "time in" 09:00-18:00 {, ...} ZONE | "weekday in" mon-fri {, ...} ZONE | "ip in" CIDR {, ...}
///       | "environment in" word {, ...} | "classification" sign word | "residency in" word {, ...} | "label" KEY ("=" | "in") value {, ...}
/// </code>
/// </summary>
internal sealed class ConditionParser
{
    public static readonly string[] TermWords = ["mfa", "owner", "time", "weekday", "ip", "environment", "classification", "residency", "label"];
    private readonly List<ConditionToken> _tokens;
    private int _at;
    private int _terms;

    private ConditionParser(List<ConditionToken> tokens) => _tokens = tokens;

    internal ConditionError? Error { get; private set; }

    internal ConditionToken Next => _tokens[_at];

    /// <summary>Null with the error set where the text is no condition.</summary>
    public static ConditionNode? Parse(string text, out ConditionError? error)
    {
        if (text.Length > Condition.MaxLength)
        {
            error = new ConditionError(Condition.MaxLength, "condition.tooLong", $"A condition has at most {Condition.MaxLength} characters.", [Condition.MaxLength]);
            return null;
        }

        if (ConditionLexer.Cut(text, out error) is not { } tokens) return null;
        var parser = new ConditionParser(tokens);
        var root = parser.Or(1);
        if (root is not null && parser.Next.Kind != TokenKind.End) root = parser.Expected("and, or, or the end");
        error = parser.Error;
        return root;
    }

    internal ConditionToken Take() => _tokens[_at++];

    internal bool TakeWord(string word)
    {
        if (!IsWord(word)) return false;
        _at++;
        return true;
    }

    internal bool Take(TokenKind kind)
    {
        if (Next.Kind != kind) return false;
        _at++;
        return true;
    }

    /// <summary>Keeps the first error, at the token that is next.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "Reads the parser's place.")]
    internal ConditionNode? Expected(string what) => Fail(Next, "condition.expected", $"Position {Next.Position}: {what} is expected, but here is {Next}.", Next.Position, what, Next.ToString());

    internal ConditionNode? Fail(ConditionToken at, string code, string message, params object?[] args)
    {
        Error ??= new ConditionError(at.Position, code, message, args);
        return null;
    }

    /// <summary>An unknown word, with the nearest one that is known.</summary>
    internal ConditionNode? Unknown(ConditionToken at, IReadOnlyCollection<string> known)
    {
        var near = NearestWord.Of(at.Text, known);
        return near is null
            ? Fail(at, "condition.unknown", $"Position {at.Position}: '{at.Text}' is not known here. Known are: {string.Join(", ", known)}.", at.Position, at.Text, string.Join(", ", known))
            : Fail(at, "condition.unknownNear", $"Position {at.Position}: '{at.Text}' is not known here. Is '{near}' meant?", at.Position, at.Text, near);
    }

    private bool IsWord(string word) => Next.Kind == TokenKind.Word && Next.Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private ConditionNode? Or(int depth) => Chain(depth, "or", And, terms => new OrNode(terms), node => node is OrNode or ? or.Terms : null);

    private ConditionNode? And(int depth) => Chain(depth, "and", Not, terms => new AndNode(terms), node => node is AndNode and ? and.Terms : null);

    private ConditionNode? Chain(int depth, string word, Func<int, ConditionNode?> part, Func<IReadOnlyList<ConditionNode>, ConditionNode> join, Func<ConditionNode, IReadOnlyList<ConditionNode>?> inner)
    {
        var terms = new List<ConditionNode>();
        do
        {
            if (part(depth) is not { } term) return null;
            // Brackets that change nothing go, so that each condition is written in one way.
            if (inner(term) is { } same) terms.AddRange(same);
            else terms.Add(term);
        }
        while (TakeWord(word));
        return terms.Count == 1 ? terms[0] : join(terms);
    }

    private ConditionNode? Not(int depth)
    {
        if (depth > Condition.MaxDepth) return Fail(Next, "condition.tooDeep", $"Position {Next.Position}: a condition is nested at most {Condition.MaxDepth} deep.", Next.Position, Condition.MaxDepth);
        if (TakeWord("not")) return Not(depth + 1) is { } term ? new NotNode(term) : null;
        if (!Take(TokenKind.Open)) return Term();
        if (Or(depth + 1) is not { } inside) return null;
        return Take(TokenKind.Close) ? inside : Expected("and, or, or a closing bracket");
    }

    private ConditionNode? Term()
    {
        var first = Next;
        if (first.Kind != TokenKind.Word) return Expected($"a condition ({string.Join(", ", TermWords)})");
        if (++_terms > Condition.MaxTerms) return Fail(first, "condition.tooMany", $"A condition has at most {Condition.MaxTerms} parts.", Condition.MaxTerms);
        _at++;
        return first.Text.ToLowerInvariant() switch
        {
            "mfa" => ConditionTerms.Mfa(this),
            "owner" => new OwnerNode(),
            "time" => ConditionTerms.Time(this),
            "weekday" => ConditionTerms.Weekday(this),
            "ip" => ConditionTerms.Ip(this),
            "environment" => ConditionTerms.Environment(this),
            "classification" => ConditionTerms.Classification(this),
            "residency" => ConditionTerms.Residency(this),
            "label" => ConditionTerms.Label(this),
            _ => Unknown(first, TermWords),
        };
    }
}

/// <summary>The known word that a mistyped one is nearest to.</summary>
internal static class NearestWord
{
    /// <summary>Null where none is near: more than a third of its letters differ.</summary>
    public static string? Of(string word, IEnumerable<string> known)
    {
        var best = known.Select(k => (Word: k, Distance: Distance(word.ToLowerInvariant(), k.ToLowerInvariant()))).OrderBy(k => k.Distance).ThenBy(k => k.Word, StringComparer.Ordinal).FirstOrDefault();
        return best.Word is not null && best.Distance <= Math.Max(1, best.Word.Length / 3) ? best.Word : null;
    }

    /// <summary>Levenshtein's, of texts cut to 40 characters.</summary>
    private static int Distance(string a, string b)
    {
        if (a.Length > 40) a = a[..40];
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), corner + (a[i - 1] == b[j - 1] ? 0 : 1));
                corner = above;
            }
        }

        return row[b.Length];
    }
}
