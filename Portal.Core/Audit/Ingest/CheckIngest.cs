using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>What an allowed request works with.</summary>
internal sealed record IngestIntake(Guid OrganizationId, string Source, EventNormaliser Normaliser);

/// <summary>Whether the actor may bring events of the source, before the body is read; with the organization's mapping for generic ones.</summary>
internal sealed record CheckIngest(string Org, string? Source) : Query<IngestIntake>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Ingest;

    public override async Task<Result<IngestIntake>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        EventMapping? mapping = null;
        if (Source == EventSources.Generic && await scope.Db.Set<AuditEventMapping>().SingleOrDefaultAsync(m => m.OrganizationId == scope.OrganizationId, cancellationToken) is { } own)
            EventMapping.TryMake(own.ReadFields(), own.ReadFailureValues(), out mapping);
        return EventSources.Find(Source ?? "", mapping) is { } normaliser ? new IngestIntake(scope.OrganizationId, normaliser.Source, normaliser) : UnknownSource;
    }

    internal static Problem UnknownSource { get; } = Malformed($"source is one of {string.Join(", ", EventSources.Names)}.");

    private static Problem Malformed(string message) => new(ProblemKind.Malformed, "ingest.source", message, [new FieldError("source", "ingest.source", message)]);
}
