using System.Collections.Frozen;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>
/// ISO 4217 currency codes (list one, funds codes included) and those withdrawn since 2014, which bills of past years carry. Left out: metals, bond units and
/// the codes for "testing" and "no currency", in which no bill can be paid.
/// </summary>
public static class Iso4217
{
    private const string Current =
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK " +
        "DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT " +
        "LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF " +
        "SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XCD " +
        "XCG XDR XOF XPF XSU XUA YER ZAR ZMW ZWG";

    private const string Withdrawn = "BYR CUC HRK LTL MRO SLL STD VEF ZWL";

    private static readonly FrozenSet<string> Codes = $"{Current} {Withdrawn}".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether this is a code, in capital letters.</summary>
    public static bool IsKnown(string code) => Codes.Contains(code);
}
