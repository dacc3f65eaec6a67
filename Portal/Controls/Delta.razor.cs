using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Controls;

/// <summary>A difference: sign or arrow for the eye, "up $4,905.60" for screen readers, and red or green only where more is known to be worse or better.</summary>
public sealed partial class Delta
{
    [Parameter] public Amount? Amount { get; set; }

    /// <summary>ISO 4217; needed with <see cref="Amount"/>.</summary>
    [Parameter] public string? Currency { get; set; }

    /// <summary>Relative change, 0.087 for 8.7 %; alone, or in brackets behind the amount.</summary>
    [Parameter] public double? Ratio { get; set; }

    /// <summary>▲▼ instead of + and −.</summary>
    [Parameter] public bool Arrow { get; set; }

    [Parameter] public bool WithSymbol { get; set; } = true;

    /// <summary>Costs: more is worse (the default). Null: the direction means nothing and stays grey.</summary>
    [Parameter] public bool? MoreIsWorse { get; set; } = true;

    [Inject] private Display Display { get; set; } = default!;

    [Inject] private Text T { get; set; } = default!;

    // What is shown as 0.0 % has no direction.
    private int Direction => Amount is { } amount ? amount.Round(Currencies.MinorDigits(Currency ?? "")).Sign : Ratio is { } ratio && double.IsFinite(ratio) ? Math.Sign(Math.Round(ratio * 100, 1, MidpointRounding.AwayFromZero)) : 0;

    private string ToneClass => (Direction, MoreIsWorse) switch { (0, _) or (_, null) => "", (> 0, true) or (< 0, false) => "bad", _ => "good" };

    private string Shown
    {
        get
        {
            if (Amount is null && Ratio is null) return Display.Unknown;
            if (Amount is not { } amount) return Arrow ? Display.Percent(Math.Abs(Ratio ?? 0)) : Display.PercentDifference(Ratio);
            var money = Arrow ? Display.Money(Magnitude(amount), Currency ?? "") : Display.Difference(amount, Currency ?? "", WithSymbol);
            return Ratio is { } ratio ? $"{money} ({Display.Percent(Arrow ? Math.Abs(ratio) : ratio)})" : money;
        }
    }

    private string Words
    {
        get
        {
            var size = Amount is { } amount ? Display.Money(Magnitude(amount), Currency ?? "") : Display.Percent(Ratio is { } ratio ? Math.Abs(ratio) : null);
            return Direction switch { > 0 => T["display.up", size], < 0 => T["display.down", size], _ => Amount is null && Ratio is null ? T["common.unknown"] : T["display.same"] };
        }
    }

    private static Amount Magnitude(Amount amount) => amount.Sign < 0 ? -amount : amount;
}
