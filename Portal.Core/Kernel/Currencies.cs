using System.Collections.Frozen;

namespace Hexabase.Portal.Kernel;

/// <summary>The currencies of ISO 4217 (funds codes and those withdrawn since 2014 included, because bills of past years carry them) and their minor units.</summary>
public static class Currencies
{
    private const string TwoDigits =
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK " +
        "DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL LTL MAD MDL " +
        "MGA MKD MMK MNT MOP MRO MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL " +
        "SOS SRD SSP STD STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VEF VES WST XAD XCD XCG XDR XSU XUA YER ZAR ZMW ZWG ZWL";

    private const string NoDigits = "BIF BYR CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
    private const string ThreeDigits = "BHD IQD JOD KWD LYD OMR TND";
    private const string FourDigits = "CLF UYW";

    private static readonly FrozenDictionary<string, int> Digits = Make();

    public static bool IsKnown(string code) => Digits.ContainsKey(code);

    /// <summary>Digits after the point that people expect: 0 for JPY, 2 for USD.</summary>
    public static int MinorDigits(string code) => Digits.GetValueOrDefault(code, 2);

    public static IEnumerable<string> All => Digits.Keys.Order(StringComparer.Ordinal);

    private static FrozenDictionary<string, int> Make()
    {
        var digits = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (codes, count) in new[] { (TwoDigits, 2), (NoDigits, 0), (ThreeDigits, 3), (FourDigits, 4) })
        {
            foreach (var code in codes.Split(' ')) digits[code] = count;
        }

        return digits.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
