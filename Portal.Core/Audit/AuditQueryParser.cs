using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Audit;

/// <summary>One value of a qualifier.</summary>
/// <param name="Text">As typed, unquoted, lower-cased by the invariant culture.</param>
/// <param name="IsPrefix">It ended in an unquoted '*'.</param>
/// <param name="IsQuoted">Free text in quotes is a phrase.</param>
public sealed record AuditValue(string Text, bool IsPrefix, bool IsQuoted = false);

/// <summary>One condition of a search; all of them must hold.</summary>
/// <param name="Qualifier">Null = free text.</param>
/// <param name="Values">Any of them matches.</param>
/// <param name="Column">Where it begins, from 1.</param>
public sealed record AuditTerm(string? Qualifier, IReadOnlyList<AuditValue> Values, bool IsNegated, int Column);

/// <summary>
/// Reads the search language of the audit log: <c>actor:alice action:budget.*,quota.set -status:failure ip:10.0.0.0/8 after:2026-01-01 "free text"</c>.
/// Terms are separated by spaces and all hold; a comma separates alternatives; '-' negates; quotes take anything (<c>\"</c> and <c>\\</c> inside); a
/// trailing '*' matches the rest.
/// </summary>
public static class AuditQueryParser
{
    public const int MaxLength = 4000;
    private const int MaxTerms = 50;

    public static FrozenSet<string> Qualifiers { get; } =
        new[] { "actor", "action", "resource", "workspace", "status", "ip", "kind", "source", "after", "before" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The terms, or a problem with the column (from 1) of the error. Never throws.</summary>
    public static Result<IReadOnlyList<AuditTerm>> Parse(string? query)
    {
        var text = query ?? "";
        if (text.Length > MaxLength) return Wrong(MaxLength + 1, "audit.query.tooLong", $"The search is longer than {MaxLength} characters.");
        var terms = new List<AuditTerm>();
        var at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            if (at >= text.Length) return terms;
            if (terms.Count == MaxTerms) return Wrong(at + 1, "audit.query.tooMany", $"A search has at most {MaxTerms} terms.");
            var column = at + 1;
            var negated = text[at] == '-' && at + 1 < text.Length && !char.IsWhiteSpace(text[at + 1]);
            if (negated) at++;
            if (!Term(text, ref at, negated, column).TryGet(out var term, out var problem)) return problem;
            terms.Add(term);
        }
    }

    /// <summary>The beginning of a day or the moment; UTC.</summary>
    public static bool TryParseTime(string text, out DateTime utc)
    {
        utc = default;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            utc = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
            return true;
        }

