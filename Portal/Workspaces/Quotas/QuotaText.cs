using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Workspaces.Quotas;

/// <summary>
/// Quota figures as people write them: "4" or "0.25" cores, "64 GiB", "500 MiB", plain counts; Kubernetes' own forms ("250m", "64Gi") are read, too.
/// Writing and reading give the same number back, to the byte and millicore.
/// </summary>
public static partial class QuotaText
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    public static bool IsCpu(string resource) => resource == "cpuMillicores";

    public static bool IsBytes(string resource) => resource.EndsWith("Bytes", StringComparison.Ordinal);

    /// <summary>For the eye: "1.5 cores", "64 GiB", "1,200"; "–" for null.</summary>
    public static string Show(Display display, string resource, decimal? value)
    {
        if (value is not { } known) return Display.Unknown;
        // Sums of many huge limits can go beyond 64 bits; there the exact figure is in the table's copy.
        if (known is > long.MaxValue or < long.MinValue) return display.Compact((double)known);
        var whole = (long)known;
        return IsCpu(resource) ? display.Cpu(whole) : IsBytes(resource) ? display.Bytes(whole) : display.Number(whole);
    }

    /// <summary>For an input: exact, with the largest unit that leaves a whole number.</summary>
    public static string Write(string resource, long? value)
    {
        if (value is not { } known) return "";
        if (IsCpu(resource)) return (known / 1000m).ToString("0.###", CultureInfo.InvariantCulture);
        if (!IsBytes(resource)) return known.ToString(CultureInfo.InvariantCulture);
        var unit = 0;
        while (known != 0 && known % 1024 == 0 && unit < Units.Length - 1) (known, unit) = (known / 1024, unit + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{known} {Units[unit]}");
    }

    /// <summary>Null in <paramref name="value"/> for an empty text: no limit. False for what is no such figure, or none that is whole in the resource's unit.</summary>
    public static bool TryRead(string resource, string? text, out long? value)
    {
        value = null;
        if (string.IsNullOrWhiteSpace(text)) return true;
        var match = Figure().Match(text.Normalize(System.Text.NormalizationForm.FormKC).Trim());
        if (!match.Success || match.Groups["number"].Length > 30) return false;
        if (!decimal.TryParse(match.Groups["number"].Value.Replace(",", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
        if (Factor(resource, match.Groups["unit"].Value) is not { } factor) return false;
        try
        {
            var exact = number * factor;
            if (exact != decimal.Truncate(exact) || exact is > long.MaxValue or < long.MinValue) return false;
            value = (long)exact;
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    private static decimal? Factor(string resource, string unit)
    {
        if (IsCpu(resource)) return unit switch { "" or "core" or "cores" or "コア" => 1000m, "m" => 1m, _ => null };
        if (!IsBytes(resource)) return unit.Length == 0 ? 1m : null;
        if (unit is "" or "B") return 1m;
        var power = "KMGTPE".IndexOf(char.ToUpperInvariant(unit[0]), StringComparison.Ordinal) + 1;
        if (power == 0) return null;
        // "Gi" and "GiB" count by 1024, "G" and "GB" by 1000, as Kubernetes does.
        return unit[1..] switch { "i" or "iB" => (decimal)BigInteger.Pow(1024, power), "" or "B" => (decimal)BigInteger.Pow(1000, power), _ => null };
    }

    [GeneratedRegex(@"^(?<number>-?[0-9][0-9,]*(\.[0-9]+)?)\s*(?<unit>\p{L}*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Figure();
}
