using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces;

/// <summary>A workspace's settings as typed. For a change null = as before; owner "" empties.</summary>
/// <param name="BusinessUnit">Id or slug.</param>
/// <param name="Environment">development, staging, production or preview.</param>
/// <param name="Regions">Within the organization's regions where it has set any.</param>
/// <param name="Classification">public, internal (default), confidential or restricted.</param>
/// <param name="Isolation">shared (default), dedicatedNodes or dedicatedCluster.</param>
public sealed record WorkspaceInput(
    string? Name = null, string? BusinessUnit = null, string? Environment = null, IReadOnlyList<string>? Regions = null, IReadOnlyDictionary<string, string>? Labels = null,
    string? Owner = null, string? Classification = null, string? Isolation = null)
{
    /// <summary>What conditions ask of a workspace that is yet to be made; words that are none are refused by the check that follows.</summary>
    internal Access.Conditions.PlaceFacts ToFacts() => new(
        Words.TryParse<WorkspaceEnvironment>(Environment, out var environment) ? environment : WorkspaceEnvironment.Production, Words.TryParse<DataClassification>(Classification, out var level) ? level : DataClassification.Internal,
        Regions ?? [], Labels ?? new Dictionary<string, string>(), Owner);

    internal async Task<Result<WorkspaceSettings>> CheckAsync(WriteScope scope, Workspace? current, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var name = current?.Name ?? "";
        if ((Name is not null || current is null) && TextRule.Check("name", Name, 200, out name) is { } nameError) errors.Add(nameError);
        var owner = current?.Owner ?? "";
        if (Owner is not null && TextRule.Check("owner", Owner, 200, out owner, required: false) is { } ownerError) errors.Add(ownerError);
        var environment = Words.Read("environment", Environment, current?.Environment, null, errors);
        var classification = Words.Read("classification", Classification, current?.Classification, DataClassification.Internal, errors);
        var isolation = Words.Read("isolation", Isolation, current?.Isolation, IsolationLevel.Shared, errors);
        var unit = await UnitAsync(scope, current, errors, cancellationToken);
        var regions = Regions is null && current is not null ? current.Regions : await RegionsAsync(scope, errors, cancellationToken);
        var labels = current?.Labels ?? "{}";
        if (Labels is not null || current is null) labels = LabelSet.Check(Labels, await LabelKey.CatalogueAsync(scope, cancellationToken), errors);
        return errors.Count > 0
            ? Problem.Invalid(errors)
            : new WorkspaceSettings(name, unit, environment, classification, isolation, regions, labels, owner.Length == 0 ? null : owner);
    }

    private async Task<Guid> UnitAsync(WriteScope scope, Workspace? current, List<FieldError> errors, CancellationToken cancellationToken)
    {
        if (BusinessUnit is null && current is not null) return current.BusinessUnitId;
        var isId = Guid.TryParseExact(BusinessUnit, "D", out var id);
        var found = string.IsNullOrEmpty(BusinessUnit) ? null : await scope.Db.Set<BusinessUnit>().Where(u => isId ? u.Id == id : u.Slug == BusinessUnit).Select(u => (Guid?)u.Id).SingleOrDefaultAsync(cancellationToken);
        var unit = found is { } place && await BusinessUnitPlace.IsKnownAsync(scope, place, current?.BusinessUnitId, cancellationToken) ? await BusinessUnitPlace.HoldAsync(scope, place, alone: false, cancellationToken) : null;
        if (unit is null) errors.Add(new FieldError("businessUnit", "businessUnit.notFound", "businessUnit names no business unit of the organization: give its id or slug."));
        else if (unit.IsArchived && unit.Id != current?.BusinessUnitId) errors.Add(new FieldError("businessUnit", "businessUnit.archived", "businessUnit is archived: choose another unit."));
        return unit?.Id ?? Guid.Empty;
    }

    private async Task<List<string>> RegionsAsync(ReadScope scope, List<FieldError> errors, CancellationToken cancellationToken)
    {
        var regions = new List<string>();
        var allowed = await scope.Db.Set<Organization>().Where(o => o.Id == scope.OrganizationId).Select(o => o.Regions).SingleAsync(cancellationToken);
        foreach (var region in Regions ?? [])
        {
            if (TextRule.Check("regions", region, 60, out var clean) is { } error) errors.Add(error);
            else if (allowed.Count > 0 && !allowed.Contains(clean, StringComparer.Ordinal))
                errors.Add(new FieldError("regions", "regions.notAllowed", $"The region {clean} is not one of the organization's: {string.Join(", ", allowed)}.", Args: [clean, string.Join(", ", allowed)]));
            else if (!regions.Contains(clean, StringComparer.Ordinal)) regions.Add(clean);
        }

        if (regions.Count > 20) errors.Add(new FieldError("regions", "regions.tooMany", "At most 20 regions fit.", Args: [20]));
        return regions;
    }
}
