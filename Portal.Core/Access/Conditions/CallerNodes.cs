using System.Globalization;

namespace Hexabase.Portal.Access.Conditions;

/// <summary>A span of the day; one that ends before it begins runs over midnight.</summary>
/// <param name="FromMinute">0 to 1439.</param>
/// <param name="ToMinute">1 to 1440, exclusive.</param>
internal readonly record struct DaySpan(int FromMinute, int ToMinute)
{
    public bool Holds(int minute) => FromMinute < ToMinute ? minute >= FromMinute && minute < ToMinute : minute >= FromMinute || minute < ToMinute;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{FromMinute / 60:00}:{FromMinute % 60:00}-{ToMinute / 60:00}:{ToMinute % 60:00}");
}

internal sealed record TimeNode(IReadOnlyList<DaySpan> Spans, TimeZoneInfo Zone) : ConditionNode
{
    // An array is walked without an enumerator on the heap.
    private readonly DaySpan[] _spans = [.. Spans];

    public override Outcome Evaluate(ref Circumstances at)
    {
        var local = at.LocalIn(Zone);
        var minute = local.Hour * 60 + local.Minute;
        foreach (var span in _spans)
            if (span.Holds(minute)) return Outcome.True;
        return Outcome.False;
    }

    public override string ToText() => $"time in {string.Join(", ", Spans)} {Zone.Id}";
}

/// <summary>Days as bits, Monday the lowest.</summary>
internal sealed record WeekdayNode(int Days, TimeZoneInfo Zone) : ConditionNode
{
    public static readonly string[] Names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    public override Outcome Evaluate(ref Circumstances at) => Outcomes.Of((Days >> (((int)at.LocalIn(Zone).DayOfWeek + 6) % 7) & 1) == 1);

    public override string ToText()
    {
        var runs = new List<string>();
        for (var first = 0; first < 7; first++)
        {
            if ((Days >> first & 1) == 0) continue;
            var last = first;
            while (last + 1 < 7 && (Days >> (last + 1) & 1) == 1) last++;
            if (last - first >= 2) runs.Add($"{Names[first]}-{Names[last]}");
            else runs.AddRange(Names[first..(last + 1)]);
            first = last;
        }

        return $"weekday in {string.Join(", ", runs)} {Zone.Id}";
    }
}

internal readonly record struct Network(string Text, UInt128 Bits, UInt128 Mask);

internal sealed record IpNode(IReadOnlyList<Network> Networks) : ConditionNode
{
    // An array is walked without an enumerator on the heap.
    private readonly Network[] _networks = [.. Networks];

    public override Outcome Evaluate(ref Circumstances at)
    {
        if (at.Address is not { } address) return Outcome.Unknown;
        foreach (var network in _networks)
            if ((address & network.Mask) == network.Bits) return Outcome.True;
        return Outcome.False;
    }

    public override string ToText() => $"ip in {string.Join(", ", Networks.Select(n => n.Text))}";
}

/// <summary>A second factor was shown in this session, at most so long ago where a time is given. Programs have none.</summary>
internal sealed record MfaNode(int? WithinMinutes) : ConditionNode
{
    public override Outcome Evaluate(ref Circumstances at) =>
        Outcomes.Of(at.Actor.MfaAtUtc is { } shown && (WithinMinutes is not { } minutes || at.NowUtc - shown <= TimeSpan.FromMinutes(minutes)));

    public override string ToText() => WithinMinutes switch
    {
        null => "mfa",
        { } m when m % 1440 == 0 => string.Create(CultureInfo.InvariantCulture, $"mfa within {m / 1440}d"),
        { } m when m % 60 == 0 => string.Create(CultureInfo.InvariantCulture, $"mfa within {m / 60}h"),
        { } m => string.Create(CultureInfo.InvariantCulture, $"mfa within {m}m"),
    };
}
