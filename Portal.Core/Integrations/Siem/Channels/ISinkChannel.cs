namespace Hexabase.Portal.Integrations.Siem;

/// <summary>One encoded event and its place.</summary>
/// <param name="Offset">Into <see cref="SinkWindow.Bytes"/>.</param>
internal readonly record struct SinkMessage(long Sequence, long Index, Guid EntryId, string Action, int Month, int Offset, int Length);

/// <summary>A stretch of a stream on its way: its messages in order, and everything that was read for it.</summary>
internal sealed class SinkWindow
{
    public required string Stream { get; init; }

    public required IReadOnlyList<SinkMessage> Messages { get; init; }

    public required ReadOnlyMemory<byte> Bytes { get; init; }

    public ReadOnlyMemory<byte> BytesOf(in SinkMessage message) => Bytes.Slice(message.Offset, message.Length);
}

/// <summary>An entry that the receiver will never take.</summary>
/// <param name="Position">In <see cref="SinkWindow.Messages"/>.</param>
internal sealed record SinkRefusal(int Position, string Code, string Reason);

/// <summary>What came of sending a window.</summary>
/// <param name="Settled">So many messages from the front are with the receiver or refused for good.</param>
/// <param name="Failure">Why the rest is not; null = all are settled.</param>
internal sealed record SinkSent(int Settled, IReadOnlyList<SinkRefusal> Refused, SinkFailure? Failure);

/// <summary>Delivery did not work now and is to be tried again.</summary>
internal sealed class SinkFailure(string code, string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    public string Code { get; } = code;

    /// <summary>As the receiver asks for.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>A way to one receiver. Used by one worker at a time.</summary>
internal interface ISinkChannel : IAsyncDisposable
{
    /// <summary>Sent messages count as settled only after <see cref="ConfirmAsync"/>, and go again when the channel fails within <see cref="SafeTime"/> after it.</summary>
    bool NeedsConfirmation { get; }

    TimeSpan SafeTime { get; }

    /// <summary>Sends a window in order.</summary>
    /// <exception cref="SinkFailure">Nothing is known of any message of the window.</exception>
    Task<SinkSent> SendAsync(SinkWindow window, CancellationToken cancellationToken);

    /// <summary>Makes sure that the receiver has read everything sent so far.</summary>
    /// <exception cref="SinkFailure">It may not have.</exception>
    Task ConfirmAsync(CancellationToken cancellationToken);

    /// <summary>Looks while there is nothing to send whether the receiver went away.</summary>
    /// <exception cref="SinkFailure">It did, and what it had in memory may be lost.</exception>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>Sends one marked message and says in words what the receiver answered.</summary>
    /// <exception cref="SinkFailure">The receiver does not take it.</exception>
    Task<string> TestAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);
}
