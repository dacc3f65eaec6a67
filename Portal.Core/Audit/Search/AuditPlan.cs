using System.Globalization;
using System.Net;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Audit.Search;

/// <summary>The terms from the first to the last, both included; for one exact term both are the same.</summary>
internal sealed record AuditTermRange(byte[] Low, byte[] High)
{
    public AuditTermRange(byte[] exact)
        : this(exact, exact) => Hash = AuditTerms.Hash(exact[0], exact.AsSpan(1));

    public bool IsExact => ReferenceEquals(Low, High);

    public ulong Hash { get; }
}

/// <summary>What one value of a condition asks for: of each set at least one term; and, for a phrase, that its words stand together.</summary>
internal sealed record AuditMatch(IReadOnlyList<IReadOnlyList<AuditTermRange>> All, AuditPhrase? Phrase = null);

/// <summary>One condition: any of the matches, or none of them.</summary>
internal sealed record AuditClause(IReadOnlyList<AuditMatch> Any, bool IsNegated)
{
    public bool IsExact => Any.All(m => m.All.All(s => s.All(r => r.IsExact)));

    public AuditPhrase? Phrase => Any is [{ Phrase: { } phrase }] ? phrase : null;

    /// <summary>The one term without which nothing of the condition holds; null where there is none.</summary>
    public AuditTermRange? Needed => IsNegated || Any is not [{ All: [[{ IsExact: true } only], ..] }] ? null : only;
}

/// <summary>A search as terms and times.</summary>
/// <param name="Clauses">All hold.</param>
/// <param name="FromMicros">From this event time on.</param>
/// <param name="ToMicros">Up to, without, this event time.</param>
internal sealed record AuditPlan(IReadOnlyList<AuditClause> Clauses, long FromMicros, long ToMicros)
{
    /// <summary>A condition of which a place for each value is enough: an auditor of 10,000 workspaces.</summary>
    public static AuditClause AnyWorkspace(IEnumerable<Guid> ids) =>
        new([.. ids.Select(id => new AuditMatch([[new AuditTermRange(AuditTerms.Of(AuditTerms.Workspace, id))]]))], false);

    /// <summary>The plan, or a problem with the column of what cannot be looked for.</summary>
    /// <param name="workspaces">The ids that each value of workspace: that is no id stands for.</param>
    public static Result<AuditPlan> Build(IReadOnlyList<AuditTerm> terms, DateTime? after, DateTime? before, IReadOnlyDictionary<AuditValue, IReadOnlyList<Guid>> workspaces)
    {
        var clauses = new List<AuditClause>();
        var (from, to) = (after is { } a ? AuditTime.Micros(a) : 0, before is { } b ? AuditTime.Micros(b) : long.MaxValue);
        foreach (var term in terms)
        {
            if (term.Qualifier is "after" or "before")
            {
                // A list means any of them; what is negated is the other side of time.
                var times = term.Values.Select(v => AuditQueryParser.TryParseTime(v.Text, out var utc) ? AuditTime.Micros(utc) : 0).ToList();
                if (term.Qualifier == "after" != term.IsNegated) from = Math.Max(from, term.IsNegated ? times.Max() : times.Min());
                else to = Math.Min(to, term.IsNegated ? times.Min() : times.Max());
                continue;
            }

            var matches = new List<AuditMatch>();
            foreach (var value in term.Values)
            {
                if (!Matches(term, value, workspaces, matches))
                {
                    return Problem.Invalid([new FieldError("q", "audit.query.noWord", $"At column {term.Column} there is no letter or digit to search for.",
                        Column: term.Column.ToString(CultureInfo.InvariantCulture), Args: [term.Column])]);
                }
            }

            clauses.Add(new AuditClause(matches, term.IsNegated));
        }

        return new AuditPlan(clauses, from, to);
    }