        string[] forms = ["yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"];
        if (!DateTimeOffset.TryParseExact(text.ToUpperInvariant(), forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)) return false;
        utc = moment.UtcDateTime;
        return true;
    }

    private static Result<AuditTerm> Term(string text, ref int at, bool negated, int column)
    {
        var word = at;
        while (word < text.Length && char.IsAsciiLetter(text[word])) word++;
        if (word == at || word >= text.Length || text[word] != ':')
        {
            if (!Value(text, ref at, free: true).TryGet(out var free, out var freeProblem)) return freeProblem;
            return new AuditTerm(null, [free], negated, column);
        }

        var qualifier = text[at..word].ToLowerInvariant();
        if (!Qualifiers.Contains(qualifier))
            return Wrong(at + 1, "audit.query.qualifier", $"'{Clip(qualifier)}:' at column {at + 1} is no qualifier. There are {string.Join(", ", Qualifiers.Order(StringComparer.Ordinal).Select(q => q + ":"))}; put text with a colon in quotes.", Clip(qualifier));
        at = word + 1;
        var values = new List<AuditValue>();
        while (true)
        {
            var valueColumn = at + 1;
            if (!Value(text, ref at, free: false).TryGet(out var value, out var problem)) return problem;
            if (value.Text.Length == 0 && !value.IsPrefix) return Wrong(valueColumn, "audit.query.empty", $"'{qualifier}:' has no value at column {valueColumn}.", qualifier);
            if (Check(qualifier, value, valueColumn) is { } wrong) return wrong;
            values.Add(value);
            if (values.Count > 100) return Wrong(valueColumn, "audit.query.tooMany", "A list has at most 100 values.");
            if (at >= text.Length || text[at] != ',') break;
            at++;
        }

        return new AuditTerm(qualifier, values, negated, column);
    }

    private static Result<AuditValue> Value(string text, ref int at, bool free)
    {
        var start = at;
        var value = new StringBuilder();
        var prefix = false;
        var quoted = at < text.Length && text[at] == '"';
        if (quoted)
        {
            for (at++; ; at++)
            {
                if (at >= text.Length) return Wrong(start + 1, "audit.query.quote", $"The quote that opens at column {start + 1} is never closed.");
                if (text[at] == '"') break;
                if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] is '"' or '\\') at++;
                value.Append(text[at]);
            }

            at++;
            if (at < text.Length && !char.IsWhiteSpace(text[at]) && (free || text[at] != ','))
                return Wrong(at + 1, "audit.query.afterQuote", $"After the closing quote a space is missing at column {at + 1}.");
        }
        else
        {
            while (at < text.Length && !char.IsWhiteSpace(text[at]) && (free || text[at] != ',')) value.Append(text[at++]);
            prefix = value.Length > 0 && value[^1] == '*';
            if (prefix) value.Length--;
        }

        var plain = value.ToString();
        for (var i = 0; i < plain.Length; i++)
        {
            if (char.IsHighSurrogate(plain[i]) && i + 1 < plain.Length && char.IsLowSurrogate(plain[i + 1])) i++;
            else if (char.IsSurrogate(plain[i]) || plain[i] == '\0') return Wrong(start + 1, "audit.query.character", $"The value at column {start + 1} holds a character that cannot be searched for.");
        }

        return new AuditValue(plain.ToLowerInvariant(), prefix, quoted);
    }

    private static Problem? Check(string qualifier, AuditValue value, int column) => qualifier switch
    {
        "status" when value.IsPrefix || value.Text is not ("success" or "failure") => Wrong(column, "audit.query.status", $"status: is success or failure (column {column})."),
        "after" or "before" when value.IsPrefix || !TryParseTime(value.Text, out _) =>
            Wrong(column, "audit.query.time", $"{qualifier}: takes a day (2026-01-31) or a moment (2026-01-31T09:00:00Z), see column {column}.", qualifier),
        "ip" when value.Text.Contains('/', StringComparison.Ordinal) && IPAddress.TryParse(value.Text[..value.Text.IndexOf('/', StringComparison.Ordinal)], out _) && !AuditNetwork.TryParse(value.Text, out _) =>
            Wrong(column, "audit.query.network", $"The network at column {column} is not written ADDRESS/BITS."),
        _ => null,
    };

    private static Problem Wrong(int column, string code, string message, params object?[] args) =>
        Problem.Invalid([new FieldError("q", code, message, Column: column.ToString(CultureInfo.InvariantCulture), Args: [column, .. args])]);

    private static string Clip(string text) => text.Length > 30 ? text[..30] + "…" : text;
}

/// <summary>An IPv4 or IPv6 network in CIDR form; IPv4 addresses mapped into IPv6 count as IPv4.</summary>
public sealed class AuditNetwork
{
    private readonly byte[] _address;
    private readonly int _bits;

    private AuditNetwork(byte[] address, int bits) => (_address, _bits) = (address, bits);

    public static bool TryParse(string text, out AuditNetwork? network)
    {
        network = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !IPAddress.TryParse(text[..slash], out var address) || !int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var bits)) return false;
        var bytes = address.GetAddressBytes();
        if (bits > bytes.Length * 8) return false;
        if (address.IsIPv4MappedToIPv6 && bits >= 96) (bytes, bits) = (address.MapToIPv4().GetAddressBytes(), bits - 96);
        network = new AuditNetwork(bytes, bits);
        return true;
    }

    public bool Contains(string? text)
    {
        if (text is null || !IPAddress.TryParse(text, out var address)) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (bytes.Length != _address.Length) return false;
        for (var i = 0; i < _bits; i += 8)
        {
            var mask = _bits - i >= 8 ? 0xFF : 0xFF << (8 - (_bits - i));
            if ((bytes[i / 8] & mask) != (_address[i / 8] & mask)) return false;
        }

        return true;
    }
}
