using System.Text;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>What reading a date-time found.</summary>
internal enum FocusTimeReading
{
    /// <summary>As FOCUS DateTimeFormat wants it: ISO 8601 with T, in UTC with Z.</summary>
    Exact,

    /// <summary>Another form, taken as UTC: a space for T, no Z, "UTC" for Z, a date alone.</summary>
    Form,

    /// <summary>Another offset than Z, converted.</summary>
    Offset,

    /// <summary>A date outside 1970 to 2200.</summary>
    Range,

    Unreadable,
}

/// <summary>Reads the date-times that exports write: year first, ISO 8601 in its variants. Day-first and month-first forms are ambiguous and refused.</summary>
internal static class FocusTime
{
    private const int FirstYear = 1970;
    private const int LastYear = 2200;

    public static FocusTimeReading Read(ReadOnlySpan<byte> text, out DateTime utc)
    {
        utc = default;
        if (text.Length < 10 || text[4] != (byte)'-' || text[7] != (byte)'-') return FocusTimeReading.Unreadable;
        var (year, month, day) = ((Two(text, 0) * 100) + Two(text, 2), Two(text, 5), Two(text, 8));
        if (year < 0 || month is < 1 or > 12 || day < 1 || year == 0 || Two(text, 2) < 0 || day > DateTime.DaysInMonth(year, month)) return FocusTimeReading.Unreadable;

        long ticks = 0;
        var reading = FocusTimeReading.Form;
        if (text.Length > 10)
        {
            if (text.Length < 16 || text[10] is not ((byte)'T' or (byte)' ' or (byte)'t') || text[13] != (byte)':') return FocusTimeReading.Unreadable;
            var (hour, minute) = (Two(text, 11), Two(text, 14));
            if (hour is < 0 or > 23 || minute is < 0 or > 59) return FocusTimeReading.Unreadable;
            ticks = (hour * TimeSpan.TicksPerHour) + (minute * TimeSpan.TicksPerMinute);
            var at = 16;
            if (at + 2 < text.Length && text[at] == (byte)':')
            {
                var second = Two(text, at + 1);
                if (second is < 0 or > 59) return FocusTimeReading.Unreadable;
                ticks += second * TimeSpan.TicksPerSecond;
                at += 3;
                if (at < text.Length && text[at] == (byte)'.' && !ReadFraction(text, ref at, ref ticks)) return FocusTimeReading.Unreadable;
            }

            if (!ReadZone(text[at..], out var offset, out reading)) return FocusTimeReading.Unreadable;
            if (text[10] != (byte)'T' && reading == FocusTimeReading.Exact) reading = FocusTimeReading.Form;
            ticks -= offset;
        }

        if (year is < FirstYear or > LastYear) return FocusTimeReading.Range;
        utc = new DateTime(new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks + ticks, DateTimeKind.Utc);
        return utc.Year is < FirstYear or > LastYear ? FocusTimeReading.Range : reading;
    }

    private static bool ReadFraction(ReadOnlySpan<byte> text, ref int at, ref long ticks)
    {
        var start = ++at;
        var unit = TimeSpan.TicksPerSecond;
        for (; at < text.Length && (uint)(text[at] - '0') <= 9; at++)
        {
            unit /= 10;
            ticks += (text[at] - '0') * unit;
        }

        return at > start;
    }

    private static bool ReadZone(ReadOnlySpan<byte> zone, out long offset, out FocusTimeReading reading)
    {
        offset = 0;
        reading = FocusTimeReading.Form;
        if (zone.IsEmpty) return true;
        if (zone.Length == 1 && zone[0] == (byte)'Z')
        {
            reading = FocusTimeReading.Exact;
            return true;
        }

        if (Ascii.EqualsIgnoreCase(zone, " UTC"u8) || Ascii.EqualsIgnoreCase(zone, "UTC"u8) || Ascii.EqualsIgnoreCase(zone, "Z"u8)) return true;
        if (zone[0] == (byte)' ') zone = zone[1..];
        if (zone.Length is not (3 or 5 or 6) || zone[0] is not ((byte)'+' or (byte)'-') || (zone.Length == 6 && zone[3] != (byte)':')) return false;
        var (hours, minutes) = (Two(zone, 1), zone.Length == 3 ? 0 : Two(zone, zone.Length - 2));
        if (hours is < 0 or > 14 || minutes is < 0 or > 59) return false;
        offset = ((hours * 60) + minutes) * TimeSpan.TicksPerMinute * (zone[0] == (byte)'-' ? -1 : 1);
        if (offset != 0) reading = FocusTimeReading.Offset;
        return true;
    }

    // Two digits, or a number far below zero.
    private static int Two(ReadOnlySpan<byte> text, int at)
    {
        var (tens, ones) = ((uint)(text[at] - '0'), (uint)(text[at + 1] - '0'));
        return tens <= 9 && ones <= 9 ? (int)((tens * 10) + ones) : -1_000_000;
    }
}
