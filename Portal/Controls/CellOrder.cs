using System.Globalization;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Controls;

/// <summary>The order of cells of one column: words in the viewer's language, amounts exactly, what is unknown last in both directions.</summary>
internal sealed class CellOrder(CultureInfo culture, bool descending) : IComparer<object?>
{
    public int Compare(object? x, object? y)
    {
        if (x is null || y is null) return (x is null).CompareTo(y is null);
        var order = (x, y) switch
        {
            (Amount a, Amount b) => a.CompareTo(b),
            (Money a, Money b) => a.Amount.CompareTo(b.Amount),
            (string a, string b) => culture.CompareInfo.Compare(a, b, CompareOptions.IgnoreCase | CompareOptions.IgnoreWidth),
            _ => Comparer<object>.Default.Compare(x, y),
        };
        return descending ? -order : order;
    }
}
