using System.Text;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>What a sample would become.</summary>
public sealed record EventPreview(IReadOnlyList<OutsideEventView> Events, IReadOnlyList<EventError> Errors);

/// <summary>An event as it would stand in the log.</summary>
/// <param name="Line">As in <see cref="EventError.Line"/>.</param>
public sealed record OutsideEventView(
    long Line, DateTime Timestamp, string SourceId, string ActorKind, string? ActorName, string Action, string ResourceKind, string? ResourceId, string? ResourceName, AuditStatus Status, string? Reason,
    string? OldValue, string? NewValue, string? IpAddress, string? UserAgent, string? RequestId)
{
    internal static OutsideEventView Of(long line, OutsideEvent e) => new(
        line, e.OccurredAtUtc, e.SourceId, e.ActorKind, e.ActorName, e.Action, e.ResourceKind, e.ResourceId, e.ResourceName, e.Status, e.Reason, e.OldValue, e.NewValue, e.IpAddress, e.UserAgent, e.RequestId);
}

/// <summary>Reads a pasted sample as ingesting would, and keeps nothing of it.</summary>
/// <param name="Fields">For generic events: the mapping to try, instead of the saved one.</param>
public sealed record PreviewEvents(string Org, string? Source, string? Sample, IReadOnlyDictionary<string, string>? Fields = null, IReadOnlyList<string>? FailureValues = null) : Query<EventPreview>
{
    public const int MaxCharacters = 256 * 1024;
    private const int MaxEvents = 50;

    public override string OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Ingest;

    public override async Task<Result<EventPreview>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(Sample) || Sample.Length > MaxCharacters) return Problem.Invalid("sample", "preview.sample", $"sample holds at least one event and at most {MaxCharacters} characters.", MaxCharacters);
        EventNormaliser normaliser;
        if (Source == EventSources.Generic && Fields is not null)
        {
            if (EventMapping.TryMake(Fields.Where(f => !string.IsNullOrWhiteSpace(f.Value)).ToDictionary(StringComparer.Ordinal), FailureValues ?? [], out var mapping) is { Count: > 0 } errors) return Problem.Invalid(errors);
            normaliser = EventSources.Find(EventSources.Generic, mapping) ?? throw new InvalidOperationException("Generic events have no reader.");
        }
        else
        {
            if (!(await new CheckIngest(Org, Source).HandleAsync(scope, cancellationToken)).TryGet(out var intake, out var refused)) return refused;
            normaliser = intake.Normaliser;
        }

        var (events, refusals) = (new List<OutsideEventView>(), new List<EventError>());
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(Sample));
        using var splitter = new EventSplitter(body, normaliser.Envelope);
        while (events.Count + refusals.Count < MaxEvents && await splitter.NextAsync(cancellationToken))
        {
            if (splitter.Refusal is { } unreadable) refusals.Add(new EventError(splitter.Line, unreadable.Code, unreadable.Message));
            else if (normaliser.TryRead(splitter.Current, scope.NowUtc, out var read, out var refusal)) events.Add(OutsideEventView.Of(splitter.Line, read));
            else refusals.Add(new EventError(splitter.Line, refusal.Code, refusal.Message));
        }

        return new EventPreview(events, refusals);
    }
}
