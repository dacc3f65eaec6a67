namespace Hexabase.Portal.Access.Conditions;

/// <summary>What a condition comes to at a moment and a place. Only <see cref="True"/> lets anything through.</summary>
public enum Outcome
{
    False,

    /// <summary>The place has no such fact: an organization has no environment.</summary>
    NotApplicable,

    /// <summary>It cannot be told: no address of the caller is known.</summary>
    Unknown,

    True,
}

/// <summary>Logic of four values: what is certain decides, what cannot be told outweighs what does not apply.</summary>
internal static class Outcomes
{
    public static Outcome Of(bool holds) => holds ? Outcome.True : Outcome.False;

    public static Outcome Not(Outcome value) => value switch { Outcome.True => Outcome.False, Outcome.False => Outcome.True, _ => value };

    /// <summary>The first false, else what cannot be told, else what does not apply, else true.</summary>
    public static Outcome And(Outcome a, Outcome b)
    {
        if (a == Outcome.False || b == Outcome.False) return Outcome.False;
        if (a == Outcome.Unknown || b == Outcome.Unknown) return Outcome.Unknown;
        return a == Outcome.NotApplicable || b == Outcome.NotApplicable ? Outcome.NotApplicable : Outcome.True;
    }

    public static Outcome Or(Outcome a, Outcome b) => Not(And(Not(a), Not(b)));
}
