using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces;

/// <summary>A label key that the organization has agreed on; required ones must be on every workspace that is made or changed from then on.</summary>
public sealed class LabelKey : ITenantOwned, IVersioned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Key { get; init; }

    public bool IsRequired { get; set; }

    /// <summary>Empty = any value.</summary>
    public List<string> AllowedValues { get; set; } = [];

    public long Version { get; private set; }

    internal static void Configure(ModelBuilder model) => model.Entity<LabelKey>(e =>
    {
        e.ToTable("label_keys");
        e.HasIndex(x => new { x.OrganizationId, x.Key }).IsUnique();
        e.Property(x => x.Key).HasMaxLength(LabelSet.MaxKeyLength);
        e.PrimitiveCollection(x => x.AllowedValues).HasAnnotation("Portal:LongText", true);
    });

    internal static Task<List<LabelKey>> CatalogueAsync(ReadScope scope, CancellationToken cancellationToken) => scope.Db.Set<LabelKey>().OrderBy(k => k.Key).ToListAsync(cancellationToken);
}

/// <summary>A key of the catalogue.</summary>
public sealed record LabelKeyRow(Guid Id, string Key, bool Required, IReadOnlyList<string> AllowedValues, long Version);

/// <summary>Puts a key into the catalogue or changes it. Existing workspaces keep what they have until they are changed.</summary>
/// <param name="AllowedValues">Empty or null = any value; at most 100.</param>
public sealed record SetLabelKey(string Org, string Key, bool Required = false, IReadOnlyList<string>? AllowedValues = null, long? ExpectedVersion = null) : Command<LabelKeyRow>
{
    public override string Action => "labelKey.set";

    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.Write;

    public override async Task<Result<LabelKeyRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (TextRule.Check("key", Key, LabelSet.MaxKeyLength, out var key) is { } keyError) errors.Add(keyError);
        var values = new List<string>();
        foreach (var value in AllowedValues ?? [])
        {
            if (TextRule.Check("allowedValues", value, LabelSet.MaxValueLength, out var clean) is { } valueError) errors.Add(valueError);
            else if (!values.Contains(clean, StringComparer.Ordinal)) values.Add(clean);
        }

        if (values.Count > 100) errors.Add(new FieldError("allowedValues", "labels.tooManyValues", "At most 100 allowed values fit.", Args: [100]));
        if (errors.Count > 0) return Problem.Invalid(errors);
        var row = await scope.Db.Set<LabelKey>().SingleOrDefaultAsync(k => k.Key == key, cancellationToken);
        if (ExpectedVersion is { } expected && row is not null && expected != row.Version) return Problem.Stale("labelKey", row.Version);
        if (row is null) scope.Db.Add(row = new LabelKey { Id = Ids.New(), OrganizationId = scope.OrganizationId, Key = key });
        row.IsRequired = Required;
        if (!row.AllowedValues.SequenceEqual(values, StringComparer.Ordinal)) row.AllowedValues = values;
        scope.Audit("labelKey", row.Id, row.Key);
        var version = NextVersion.Of(scope, row);
        scope.Touch(LiveTopic.Workspaces, row.Id, version);
        return new LabelKeyRow(row.Id, row.Key, row.IsRequired, row.AllowedValues, version);
    }
}

/// <summary>Takes a key out of the catalogue; labels on workspaces stay.</summary>
public sealed record DeleteLabelKey(string Org, string Key, long? ExpectedVersion = null) : Command<Done>
{
    public override string Action => "labelKey.delete";

    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.Write;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var row = await scope.Db.Set<LabelKey>().SingleOrDefaultAsync(k => k.Key == Key, cancellationToken);
        if (row is null) return Problem.NotFound("labelKey");
        if (ExpectedVersion is { } expected && expected != row.Version) return Problem.Stale("labelKey", row.Version);
        scope.Db.Remove(row);
        scope.Audit("labelKey", row.Id, row.Key);
        scope.Touch(LiveTopic.Workspaces, row.Id);
        return default(Done);
    }
}

/// <summary>The catalogue, by key. Filter: text in the key.</summary>
public sealed record ListLabelKeys(string Org, PageRequest Page) : SharedQuery<Paged<LabelKeyRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.Read;

    public override async Task<Result<Paged<LabelKeyRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var keys = scope.Db.Set<LabelKey>().AsQueryable();
        if (!string.IsNullOrWhiteSpace(Page.Filter)) keys = keys.Where(k => k.Key.Contains(Page.Filter));
        var page = await KeyedList.PageAsync(keys, Page, k => k.Id, [new("key", (LabelKey k) => k.Key)], cancellationToken);
        return page.Map(p => new Paged<LabelKeyRow>([.. p.Items.Select(k => new LabelKeyRow(k.Id, k.Key, k.IsRequired, k.AllowedValues, k.Version))], p.NextCursor));
    }
}
