namespace Hexabase.Portal.Kernel;

/// <summary>Times as both engines keep them: whole microseconds.</summary>
public static class Micros
{
    /// <summary>The same time without what is finer than a microsecond.</summary>
    public static DateTime ToMicroseconds(this DateTime time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));
}
