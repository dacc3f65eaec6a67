using System.Globalization;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>
/// Times as audit logs write them: RFC 3339 with any number of decimals and any offset, a blank for the T, no offset (= UTC), or seconds, milli-, micro- or
/// nanoseconds since 1970 by their size. Whole microseconds come out, cut, never rounded up.
/// </summary>
internal static class EventTime
{
    private static readonly DateTime Epoch = DateTime.UnixEpoch;

    public static bool TryRead(ReadOnlySpan<char> text, out DateTime utc)
    {
        utc = default;
        text = text.Trim();
        if (text.Length is 0 or > 64) return false;
        return text.Length >= 16 && text[4] == '-' ? TryCalendar(text, out utc) : TryNumber(text, out utc);
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out DateTime utc)
    {
        utc = default;
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)) return false;
        // From the year 1973 on the sizes do not overlap.
        var perSecond = Math.Abs(number) switch { >= 100_000_000_000_000_000m => 1_000_000_000m, >= 100_000_000_000_000m => 1_000_000m, >= 100_000_000_000m => 1000m, _ => 1m };
        var seconds = number / perSecond;
        if (seconds is < -62_135_596_800m or > 253_402_300_799m) return false;
        utc = Micro(Epoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)));
        return true;
    }

    private static bool TryCalendar(ReadOnlySpan<char> t, out DateTime utc)
    {
        utc = default;
        if (t[7] != '-' || t[10] is not ('T' or 't' or ' ' or '_') || t[13] != ':') return false;
        if (!Two(t, 5, out var month) || !Two(t, 8, out var day) || !Two(t, 11, out var hour) || !Two(t, 14, out var minute) || !Two(t, 0, out var century) || !Two(t, 2, out var yearOfCentury)) return false;
        var rest = t[16..];
        var second = 0;
        long ticks = 0;
        if (!rest.IsEmpty && rest[0] == ':')
        {
            if (rest.Length < 3 || !Two(rest, 1, out second)) return false;
            rest = rest[3..];
            if (!rest.IsEmpty && rest[0] is '.' or ',' && !TryDecimals(ref rest, out ticks)) return false;
        }

        var year = (century * 100) + yearOfCentury;
        if (year is 0 || month is < 1 or > 12 || hour > 23 || minute > 59 || second > 60 || day < 1 || day > DateTime.DaysInMonth(year, month) || !TryOffset(rest, out var offsetMinutes)) return false;
        var at = new DateTime(year, month, day, hour, minute, 0, DateTimeKind.Utc).Ticks + (second * TimeSpan.TicksPerSecond) + ticks - (offsetMinutes * TimeSpan.TicksPerMinute);
        if (at < 0 || at > DateTime.MaxValue.Ticks) return false;
        utc = Micro(new DateTime(at, DateTimeKind.Utc));
        return true;
    }

    private static bool TryDecimals(ref ReadOnlySpan<char> rest, out long ticks)
    {
        ticks = 0;
        var digits = 0;
        for (rest = rest[1..]; !rest.IsEmpty && char.IsAsciiDigit(rest[0]); rest = rest[1..])
        {
            if (digits++ < 7) ticks = (ticks * 10) + (rest[0] - '0');
        }

        for (var i = digits; i < 7; i++) ticks *= 10;
        return digits > 0;
    }

    private static bool TryOffset(ReadOnlySpan<char> rest, out int minutes)
    {
        minutes = 0;
        rest = rest.Trim();
        if (rest.IsEmpty || rest is "Z" or "z" or "UTC" or "GMT") return true;
        if (rest[0] is not ('+' or '-')) return false;
        var digits = rest[1..];
        var hours = 0;
        var fine = digits.Length switch
        {
            2 => Two(digits, 0, out hours),
            4 => Two(digits, 0, out hours) && Two(digits, 2, out minutes),
            5 => digits[2] == ':' && Two(digits, 0, out hours) && Two(digits, 3, out minutes),
            _ => false,
        };
        if (!fine || hours > 23 || minutes > 59) return false;
        minutes = (rest[0] == '-' ? -1 : 1) * ((hours * 60) + minutes);
        return true;
    }

    private static bool Two(ReadOnlySpan<char> t, int at, out int value)
    {
        value = 0;
        if (at + 2 > t.Length || !char.IsAsciiDigit(t[at]) || !char.IsAsciiDigit(t[at + 1])) return false;
        value = ((t[at] - '0') * 10) + (t[at + 1] - '0');
        return true;
    }

    private static DateTime Micro(DateTime at) => new(at.Ticks - (at.Ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);
}
