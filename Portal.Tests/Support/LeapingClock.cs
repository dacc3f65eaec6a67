namespace Hexabase.Portal.Support;

/// <summary>The machine's time, which a test can move ahead: what is due in a week is due at once.</summary>
public sealed class LeapingClock : TimeProvider
{
    private long _ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

    public void Leap(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);
}
