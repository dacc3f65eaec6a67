using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces.Quotas;

/// <summary>One measurement; figures in the resource's unit, null = not measured.</summary>
/// <param name="Workspace">Id or slug.</param>
/// <param name="AtUtc">Null = now.</param>
public sealed record QuotaReadingInput(string Workspace, string Resource, long? Used = null, long? Requested = null, long? Reserved = null, DateTime? AtUtc = null);

/// <summary>Takes measurements of what workspaces use; all or none. A reading for the same workspace, resource and time replaces the earlier one.</summary>
/// <param name="Source">Who measured: shown beside the figures.</param>
public sealed record RecordQuotaReadings(string Org, string Source, IReadOnlyList<QuotaReadingInput> Readings) : Command<int>
{
    public override string Action => "quota.recordReadings";

    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.WriteQuotas;

    public override async Task<Result<int>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (TextRule.Check("source", Source, 80, out var source) is { } sourceError) errors.Add(sourceError);
        if (Readings.Count is 0 or > 1000) errors.Add(new FieldError("readings", "quota.readingsCount", "readings holds 1 to 1000 rows."));
        if (errors.Count > 0) return Problem.Invalid(errors);
        var workspaces = await scope.Db.Set<Workspace>().AsNoTracking().Select(w => new { w.Id, w.Slug }).ToListAsync(cancellationToken);
        var byKey = new Dictionary<string, Guid>(StringComparer.Ordinal);
        foreach (var w in workspaces)
        {
            byKey[w.Slug] = w.Id;
            byKey[w.Id.ToString()] = w.Id;
        }

        var taken = new Dictionary<(Guid, string, DateTime), QuotaReading>();
        for (var i = 0; i < Readings.Count; i++)
        {
            var input = Readings[i];
            var row = i + 1;
            var at = input.AtUtc is { } given ? given.Kind == DateTimeKind.Local ? given.ToUniversalTime() : DateTime.SpecifyKind(given, DateTimeKind.Utc) : scope.NowUtc;
            at = new DateTime(at.Ticks - (at.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
            if (!byKey.TryGetValue(input.Workspace ?? "", out var workspace)) errors.Add(new FieldError("workspace", "workspace.notFound", $"Reading {row} names no workspace of the organization.", row));
            if (QuotaResources.CheckName(input.Resource ?? "", "resource") is { } nameError) errors.Add(nameError with { Row = row });
            if (input.Used < 0 || input.Requested < 0 || input.Reserved < 0) errors.Add(new FieldError("used", "quota.negative", $"Reading {row} is negative.", row));
            if (at > scope.NowUtc.AddMinutes(5) || at.Year < 1970) errors.Add(new FieldError("atUtc", "quota.readingTime", $"Reading {row} was taken in the future or before 1970.", row));
            if (errors.Count > 0) continue;
            var resource = input.Resource ?? "";
            taken[(workspace, resource, at)] = new QuotaReading
            {
                Id = Ids.New(), OrganizationId = scope.OrganizationId, WorkspaceId = workspace, Resource = resource, AtUtc = at, Source = source,
                Used = input.Used, Requested = input.Requested, Reserved = input.Reserved,
            };
        }

        if (errors.Count > 0) return Problem.Invalid([.. errors.Take(100)]);
        var ids = taken.Keys.Select(k => k.Item1).Distinct().ToList();
        var times = taken.Keys.Select(k => k.Item3).Distinct().ToList();
        foreach (var known in await scope.Db.Set<QuotaReading>().Where(r => ids.Contains(r.WorkspaceId) && times.Contains(r.AtUtc)).ToListAsync(cancellationToken))
        {
            if (!taken.Remove((known.WorkspaceId, known.Resource, known.AtUtc), out var fresh)) continue;
            (known.Used, known.Requested, known.Reserved, known.Source) = (fresh.Used, fresh.Requested, fresh.Reserved, fresh.Source);
        }

        scope.Db.AddRange(taken.Values);
        scope.Audit("quotaReadings", scope.OrganizationId, source, newValue: new { readings = Readings.Count, workspaces = ids.Count, source });
        foreach (var id in ids) scope.Touch(LiveTopic.Quotas, id);
        return Readings.Count;
    }
}
