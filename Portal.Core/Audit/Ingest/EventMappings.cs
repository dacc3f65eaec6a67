using System.Text.Json;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>The mapping of generic events in force.</summary>
/// <param name="Fields">The fields that the organization maps itself.</param>
/// <param name="FailureValues">Words of the status that mean failure; empty = the usual ones.</param>
/// <param name="Defaults">The paths that hold for every field that is not in <see cref="Fields"/>.</param>
/// <param name="Version">0 where nothing was saved yet.</param>
public sealed record EventMappingRow(IReadOnlyDictionary<string, string> Fields, IReadOnlyList<string> FailureValues, IReadOnlyDictionary<string, string> Defaults, long Version)
{
    internal static EventMappingRow Of(AuditEventMapping? mapping) => mapping is null
        ? new EventMappingRow(new Dictionary<string, string>(StringComparer.Ordinal), [], EventMapping.Defaults, 0)
        : new EventMappingRow(mapping.ReadFields(), mapping.ReadFailureValues(), EventMapping.Defaults, mapping.Version);
}

/// <summary>How the organization reads generic events.</summary>
public sealed record GetEventMapping(string Org) : Query<EventMappingRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override async Task<Result<EventMappingRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        EventMappingRow.Of(await scope.Db.Set<AuditEventMapping>().SingleOrDefaultAsync(m => m.OrganizationId == scope.OrganizationId, cancellationToken));
}

/// <summary>Changes how the organization reads generic events; counts for the requests that come after it.</summary>
/// <param name="Fields">Field to paths, see <see cref="EventMapping"/>; empty values mean the default.</param>
/// <param name="Version">The version that was looked at; 0 = none was saved yet, null = whatever it is.</param>
public sealed record SaveEventMapping(string Org, IReadOnlyDictionary<string, string> Fields, IReadOnlyList<string>? FailureValues = null, long? Version = null) : Command<EventMappingRow>
{
    public override string Action => "auditMapping.change";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Administer;

    public override async Task<Result<EventMappingRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var fields = Fields.Where(f => !string.IsNullOrWhiteSpace(f.Value)).OrderBy(f => f.Key, StringComparer.Ordinal).ToDictionary(f => f.Key, f => f.Value.Trim(), StringComparer.Ordinal);
        var failures = (FailureValues ?? []).Select(f => f.Trim()).Where(f => f.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (EventMapping.TryMake(fields, failures, out _) is { Count: > 0 } errors) return Problem.Invalid(errors);
        var mapping = await scope.Db.Set<AuditEventMapping>().SingleOrDefaultAsync(m => m.OrganizationId == scope.OrganizationId, cancellationToken);
        if (Version is { } seen && seen != (mapping?.Version ?? 0)) return Problem.Stale("auditMapping", mapping?.Version ?? 0);
        var (fieldsJson, failuresJson) = (JsonSerializer.Serialize(fields), JsonSerializer.Serialize(failures));
        if (mapping is null)
        {
            mapping = new AuditEventMapping { Id = Ids.New(), OrganizationId = scope.OrganizationId, Fields = fieldsJson, FailureValues = failuresJson };
            scope.Db.Add(mapping);
        }
        else
        {
            (mapping.Fields, mapping.FailureValues) = (fieldsJson, failuresJson);
        }

        scope.Audit("auditMapping", mapping.Id, "generic");
        return new EventMappingRow(fields, failures, EventMapping.Defaults, mapping.Version + 1);
    }
}
