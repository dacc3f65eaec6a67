using System.Globalization;
using System.Text;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>One way to a value in an event: names and positions, or a fixed text.</summary>
internal sealed class EventPath
{
    private const int MaxSteps = 16;

    private readonly IReadOnlyList<(byte[]? Name, int Position)> _steps;

    private EventPath(IReadOnlyList<(byte[]?, int)> steps, string? constant) => (_steps, Constant) = (steps, constant);

    public string? Constant { get; }

    public EventNode Follow(EventNode root)
    {
        var at = root;
        foreach (var (name, position) in _steps)
        {
            at = name is null ? at.At(position) : at[name];
            if (!at.Exists) return default;
        }

        return at;
    }

    /// <param name="column">Where it stops being readable, from 1.</param>
    public static bool TryParseAll(string expression, out IReadOnlyList<EventPath> paths, out int column)
    {
        var found = new List<EventPath>();
        paths = found;
        var at = 0;
        while (true)
        {
            Skip(expression, ref at);
            var fine = at < expression.Length && (expression[at] == '\'' ? TryConstant(expression, ref at, found) : TrySteps(expression, ref at, found));
            column = at + 1;
            if (!fine) return false;
            Skip(expression, ref at);
            column = at + 1;
            if (at == expression.Length) return true;
            if (expression[at++] != '|') return false;
        }
    }

    private static bool TryConstant(string text, ref int at, List<EventPath> found)
    {
        var end = text.IndexOf('\'', at + 1);
        if (end <= at + 1) return false;
        found.Add(new EventPath([], EventText.Clean(text[(at + 1)..end], 400)));
        at = end + 1;
        return true;
    }

    private static bool TrySteps(string text, ref int at, List<EventPath> found)
    {
        var steps = new List<(byte[]?, int)>();
        if (text[at] == '$')
        {
            at++;
            if (at < text.Length && text[at] == '.') at++;
        }

        while (at < text.Length && text[at] is not ('|' or ' '))
        {
            if (text[at] == '[' ? !TryBracket(text, ref at, steps) : !TryName(text, ref at, steps)) return false;
            if (steps.Count > MaxSteps) return false;
            if (at < text.Length && text[at] == '.' && ++at == text.Length) return false;
        }

        if (steps.Count == 0) return false;
        found.Add(new EventPath(steps, null));
        return true;
    }

    private static bool TryName(string text, ref int at, List<(byte[]?, int)> steps)
    {
        var start = at;
        while (at < text.Length && text[at] is not ('.' or '[' or '|' or ' ' or ']' or '\'' or '"' or '*')) at++;
        if (at == start) return false;
        steps.Add((Encoding.UTF8.GetBytes(text[start..at]), 0));
        return at == text.Length || text[at] is '.' or '[' or '|' or ' ';
    }

    private static bool TryBracket(string text, ref int at, List<(byte[]?, int)> steps)
    {
        var inside = at + 1;
        if (inside < text.Length && text[inside] is '"' or '\'')
        {
            var end = text.IndexOf(text[inside], inside + 1);
            if (end <= inside + 1 || end + 1 >= text.Length || text[end + 1] != ']') return false;
            steps.Add((Encoding.UTF8.GetBytes(text[(inside + 1)..end]), 0));
            at = end + 2;
            return true;
        }

        var close = text.IndexOf(']', inside);
        if (close < 0 || !int.TryParse(text[inside..close], NumberStyles.None, CultureInfo.InvariantCulture, out var position)) return false;
        steps.Add((null, position));
        at = close + 1;
        return true;
    }

    private static void Skip(string text, ref int at)
    {
        while (at < text.Length && text[at] == ' ') at++;
    }
}
