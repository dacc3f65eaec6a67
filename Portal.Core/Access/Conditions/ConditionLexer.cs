using System.Text;

namespace Hexabase.Portal.Access.Conditions;

internal enum TokenKind
{
    Word,
    Text,
    Sign,
    Open,
    Close,
    Comma,
    End,
}

/// <param name="Position">From 1.</param>
internal readonly record struct ConditionToken(TokenKind Kind, string Text, int Position)
{
    public override string ToString() => Kind == TokenKind.End ? "the end" : $"'{Text}'";
}

/// <summary>Cuts a condition into words, quoted texts, signs and brackets.</summary>
internal static class ConditionLexer
{
    public static List<ConditionToken>? Cut(string text, out ConditionError? error)
    {
        error = null;
        var tokens = new List<ConditionToken>();
        var at = 0;
        while (at < text.Length)
        {
            var c = text[at];
            var position = at + 1;
            if (char.IsWhiteSpace(c))
            {
                at++;
            }
            else if (c is '(' or ')' or ',')
            {
                tokens.Add(new ConditionToken(c == '(' ? TokenKind.Open : c == ')' ? TokenKind.Close : TokenKind.Comma, c.ToString(), position));
                at++;
            }
            else if (c is '<' or '>' or '=')
            {
                var sign = c != '=' && at + 1 < text.Length && text[at + 1] == '=' ? text.Substring(at, 2) : c.ToString();
                tokens.Add(new ConditionToken(TokenKind.Sign, sign, position));
                at += sign.Length;
            }
            else if (c == '"')
            {
                if (Quoted(text, ref at) is not { } quoted)
                {
                    error = new ConditionError(position, "condition.openQuote", $"The quotation mark at position {position} is never closed.", [position]);
                    return null;
                }

                tokens.Add(new ConditionToken(TokenKind.Text, quoted, position));
            }
            else if (IsWord(c))
            {
                var start = at;
                while (at < text.Length && IsWord(text[at])) at++;
                tokens.Add(new ConditionToken(TokenKind.Word, text[start..at], position));
            }
            else
            {
                error = new ConditionError(position, "condition.character", $"Position {position}: '{c}' has no meaning in a condition. Put names and values with such characters in quotation marks.", [position, c.ToString()]);
                return null;
            }
        }

        tokens.Add(new ConditionToken(TokenKind.End, "", text.Length + 1));
        return tokens;
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or ':' or '/' or '-' or '_' or '+';

    private static string? Quoted(string text, ref int at)
    {
        var inside = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                at++;
                return inside.ToString();
            }

            if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] is '"' or '\\') at++;
            inside.Append(text[at]);
        }

        return null;
    }
}
