namespace Hexabase.Portal.Audit.Ingest;

/// <summary>
/// An event of another system's audit log, normalised to the fields of an audit entry. Texts are already safe to store and show: control characters, direction
/// marks, NUL and halves of surrogate pairs are written visibly (<c>\u202E</c>) and what is too long is cut. <see cref="Original"/> alone is as it came.
/// </summary>
public sealed record OutsideEvent
{
    /// <summary>"kubernetes", "cloudtrail", ...: one of <see cref="EventSources.Names"/>.</summary>
    public required string Source { get; init; }

    /// <summary>What makes the event the same event when it comes again; <c>sha256:HEX</c> of the original where the format has no id.</summary>
    public required string SourceId { get; init; }

    /// <summary>The event's own time, whole microseconds, from 1970 to one day after our clock.</summary>
    public required DateTime OccurredAtUtc { get; init; }

    /// <summary>person, token, serviceAccount, system or anonymous.</summary>
    public required string ActorKind { get; init; }

    public string? ActorName { get; init; }

    /// <summary>The outside system's own word: "ConsoleLogin", "user.session.start", "pods/exec.create".</summary>
    public required string Action { get; init; }

    public required string ResourceKind { get; init; }

    public string? ResourceId { get; init; }

    public string? ResourceName { get; init; }

    /// <summary>True where the event was done to a person: name and values are sealed under that person's key then.</summary>
    public bool ResourceIsPerson { get; init; }

    public required AuditStatus Status { get; init; }

    public string? Reason { get; init; }

    /// <summary>JSON text, where the format tells what was before.</summary>
    public string? OldValue { get; init; }

    /// <summary>JSON text: what the request asked for, or the values after it.</summary>
    public string? NewValue { get; init; }

    /// <summary>An address, or the name of a service of the provider that acted ("cloudtrail.amazonaws.com").</summary>
    public string? IpAddress { get; init; }

    public string? UserAgent { get; init; }

    public string? RequestId { get; init; }

    /// <summary>Only where the format's session id is a UUID.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>The event byte for byte as it was sent.</summary>
    public required ReadOnlyMemory<byte> Original { get; init; }
}

/// <summary>Why an event was not taken. <see cref="Code"/> is stable; <see cref="Message"/> is English.</summary>
public sealed record EventRefusal(string Code, string Message);

/// <summary>A refusal with its place.</summary>
/// <param name="Line">The line of a body of lines; the element of an array; both count from 1.</param>
public sealed record EventError(long Line, string Code, string Message);
