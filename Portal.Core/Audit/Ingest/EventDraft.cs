namespace Hexabase.Portal.Audit.Ingest;

/// <summary>What a normaliser found in an event, before it is checked and cut to the columns' lengths. Null = the event does not say.</summary>
internal sealed class EventDraft
{
    /// <summary>As the event writes it.</summary>
    public string? Time { get; set; }

    public string? SourceId { get; set; }

    public string ActorKind { get; set; } = ActorKinds.Person;

    public string? ActorName { get; set; }

    public string? Action { get; set; }

    public string? ResourceKind { get; set; }

    public string? ResourceId { get; set; }

    public string? ResourceName { get; set; }

    public bool ResourceIsPerson { get; set; }

    public bool Failed { get; set; }

    public string? Reason { get; set; }

    public string? OldValue { get; set; }

    public string? NewValue { get; set; }

    public string? IpAddress { get; set; }

    public string? UserAgent { get; set; }

    public string? RequestId { get; set; }

    public string? SessionId { get; set; }
}

/// <summary>The kinds of actors, in the words of the log.</summary>
internal static class ActorKinds
{
    public const string Person = "person";
    public const string Token = "token";
    public const string ServiceAccount = "serviceAccount";
    public const string System = "system";
    public const string Anonymous = "anonymous";

    public static readonly IReadOnlyList<string> All = [Person, Token, ServiceAccount, System, Anonymous];
}
