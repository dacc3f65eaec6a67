using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;

namespace Hexabase.Portal.Access.Conditions;

/// <summary>The terms of the language; each is entered behind its first word.</summary>
internal static class ConditionTerms
{
    private const int MaxMfaMinutes = 60 * 24 * 30;

    public static ConditionNode? Mfa(ConditionParser parser)
    {
        if (!parser.TakeWord("within")) return new MfaNode(null);
        var at = parser.Next;
        if (at.Kind == TokenKind.Word && at.Text.Length >= 2 && int.TryParse(at.Text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            var unit = char.ToLowerInvariant(at.Text[^1]) switch { 'm' => 1, 'h' => 60, 'd' => 1440, _ => 0 };
            if (unit > 0 && count is > 0 and <= MaxMfaMinutes && (long)count * unit <= MaxMfaMinutes)
            {
                parser.Take();
                return new MfaNode(count * unit);
            }
        }

        return parser.Expected("a time such as 15m, 8h or 1d (at most 30d)");
    }

    public static ConditionNode? Time(ConditionParser parser)
    {
        if (List<DaySpan>(parser, TryReadSpan, "a span of the day such as 09:00-18:00") is not { } spans) return null;
        return Zone(parser) is { } zone ? new TimeNode(spans, zone) : null;
    }

    public static ConditionNode? Weekday(ConditionParser parser)
    {
        if (List<int>(parser, TryReadDays, "weekdays such as mon-fri or sat") is not { } days) return null;
        return Zone(parser) is { } zone ? new WeekdayNode(days.Aggregate(0, (all, d) => all | d), zone) : null;
    }

    public static ConditionNode? Ip(ConditionParser parser) => List<Network>(parser, TryReadNetwork, "a network such as 10.0.0.0/8 or 2001:db8::/32") is { } networks ? new IpNode(networks) : null;

    public static ConditionNode? Environment(ConditionParser parser)
    {
        var known = Enum.GetValues<WorkspaceEnvironment>().Select(Words.Of).ToList();
        return ListOfWords(parser, known, "an environment") is { } words ? new EnvironmentNode([.. words.Select(Parse<WorkspaceEnvironment>).Distinct()]) : null;
    }

    public static ConditionNode? Classification(ConditionParser parser)
    {
        if (parser.Next.Kind != TokenKind.Sign) return parser.Expected("<=, <, =, > or >=");
        var sign = parser.Take().Text;
        var at = parser.Next;
        if (at.Kind != TokenKind.Word) return parser.Expected("public, internal, confidential or restricted");
        if (!Words.TryParse<DataClassification>(at.Text.ToLowerInvariant(), out var level)) return parser.Unknown(at, [.. Enum.GetValues<DataClassification>().Select(Words.Of)]);
        parser.Take();
        return new ClassificationNode(sign, level);
    }

    public static ConditionNode? Residency(ConditionParser parser)
    {
        bool TryRead(ConditionToken at, out string place)
        {
            place = at.Text.ToLowerInvariant();
            // A country or union that is known, or the name of a region, which has a sign or a digit in it.
            return place.Length <= 60 && (Conditions.Residency.Places.Contains(place) || place.Any(c => c is '-' or '_' || char.IsAsciiDigit(c)));
        }

        if (!parser.TakeWord("in")) return parser.Expected("in");
        var places = new List<string>();
        do
        {
            var at = parser.Next;
            if (at.Kind != TokenKind.Word) return parser.Expected("a country or union such as jp or eu, or a region");
            if (!TryRead(at, out var place)) return parser.Unknown(at, [.. Conditions.Residency.Places]);
            parser.Take();
            if (!places.Contains(place)) places.Add(place);
        }
        while (parser.Take(TokenKind.Comma));
        return new ResidencyNode(places);
    }

    public static ConditionNode? Label(ConditionParser parser)
    {
        if (parser.Next.Kind is not (TokenKind.Word or TokenKind.Text)) return parser.Expected("the label's name");
        var name = parser.Take();
        if (TextRule.Check("label", name.Text, LabelSet.MaxKeyLength, out var key) is not null) return parser.Fail(name, "condition.labelName", $"Position {name.Position}: this is no name of a label.", name.Position);
        var several = parser.TakeWord("in");
        if (!several && (parser.Next is not { Kind: TokenKind.Sign, Text: "=" } || !parser.Take(TokenKind.Sign))) return parser.Expected("= or in");
        var values = new List<string>();
        do
        {
            if (parser.Next.Kind is not (TokenKind.Word or TokenKind.Text)) return parser.Expected("a value in quotation marks");
            var value = parser.Take();
            if (TextRule.Check("label", value.Text, LabelSet.MaxValueLength, out var clean) is not null) return parser.Fail(value, "condition.labelValue", $"Position {value.Position}: this is no value of a label.", value.Position);
            if (!values.Contains(clean)) values.Add(clean);
        }
        while (several && parser.Take(TokenKind.Comma));
        return new LabelNode(key, values);
    }

    private delegate bool Reader<T>(string text, out T value);

    /// <summary>"in", then one or more separated by commas.</summary>
    private static List<T>? List<T>(ConditionParser parser, Reader<T> read, string what)
    {
        if (!parser.TakeWord("in"))
        {
            parser.Expected("in");
            return null;
        }

        var values = new List<T>();
        do
        {
            if (parser.Next.Kind != TokenKind.Word || !read(parser.Next.Text, out var value))
            {
                parser.Expected(what);
                return null;
            }

            parser.Take();
            if (!values.Contains(value)) values.Add(value);
        }
        while (parser.Take(TokenKind.Comma));
        return values;
    }

    private static List<string>? ListOfWords(ConditionParser parser, IReadOnlyCollection<string> known, string what)
    {
        if (!parser.TakeWord("in"))
        {
            parser.Expected("in");
            return null;
        }

        var words = new List<string>();
        do
        {
            var at = parser.Next;
            if (at.Kind != TokenKind.Word) parser.Expected($"{what} ({string.Join(", ", known)})");
            else if (!known.Contains(at.Text.ToLowerInvariant())) parser.Unknown(at, known);
            if (parser.Error is not null) return null;
            words.Add(parser.Take().Text.ToLowerInvariant());
        }
        while (parser.Take(TokenKind.Comma));
        return words;
    }

    private static TimeZoneInfo? Zone(ConditionParser parser)
    {
        var at = parser.Next;
        if (at.Kind == TokenKind.Word && (at.Text == "UTC" || at.Text.Contains('/', StringComparison.Ordinal)))
        {
            if (TimeZoneInfo.TryFindSystemTimeZoneById(at.Text, out var zone) && zone.HasIanaId)
            {
                parser.Take();
                return zone;
            }

            parser.Unknown(at, [.. TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id).Where(id => NearestWord.Of(at.Text, [id]) is not null).DefaultIfEmpty("Asia/Tokyo")]);
            return null;
        }

        parser.Expected("a time zone such as Asia/Tokyo");
        return null;
    }

