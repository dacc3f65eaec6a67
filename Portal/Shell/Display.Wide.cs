using System.Numerics;
using Hexabase.Portal.Costs;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Shell;

/// <summary>Sums that may be larger than an amount. Beyond its range (1.7 × 10^20) whole currency units are shown; <see cref="Exact(WideMoney)"/> has every digit.</summary>
public sealed partial class Display
{
    public string Money(WideMoney money) => money.Amount.TryNarrow(out var amount) ? Money(amount, money.Currency) : Whole(money.Amount, CurrencySigns.Prefix(money.Currency));

    public string Figure(WideMoney money) => money.Amount.TryNarrow(out var amount) ? Figure(amount, money.Currency) : Whole(money.Amount, "");

    public string Difference(WideMoney money, bool withSymbol = true) => money.Amount.TryNarrow(out var amount)
        ? Difference(amount, money.Currency, withSymbol)
        : (money.Amount.Sign > 0 ? "+" : "") + Whole(money.Amount, withSymbol ? CurrencySigns.Prefix(money.Currency) : "");

    /// <summary>Every digit that is known: for titles and copies.</summary>
    public string Exact(WideMoney money) => money.Amount.TryNarrow(out var amount) ? Exact(new Money(amount, money.Currency)) : $"{money.Amount} {money.Currency}";

    private string Whole(WideAmount amount, string prefix) =>
        (amount.Sign < 0 ? "\u2212" : "") + prefix + BigInteger.Divide(BigInteger.Abs(amount.Atto), (BigInteger)Amount.One).ToString("N0", viewer.Culture);
}
