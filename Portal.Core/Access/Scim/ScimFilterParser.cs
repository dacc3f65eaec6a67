using System.Globalization;
using System.Text;

namespace Hexabase.Portal.Access.Scim;

/// <summary>
/// The filter and path grammars of RFC 7644 (figures 1 and 7), by recursive descent with a limit on length, depth and number of comparisons. Operators and
/// attribute names are read without regard to case; <c>and</c> binds more closely than <c>or</c>. Beyond the grammar <c>attribute[filter].sub op value</c> is taken, which Entra sends.
/// </summary>
internal sealed class ScimFilterParser
{
    public const int MaxLength = 4000;
    private const int MaxDepth = 24;
    private const int MaxComparisons = 100;
    private readonly string _text;
    private readonly ScimResourceType _type;
    private readonly Func<string, Kernel.Problem> _problem;
    private int _at;
    private int _depth;
    private int _comparisons;

    private ScimFilterParser(string text, ScimResourceType type, Func<string, Kernel.Problem> problem)
    {
        (_text, _type, _problem) = (text, type, problem);
        if (text.Length > MaxLength) throw Refuse($"The filter is {text.Length} characters long; at most {MaxLength} are read.");
    }

    /// <exception cref="ScimRefusal">invalidFilter.</exception>
    public static ScimFilter Parse(string text, ScimResourceType type)
    {
        var parser = new ScimFilterParser(text, type, ScimProblem.InvalidFilter);
        var filter = parser.Or(null);
        parser.Space();
        return parser._at == text.Length ? filter : throw parser.Refuse($"The filter goes on at position {parser._at + 1} where it should end.");
    }

    /// <summary>The path of a PATCH operation: <c>attribute</c>, <c>attribute.sub</c>, <c>attribute[filter]</c>, <c>attribute[filter].sub</c>.</summary>
    /// <exception cref="ScimRefusal">invalidPath.</exception>
    public static ScimTarget ParsePath(string text, ScimResourceType type)
    {
        var parser = new ScimFilterParser(text, type, ScimProblem.InvalidPath);
        parser.Space();
        var path = parser.Path(null);
        if (!parser.Take('['))
        {
            parser.End();
            return new ScimTarget(path, null);
        }

        if (path.Attribute is not { Type: ScimType.Complex, MultiValued: true } || path.Sub is not null) throw parser.Refuse($"{path} has no values to choose from with [ ].");
        var inner = parser.Inner(path);
        if (parser.Take('.'))
        {
            var name = parser.Name();
            path = path with { Sub = path.Attribute.FindSub(name) ?? throw parser.Refuse($"{path} has no sub-attribute {name}.") };
        }

        parser.End();
        return new ScimTarget(path, inner);
    }

    private ScimFilter Or(ScimAttribute? within)
    {
        if (++_depth > MaxDepth) throw Refuse($"The filter is nested more than {MaxDepth} deep.");
        var left = And(within);
        while (Word("or")) left = new ScimOr(left, And(within));
        _depth--;
        return left;
    }

    private ScimFilter And(ScimAttribute? within)
    {
        var left = Term(within);
        while (Word("and")) left = new ScimAnd(left, Term(within));
        return left;
    }

    private ScimFilter Term(ScimAttribute? within)
    {
        Space();
        var start = _at;
        if (Word("not"))
        {
            Space();
            if (Take('(')) return new ScimNot(Group(within));
            _at = start;
        }

        if (Take('(')) return Group(within);
        if (++_comparisons > MaxComparisons) throw Refuse($"The filter holds more than {MaxComparisons} comparisons.");
        var path = Path(within);
        if (Take('['))
        {
            if (within is not null || path.Attribute is not { Type: ScimType.Complex } || path.Sub is not null) throw Refuse($"{path} has no values to choose from with [ ].");
            var inner = Inner(path);
            if (!Take('.')) return new ScimValueFilter(path, inner);
            var name = Name();
            var sub = path.Attribute.FindSub(name) ?? throw Refuse($"{path} has no sub-attribute {name}.");
            return new ScimValueFilter(path, new ScimAnd(inner, Comparison(new ScimPath(null, sub, null))));
        }

        return Comparison(path);
    }

    private ScimFilter Inner(ScimPath path)
    {
        var inner = Or(path.Attribute);
        Space();
        return Take(']') ? inner : throw Refuse($"A ] is missing at position {_at + 1}.");
    }

    private ScimFilter Group(ScimAttribute? within)
    {
        var inner = Or(within);
        Space();
        return Take(')') ? inner : throw Refuse($"A ) is missing at position {_at + 1}.");
    }

    private ScimFilter Comparison(ScimPath path)
    {
        if (!SpaceTaken()) throw Refuse($"An operator is missing at position {_at + 1}.");
        var start = _at;
        while (_at < _text.Length && char.IsAsciiLetter(_text[_at])) _at++;
        var word = _text[start.._at].ToLowerInvariant();
        if (word == "pr") return path.Attribute is null ? throw Refuse($"{path} is no attribute.") : new ScimPresent(path);
        ScimOperator op = word switch
        {
            "eq" => ScimOperator.Eq,
            "ne" => ScimOperator.Ne,
            "co" => ScimOperator.Co,
            "sw" => ScimOperator.Sw,
            "ew" => ScimOperator.Ew,
            "gt" => ScimOperator.Gt,
            "ge" => ScimOperator.Ge,
            "lt" => ScimOperator.Lt,
            "le" => ScimOperator.Le,
            _ => throw Refuse($"There is no operator {(word.Length == 0 ? "at position " + (start + 1).ToString(CultureInfo.InvariantCulture) : word)}; operators are eq, ne, co, sw, ew, gt, ge, lt, le and pr."),
        };
        if (!SpaceTaken()) throw Refuse($"A value is missing at position {_at + 1}.");
        var leaf = path.Leaf ?? throw Refuse($"{path} is made of parts; name the one to compare, such as {path}.{(path.Attribute is { Sub: [var first, ..] } ? first.Name : "value")}.");
        if (leaf.Type == ScimType.Complex) throw Refuse($"{path} is made of parts; name the one to compare.");
        if (leaf.Returned == ScimReturned.Never) throw Refuse($"{path} cannot be searched.");
        return new ScimCompare(path, leaf, op, Fit(path, leaf, op, Value()));
    }