    private static bool TryReadSpan(string text, out DaySpan span)
    {
        span = default;
        if (text.Split('-') is not [var from, var to] || !TryReadMinute(from, out var begin) || !TryReadMinute(to, out var end) || begin == end || begin == 1440 || end == 0) return false;
        span = new DaySpan(begin, end);
        return true;
    }

    private static bool TryReadMinute(string text, out int minute)
    {
        minute = 0;
        if (text.Split(':') is not [{ Length: 1 or 2 } hours, { Length: 2 } minutes]) return false;
        if (!int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var h) || !int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var m) || m > 59 || h > 24 || (h == 24 && m > 0)) return false;
        minute = h * 60 + m;
        return true;
    }

    private static bool TryReadDays(string text, out int days)
    {
        days = 0;
        var ends = text.ToLowerInvariant().Split('-');
        if (ends.Length > 2) return false;
        var (first, last) = (Array.IndexOf(WeekdayNode.Names, ends[0]), Array.IndexOf(WeekdayNode.Names, ends[^1]));
        if (first < 0 || last < 0) return false;
        for (var day = first; ; day = (day + 1) % 7)
        {
            days |= 1 << day;
            if (day == last) return true;
        }
    }

    private static bool TryReadNetwork(string text, out Network network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var address = slash < 0 ? text : text[..slash];
        // The parser of addresses also takes forms such as "10.1" that nobody means.
        if (!IPAddress.TryParse(address, out var ip) || (ip.AddressFamily == AddressFamily.InterNetwork && address.Count(c => c == '.') != 3) || ip.ScopeId() != 0) return false;
        var most = ip.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var bits = most;
        if (slash >= 0 && (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out bits) || bits > most)) return false;
        var mask = AddressBits.Mask(ip, bits);
        // Bits behind the prefix are a typing error, or they are meant for another network: which one is not guessed.
        if ((AddressBits.Of(ip) & ~mask) != 0) return false;
        network = new Network(string.Create(CultureInfo.InvariantCulture, $"{ip}/{bits}"), AddressBits.Of(ip), mask);
        return true;
    }

    private static long ScopeId(this IPAddress ip) => ip.AddressFamily == AddressFamily.InterNetworkV6 ? ip.ScopeId : 0;

    private static T Parse<T>(string word)
        where T : struct, Enum => Words.TryParse<T>(word, out var value) ? value : default;
}
