using System.Text;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Hexabase.Portal.Data;

/// <summary>A row that belongs to one organization; row-level security guards its table.</summary>
public interface ITenantOwned
{
    Guid OrganizationId { get; }
}

/// <summary>A row with an optimistic concurrency token, raised by the gateway with every change; its ETag.</summary>
public interface IVersioned
{
    long Version { get; }
}

/// <summary>A tracked property whose value never enters the audit log: only that it changed.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;

/// <summary>A field that names or describes a person; marked so in the audit entry, so that it can be erased.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PersonalAttribute : Attribute;

/// <summary>Rows whose changes are not part of the audit diff: counters, heartbeats.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NotAuditedAttribute : Attribute;

/// <summary>The same column shapes on both engines: snake_case names, UTC times, enums as text, exact amounts.</summary>
public static class ModelConventions
{
    private const int DefaultTextLength = 400;

    public static PropertyBuilder<T> IsLongText<T>(this PropertyBuilder<T> property) => property.HasAnnotation("Portal:LongText", true);

    /// <summary>An identity column of the engine, never written by the application.</summary>
    public static PropertyBuilder<long> UseIdentityOnBothEngines(this PropertyBuilder<long> property) => property.HasAnnotation("Portal:Identity", true);

    /// <summary>The property that holds the tenant: OrganizationId, or Id for the organization itself.</summary>
    internal static IReadOnlyProperty TenantProperty(IReadOnlyEntityType entity) =>
        entity.FindProperty(nameof(ITenantOwned.OrganizationId)) ?? entity.GetProperty("Id");

    internal static void Apply(ModelBuilder model, bool postgreSql)
    {
        foreach (var entity in model.Model.GetEntityTypes())
        {
            if (entity.GetTableName() is { } table) entity.SetTableName(Snake(table));
            foreach (var property in entity.GetProperties())
            {
                property.SetColumnName(Snake(property.GetColumnName()));
                var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
                if (type == typeof(string))
                {
                    if (property.FindAnnotation("Portal:LongText") is not null) property.SetColumnType(postgreSql ? "text" : "nvarchar(max)");
                    else if (property.GetMaxLength() is null) property.SetMaxLength(DefaultTextLength);
                }
                else if (type.IsEnum)
                {
                    property.SetProviderClrType(typeof(string));
                    property.SetMaxLength(40);
                }
                else if (type == typeof(DateTime))
                {
                    property.SetValueConverter(UtcConverter);
                    property.SetColumnType(postgreSql ? "timestamp with time zone" : "datetime2(7)");
                }
                else if (type == typeof(Amount))
                {
                    property.SetValueConverter(AmountConverter);
                    property.SetPrecision(28);
                    property.SetScale(10);
                }

                // Ids are always given; the platform's is the empty one, which would otherwise count as none.
                if (type == typeof(Guid) && property.IsPrimaryKey()) property.ValueGenerated = ValueGenerated.Never;
                if (property.FindAnnotation("Portal:Identity") is not null)
                {
                    if (postgreSql)
                        Microsoft.EntityFrameworkCore.NpgsqlPropertyExtensions.SetValueGenerationStrategy(property, Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.NpgsqlValueGenerationStrategy.IdentityAlwaysColumn);
                    else
                        Microsoft.EntityFrameworkCore.SqlServerPropertyExtensions.SetValueGenerationStrategy(property, Microsoft.EntityFrameworkCore.Metadata.SqlServerValueGenerationStrategy.IdentityColumn);
                    property.SetAfterSaveBehavior(Microsoft.EntityFrameworkCore.Metadata.PropertySaveBehavior.Throw);
                }

                if (property.Name == nameof(IVersioned.Version) && typeof(IVersioned).IsAssignableFrom(entity.ClrType)) property.IsConcurrencyToken = true;
            }

            foreach (var key in entity.GetKeys()) key.SetName(Snake(key.GetName() ?? ""));
            foreach (var index in entity.GetIndexes()) index.SetDatabaseName(Shorten(Snake(index.GetDatabaseName() ?? "")));
            foreach (var foreignKey in entity.GetForeignKeys())
            {
                foreignKey.SetConstraintName(Shorten(Snake(foreignKey.GetConstraintName() ?? "")));
                foreignKey.DeleteBehavior = DeleteBehavior.Restrict;
            }
        }
    }

    private static readonly ValueConverter<DateTime, DateTime> UtcConverter = new(
        v => v.Kind == DateTimeKind.Utc ? v : DateTime.SpecifyKind(v, DateTimeKind.Utc),
        v => DateTime.SpecifyKind(v, DateTimeKind.Utc));

    private static readonly ValueConverter<Amount, decimal> AmountConverter = new(v => v.ToDecimal(), v => Amount.FromDecimal(v));

    internal static string Snake(string name)
    {
        var result = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (char.IsUpper(c))
            {
                if (i > 0 && name[i - 1] != '_' && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])))) result.Append('_');
                result.Append(char.ToLowerInvariant(c));
            }
            else
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }

    private static string Shorten(string name) => name.Length <= 60 ? name : name[..60];
}
