using System.Text.RegularExpressions;

namespace Hexabase.Portal.Shell;

/// <summary>One call in the sources with its arguments as written.</summary>
internal sealed record SourceCall(string File, string Name, IReadOnlyList<string> Arguments);

/// <summary>Reads calls out of C# sources: enough of the language for strings, interpolations and nested brackets.</summary>
internal static partial class SourceCalls
{
    /// <param name="start">Matches up to and with the opening bracket; its group "name" names the call.</param>
    public static IEnumerable<SourceCall> Of(string file, string source, Regex start)
    {
        foreach (Match match in start.Matches(source)) yield return new SourceCall(Path.GetFileName(file), match.Groups["name"].Value, Arguments(source, match.Index + match.Length));
    }

    /// <summary>What stands between the bracket before <paramref name="at"/> and its partner, split at its commas.</summary>
    public static List<string> Arguments(string source, int at)
    {
        var found = new List<string>();
        var (depth, from) = (0, at);
        for (var i = at; i < source.Length;)
        {
            if (StringStart().Match(source, i) is { Success: true } open)
            {
                i = AfterString(source, i, open.Value);
                continue;
            }

            var c = source[i];
            if (c == '\'' && Character().Match(source, i) is { Success: true } character)
            {
                i += character.Length;
                continue;
            }

            if (c is '(' or '[' or '{') depth++;
            else if (c is ')' or ']' or '}' && depth-- == 0)
            {
                if (source[from..i].Trim() is { Length: > 0 } last) found.Add(last);
                return found;
            }
            else if (c == ',' && depth == 0)
            {
                found.Add(source[from..i].Trim());
                from = i + 1;
            }

            i++;
        }

        throw new FormatException("A bracket is never closed.");
    }

    private static int AfterString(string source, int at, string open)
    {
        var i = at + open.Length;
        if (open.EndsWith("\"\"\"", StringComparison.Ordinal)) return source.IndexOf("\"\"\"", i, StringComparison.Ordinal) + 3;
        var (verbatim, interpolated) = (open.Contains('@', StringComparison.Ordinal), open.Contains('$', StringComparison.Ordinal));
        while (true)
        {
            var c = source[i];
            if (c == '\\' && !verbatim) i += 2;
            else if (c == '"' && verbatim && source[i + 1] == '"') i += 2;
            else if (c == '"') return i + 1;
            else if (c == '{' && interpolated && source[i + 1] != '{') i = AfterHole(source, i + 1);
            else i += c == '{' && interpolated ? 2 : 1;
        }
    }

    private static int AfterHole(string source, int at)
    {
        for (var depth = 1; depth > 0;)
        {
            if (StringStart().Match(source, at) is { Success: true } open)
            {
                at = AfterString(source, at, open.Value);
                continue;
            }

            if (source[at] == '{') depth++;
            else if (source[at] == '}') depth--;
            at++;
        }

        return at;
    }

    [GeneratedRegex(@"\G[$@]*(?:""""""|"")", RegexOptions.None, 1000)]
    private static partial Regex StringStart();

    [GeneratedRegex(@"\G'(?:\\.[^']*|[^'\\])'", RegexOptions.None, 1000)]
    private static partial Regex Character();
}
