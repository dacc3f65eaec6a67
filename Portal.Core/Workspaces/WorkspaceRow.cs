using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces;

/// <summary>A workspace as people and programs see it.</summary>
public sealed record WorkspaceRow(
    Guid Id, string Slug, string Name, Guid BusinessUnitId, string BusinessUnit, string BusinessUnitName, WorkspaceEnvironment Environment, DataClassification Classification,
    IsolationLevel Isolation, IReadOnlyList<string> Regions, IReadOnlyDictionary<string, string> Labels, string? Owner, bool IsArchived, DateTime CreatedAtUtc, long Version)
{
    internal static WorkspaceRow Of(Workspace w, Guid unitId, IReadOnlyDictionary<Guid, (string Slug, string Name)> units, long version)
    {
        var unit = units.GetValueOrDefault(unitId, (Slug: "", Name: ""));
        return new WorkspaceRow(
            w.Id, w.Slug, w.Name, unitId, unit.Slug, unit.Name, w.Environment, w.Classification, w.Isolation, w.Regions, LabelSet.Read(w.Labels), w.Owner, w.IsArchived, w.CreatedAtUtc, version);
    }

    internal static async Task<WorkspaceRow> AnswerAsync(WriteScope scope, Workspace w, long version, CancellationToken cancellationToken) =>
        Of(w, w.BusinessUnitId, await UnitsAsync(scope, [w.BusinessUnitId], cancellationToken), version);

    internal static async Task<IReadOnlyDictionary<Guid, (string Slug, string Name)>> UnitsAsync(ReadScope scope, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        await scope.Db.Set<BusinessUnit>().Where(u => ids.Contains(u.Id)).Select(u => new { u.Id, u.Slug, u.Name }).ToDictionaryAsync(u => u.Id, u => (u.Slug, u.Name), cancellationToken);
}