    /// <summary>A value that is not of the attribute's type matches nothing by any reading, so it is refused.</summary>
    private object? Fit(ScimPath path, ScimAttribute leaf, ScimOperator op, object? value)
    {
        if (value is null) return op is ScimOperator.Eq or ScimOperator.Ne ? null : throw Refuse($"null can only be compared with eq and ne ({path}).");
        switch (leaf.Type)
        {
            case ScimType.Boolean:
                if (value is not bool) throw Refuse($"{path} is true or false, without quotation marks.");
                return op is ScimOperator.Eq or ScimOperator.Ne ? value : throw Refuse($"{path} is true or false and can only be compared with eq and ne.");
            case ScimType.DateTime:
                if (op is ScimOperator.Co or ScimOperator.Sw or ScimOperator.Ew) throw Refuse($"{path} is an instant; compare it with eq, ne, gt, ge, lt or le.");
                return value is string text && ScimValues.TryReadInstant(text, out var at) ? at : throw Refuse($"{path} is an instant in the form \"2026-01-31T23:59:59Z\".");
            case ScimType.Binary when op is not (ScimOperator.Eq or ScimOperator.Ne):
                throw Refuse($"{path} is binary and can only be compared with eq and ne.");
            case ScimType.String or ScimType.Reference or ScimType.Binary:
                return value is string ? value : throw Refuse($"{path} is text; put the value in quotation marks.");
            default:
                throw Refuse($"{path} cannot be compared.");
        }
    }

    private object? Value()
    {
        if (_at < _text.Length && _text[_at] == '"') return Text();
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '.' or '-' or '+')) _at++;
        var word = _text[start.._at];
        // JSON's own words stand in lower case, but Entra writes True and False.
        if (word.Equals("true", StringComparison.OrdinalIgnoreCase)) return true;
        if (word.Equals("false", StringComparison.OrdinalIgnoreCase)) return false;
        if (word == "null") return null;
        return double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Refuse($"A value is expected at position {start + 1}: text in quotation marks, true, false, null or a number.");
    }

    /// <summary>A JSON string (RFC 8259 section 7).</summary>
    private string Text()
    {
        var text = new StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            var c = _text[_at];
            if (c == '"')
            {
                _at++;
                if (!IsWellFormed(text)) throw Refuse("A text in the filter holds half of a character.");
                return text.ToString();
            }

            if (c < ' ') throw Refuse($"A control character stands at position {_at + 1}.");
            text.Append(c == '\\' ? Escaped() : c);
        }

        throw Refuse("A quotation mark is missing at the end.");
    }

    private char Escaped()
    {
        if (++_at >= _text.Length) throw Refuse("A quotation mark is missing at the end.");
        switch (_text[_at])
        {
            case '"': return '"';
            case '\\': return '\\';
            case '/': return '/';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u' when _at + 4 < _text.Length && ushort.TryParse(_text.AsSpan(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && code != 0:
                _at += 4;
                return (char)code;
            default: throw Refuse($"The escape at position {_at} is none of JSON's.");
        }
    }

    private static bool IsWellFormed(StringBuilder text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == 0) return false;
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return false;
            i++;
        }

        return true;
    }

    private ScimPath Path(ScimAttribute? within)
    {
        var name = Name();
        if (within is null) return _type.Resolve(name) ?? throw Refuse($"{name} is no attribute of {_type.Name}.");
        // Inside of brackets names are those of the parts; some clients repeat the attribute's own.
        if (name.StartsWith(within.Name + ".", StringComparison.OrdinalIgnoreCase)) name = name[(within.Name.Length + 1)..];
        return within.FindSub(name) is { } sub ? new ScimPath(null, sub, null) : throw Refuse($"{within.Name} has no sub-attribute {name}.");
    }

    private string Name()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '-' or '.' or ':' or '$')) _at++;
        return _at > start && (char.IsAsciiLetter(_text[start]) || _text[start] == '$') ? _text[start.._at] : throw Refuse($"The name of an attribute is expected at position {start + 1}.");
    }

    private bool Word(string word)
    {
        var start = _at;
        Space();
        if (_at + word.Length <= _text.Length && _text.AsSpan(_at, word.Length).Equals(word, StringComparison.OrdinalIgnoreCase)
            && (_at + word.Length == _text.Length || _text[_at + word.Length] is ' ' or '('))
        {
            _at += word.Length;
            return true;
        }

        _at = start;
        return false;
    }

    private bool Take(char c)
    {
        if (_at >= _text.Length || _text[_at] != c) return false;
        _at++;
        return true;
    }

    private void Space()
    {
        while (_at < _text.Length && _text[_at] == ' ') _at++;
    }

    private bool SpaceTaken()
    {
        var start = _at;
        Space();
        return _at > start;
    }

    private void End()
    {
        Space();
        if (_at < _text.Length) throw Refuse($"The path goes on at position {_at + 1} where it should end.");
    }

    private ScimRefusal Refuse(string message) => new(_problem(message));
}

/// <summary>What a PATCH operation is about: a place, and of its values those that match.</summary>
public sealed record ScimTarget(ScimPath Path, ScimFilter? Filter);
