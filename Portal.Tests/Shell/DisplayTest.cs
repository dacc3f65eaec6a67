using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support.Components;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Shell;

public sealed class DisplayTest
{
    private static Display For(string language, string zone = "UTC", ManualClock? clock = null)
    {
        var viewer = new Viewer();
        viewer.Use(language, zone);
        return new(viewer, new(TextCatalog.Load(typeof(ShellModule).Assembly), viewer), clock ?? new(new(2026, 11, 19, 6, 0, 0, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("61482.17", "USD", "$61,482.17")]
    [InlineData("-3", "USD", "−$3.00")]
    [InlineData("1234.5", "JPY", "¥1,235")]
    [InlineData("9", "CHF", "CHF\u00A09.00")]
    [InlineData("1.2345", "KWD", "KWD\u00A01.235")]
    [InlineData("-0.004", "USD", "$0.00")]
    [InlineData("99999999999999999999.999999999999999999", "USD", "$100,000,000,000,000,000,000.00")]
    public void Money_InCurrencyDigits(string amount, string currency, string shown)
    {
        For("en").Money(Amount.Parse(amount), currency).ShouldBe(shown);
        For("ja").Money(Amount.Parse(amount), currency).ShouldBe(shown);
    }

    [Fact]
    public void Money_Unknown_IsDashAndNeverZero() => For("en").Money(null, "USD").ShouldBe("–");

    [Fact]
    public void Money_AnyAmount_ReadsBackAsTheRoundedAmount() =>
        Prop.ForAll(ArbMap.Default.ArbFor<long>(), cents => Parsed(For("en").Figure(new(cents * (Amount.One / 1000)), "USD")) == new Amount(cents * (Amount.One / 1000)).Round(2)).QuickCheckThrowOnFailure();

    [Fact]
    public void Difference_AlwaysShowsItsDirection()
    {
        For("en").Difference(Amount.Parse("4905.60"), "USD").ShouldBe("+$4,905.60");
        For("en").Difference(Amount.Parse("-611.2"), "USD", false).ShouldBe("−611.20");
        For("en").Difference(Amount.Parse("0.001"), "USD").ShouldBe("$0.00");
    }

    [Fact]
    public void Exact_KeepsEveryDigit() => For("en").Exact(new Kernel.Money(Amount.Parse("-61482.174300000000000001"), "USD")).ShouldBe("−61,482.174300000000000001 USD");

    [Fact]
    public void Percent_ThinSpaceBeforeTheSign()
    {
        For("en").Percent(.087).ShouldBe("8.7\u2009\u2060%");
        For("en").PercentDifference(.087).ShouldStartWith("+8.7");
        For("en").PercentDifference(-.38).ShouldStartWith("−38.0");
        For("en").Percent(double.NaN).ShouldBe("–");
        For("en").Percent(-.00001).ShouldStartWith("0.0");
    }

    [Theory]
    [InlineData("en", 1234, "1.2k")]
    [InlineData("en", -3_400_000, "−3.4M")]
    [InlineData("ja", 12_345, "1.2万")]
    [InlineData("ja", 340_000_000, "3.4億")]
    [InlineData("en", 0, "0")]
    public void Compact_ByLanguage(string language, double value, string shown) => For(language).Compact(value).ShouldBe(shown);

    [Fact]
    public void Dates_ByLanguage()
    {
        var day = new DateOnly(2026, 11, 19);
        For("en").Date(day).ShouldBe("19 Nov 2026");
        For("ja").Date(day).ShouldBe("2026年11月19日");
        For("en").Period(new(2026, 11, 1), day).ShouldBe("1–19 Nov 2026");
        For("en").Period(new(2026, 10, 1), day).ShouldBe("1 Oct – 19 Nov 2026");
        For("ja").Period(new(2026, 11, 1), day).ShouldBe("2026年11月1日〜19日");
        For("ja").Period(new(2025, 12, 1), day).ShouldBe("2025年12月1日〜2026年11月19日");
    }

    [Fact]
    public void Time_InTheViewersZone()
    {
        var utc = new DateTime(2026, 11, 18, 21, 0, 12, DateTimeKind.Utc);
        For("en", "Asia/Tokyo").Time(utc).ShouldBe("19 Nov 2026, 06:00");
        For("ja", "Asia/Tokyo").Time(utc).ShouldBe("2026年11月19日 6:00");
        For("en", "Asia/Tokyo").ExactTime(utc).ShouldBe("19 Nov 2026, 06:00:12 +09:00 (Asia/Tokyo)");
    }

    [Theory]
    [InlineData(2, "just now", "たった今")]
    [InlineData(180, "3 minutes ago", "3分前")]
    [InlineData(61, "1 minute ago", "1分前")]
    [InlineData(86400, "yesterday", "1日前")]
    [InlineData(-7200, "in 2 hours", "2時間後")]
    [InlineData(40 * 86400, "10 Oct 2026", "2026年10月10日")]
    public void Relative_ByLanguage(int secondsAgo, string english, string japanese)
    {
        var utc = new DateTime(2026, 11, 19, 6, 0, 0, DateTimeKind.Utc).AddSeconds(-secondsAgo);
        For("en").Relative(utc).ShouldBe(english);
        For("ja").Relative(utc).ShouldBe(japanese);
    }

    [Fact]
    public void Sizes_InTheirUnits()
    {
        For("en").Bytes(123_456_789).ShouldBe("118\u00A0MiB");
        For("en").Bytes(1536).ShouldBe("1.5\u00A0KiB");
        For("en").Bytes(null).ShouldBe("–");
        For("en").Cpu(250).ShouldBe("250m");
        For("en").Cpu(1500).ShouldBe("1.5 cores");
        For("ja").Cpu(2000).ShouldBe("2コア");
        For("en").Number(long.MinValue).ShouldBe("−9,223,372,036,854,775,808");
        For("en").Duration(TimeSpan.FromSeconds(200)).ShouldBe("3 min 20 s");
    }

    private static Amount Parsed(string shown) => Amount.Parse(shown.Replace(",", "", StringComparison.Ordinal).Replace('−', '-').ToString(CultureInfo.InvariantCulture));
}
