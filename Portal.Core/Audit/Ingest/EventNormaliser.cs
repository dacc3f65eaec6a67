using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>Turns the events of one outside log into ours. Pure: bytes and the clock's reading in, an event or a refusal out; no input makes it throw.</summary>
internal abstract class EventNormaliser
{
    private const int MaxSourceId = 200;

    private static readonly EventRefusal NoTime = new("event.time.missing", "The event says no time.");
    private static readonly EventRefusal UnreadableTime = new("event.time.unreadable", "The event's time is neither RFC 3339 nor a number of seconds since 1970.");
    private static readonly EventRefusal ForgedTime = new("event.time.range", "The event's time lies before 1970 or more than one day ahead of the portal's clock.");
    private static readonly EventRefusal NoAction = new("event.action.missing", "The event does not say what was done, so it is no event of this source.");

    public abstract string Source { get; }

    /// <summary>The members that lead to the array of events in the form in which the source wraps many; empty = there is none.</summary>
    public virtual IReadOnlyList<string> Envelope => [];

    /// <summary>Fills the draft from the event.</summary>
    protected abstract void Fill(EventNode root, EventDraft draft);

    /// <param name="original">One event. Kept as it is: the memory must not change afterwards.</param>
    /// <param name="nowUtc">Our clock, against which forged times are measured.</param>
    public bool TryRead(ReadOnlyMemory<byte> original, DateTime nowUtc, [NotNullWhen(true)] out OutsideEvent? read, [NotNullWhen(false)] out EventRefusal? refusal) =>
        TryRead(original, nowUtc, null, out read, out refusal);

    /// <param name="strings">Shared by the events of a body.</param>
    public bool TryRead(ReadOnlyMemory<byte> original, DateTime nowUtc, EventStrings? strings, [NotNullWhen(true)] out OutsideEvent? read, [NotNullWhen(false)] out EventRefusal? refusal)
    {
        read = null;
        if (!EventJson.TryParse(original, out var document, out refusal)) return false;
        using (document)
        {
            var draft = new EventDraft();
            Fill(new EventNode(document.RootElement, strings), draft);
            // An event without what each must have may have had its names lowered on its way.
            if (draft.Action is null || draft.Time is null) Fill(new EventNode(document.RootElement, strings, isFolded: true), draft = new EventDraft());
            if (draft.Action is not { } action)
            {
                refusal = NoAction;
                return false;
            }

            refusal = Check(draft, nowUtc, out var at);
            if (refusal is not null) return false;
            read = new OutsideEvent
            {
                Source = Source,
                SourceId = IdOf(draft, original.Span),
                OccurredAtUtc = at,
                ActorKind = draft.ActorKind,
                ActorName = Cut(draft.ActorName, 300),
                Action = EventText.Cut(action, 120),
                ResourceKind = Cut(draft.ResourceKind, 60) ?? Source,
                ResourceId = Cut(draft.ResourceId, 400),
                ResourceName = Cut(draft.ResourceName, 400),
                ResourceIsPerson = draft.ResourceIsPerson && draft.ResourceName is not null,
                Status = draft.Failed ? AuditStatus.Failure : AuditStatus.Success,
                Reason = Cut(draft.Reason, 2000),
                OldValue = draft.OldValue,
                NewValue = draft.NewValue,
                IpAddress = Cut(draft.IpAddress, 60),
                UserAgent = Cut(draft.UserAgent, 400),
                RequestId = Cut(draft.RequestId, 80),
                SessionId = Guid.TryParseExact(draft.SessionId, "D", out var session) ? session : null,
                Original = original,
            };
            return true;
        }
    }

    private static EventRefusal? Check(EventDraft draft, DateTime nowUtc, out DateTime at)
    {
        at = default;
        if (draft.Time is null) return NoTime;
        if (!EventTime.TryRead(draft.Time, out at)) return UnreadableTime;
        return at < DateTime.UnixEpoch || at > nowUtc.AddDays(1) ? ForgedTime : null;
    }

    private static string IdOf(EventDraft draft, ReadOnlySpan<byte> original)
    {
        if (draft.SourceId is { Length: > 0 and <= MaxSourceId } id) return id;
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(draft.SourceId is { } tooLong ? System.Text.Encoding.UTF8.GetBytes(tooLong) : original));
    }

    private static string? Cut(string? text, int maxLength) => text is null ? null : EventText.Cut(text, maxLength);
}