    private static bool Matches(AuditTerm term, AuditValue value, IReadOnlyDictionary<AuditValue, IReadOnlyList<Guid>> workspaces, List<AuditMatch> matches)
    {
        if (term.Qualifier is null) return FreeText(value, matches);
        var code = AuditTerms.CodeOf(term.Qualifier);
        var folded = AuditFold.Bytes(value.Text);
        if (term.Qualifier == "workspace" && !AuditTokens.IsId(folded))
        {
            if (value is { Text: "", IsPrefix: true }) matches.Add(Of(Prefix(code, folded)));
            else if (workspaces.TryGetValue(value, out var ids)) matches.AddRange(ids.Select(id => Of(AuditTerms.Of(code, id))));
        }
        else if (term.Qualifier == "ip" && AuditNetwork.TryParse(value.Text, out _))
        {
            matches.Add(Of([Network(value.Text)]));
        }
        else if (value.IsPrefix)
        {
            matches.Add(Of(Prefix(code, folded)));
        }
        else
        {
            matches.Add(Of(AuditTerms.Of(code, folded)));
            // KIND/ID, as entries show it, or KIND/NAME: both are among the entry's resource terms.
            var slash = folded.AsSpan().IndexOf((byte)'/');
            if (term.Qualifier == "resource" && slash > 0 && slash < folded.Length - 1)
                matches.Add(new AuditMatch([[new AuditTermRange(AuditTerms.Of(code, folded.AsSpan(0, slash)))], [new AuditTermRange(AuditTerms.Of(code, folded.AsSpan(slash + 1)))]]));
        }

        return true;
    }

    private static bool FreeText(AuditValue value, List<AuditMatch> matches)
    {
        if (value is { Text: "", IsPrefix: true })
        {
            matches.Add(Of([AuditTerms.Every]));
            return true;
        }

        var words = AuditWordsOf.Text(AuditFold.Bytes(value.Text), value.IsPrefix);
        if (words.Count == 0) return false;
        var sets = words.Select(w => w.IsPrefix ? Prefix(AuditTerms.Text, w.Text) : [new AuditTermRange(AuditTerms.Of(AuditTerms.Text, w.Text))]).ToList();
        matches.Add(new AuditMatch(sets, value.IsQuoted && words.Count > 1 ? new AuditPhrase(AuditFold.Bytes(value.Text)) : null));
        return true;
    }

    private static AuditMatch Of(byte[] exact) => Of([new AuditTermRange(exact)]);

    private static AuditMatch Of(IReadOnlyList<AuditTermRange> anyTerm) => new([anyTerm]);

    /// <summary>All terms of the field that begin so; where it can be the beginning of a UUID, those too.</summary>
    private static List<AuditTermRange> Prefix(byte code, ReadOnlySpan<byte> folded)
    {
        byte[] low = [code, .. AuditTerms.Cut(folded)];
        var ranges = new List<AuditTermRange> { new(low, [.. low, 0xFF]) };
        Span<byte> example = stackalloc byte[36];
        "00000000-0000-0000-0000-000000000000"u8.CopyTo(example);
        if (folded.Length > 36) return ranges;
        folded.CopyTo(example);
        if (!AuditTokens.IsId(example)) return ranges;
        var first = AuditTerms.IdBytes(example);
        for (var i = folded.Length; i < 36; i++)
        {
            if (example[i] != '-') example[i] = (byte)'f';
        }

        ranges.Add(new AuditTermRange([AuditTerms.ForId(code), .. first], [AuditTerms.ForId(code), .. AuditTerms.IdBytes(example)]));
        return ranges;
    }

    private static AuditTermRange Network(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var address = IPAddress.Parse(text[..slash]);
        var bits = int.Parse(text[(slash + 1)..], CultureInfo.InvariantCulture);
        if (address.IsIPv4MappedToIPv6 && bits >= 96) (address, bits) = (address.MapToIPv4(), bits - 96);
        byte[] low = [AuditTerms.Address, (byte)(address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 4 : 6), .. address.GetAddressBytes()];
        var high = low.ToArray();
        for (var bit = bits; bit < (low.Length - 2) * 8; bit++)
        {
            low[2 + (bit >> 3)] &= (byte)~(0x80 >> (bit & 7));
            high[2 + (bit >> 3)] |= (byte)(0x80 >> (bit & 7));
        }

        return new AuditTermRange(low, high);
    }
}
