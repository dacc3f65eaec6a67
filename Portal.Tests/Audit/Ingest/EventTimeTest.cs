using System.Globalization;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Ingest;

public sealed class EventTimeTest
{
    [Theory]
    [InlineData("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000000Z")]
    [InlineData("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123456Z")]
    [InlineData("2026-01-02T03:04:05.9999999+09:00", "2026-01-01T18:04:05.999999Z")]
    [InlineData("2026-01-02 03:04:05.309000000", "2026-01-02T03:04:05.309000Z")]
    [InlineData("2026-01-02T03:04:05-0530", "2026-01-02T08:34:05.000000Z")]
    [InlineData("2026-01-02T03:04Z", "2026-01-02T03:04:00.000000Z")]
    [InlineData("2024-02-29T23:59:60Z", "2024-03-01T00:00:00.000000Z")]
    [InlineData("2026-01-02 03:04:05 UTC", "2026-01-02T03:04:05.000000Z")]
    [InlineData("1767323045", "2026-01-02T03:04:05.000000Z")]
    [InlineData("1767323045.5", "2026-01-02T03:04:05.500000Z")]
    [InlineData("1767323045123", "2026-01-02T03:04:05.123000Z")]
    [InlineData("1767323045123456", "2026-01-02T03:04:05.123456Z")]
    [InlineData("1767323045123456789", "2026-01-02T03:04:05.123456Z")]
    [InlineData("1.767323045e9", "2026-01-02T03:04:05.000000Z")]
    [InlineData("0", "1970-01-01T00:00:00.000000Z")]
    public void Forms_AreRead(string text, string expected)
    {
        EventTime.TryRead(text, out var at).ShouldBeTrue();
        at.Kind.ShouldBe(DateTimeKind.Utc);
        at.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture).ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-01-02")]
    [InlineData("2026-02-29T00:00:00Z")]
    [InlineData("2026-13-01T00:00:00Z")]
    [InlineData("2026-01-02T25:00:00Z")]
    [InlineData("2026-01-02T03:04:05.Z")]
    [InlineData("2026-01-02T03:04:05Zx")]
    [InlineData("2026-01-02T03:04:05+9")]
    [InlineData("0000-01-02T03:04:05Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("1e999")]
    [InlineData("-1e30")]
    [InlineData("NaN")]
    [InlineData("yesterday")]
    public void Others_AreNot(string text) => EventTime.TryRead(text, out _).ShouldBeFalse();
}
