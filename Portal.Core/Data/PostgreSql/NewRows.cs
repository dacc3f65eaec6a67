using System.Collections.Concurrent;
using Hexabase.Portal.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Hexabase.Portal.Data.PostgreSql;

/// <summary>
/// Plain statements for a command that leaves nothing but a few new rows behind, as most do that make something: the save of the change tracker takes several times
/// as long as they do.
/// </summary>
internal sealed class NewRows(IModel model)
{
    private const int Most = 20;
    private readonly ConcurrentDictionary<IEntityType, RowInsert?> _inserts = new();

    /// <summary>Of the audit entry, whose position the database gives.</summary>
    public RowInsert Entry { get; } = OfEntry(model.FindEntityType(typeof(AuditEntry)) ?? throw new InvalidOperationException("The model has no audit entries."));

    /// <summary>Null where the change tracker is to save: rows that are changed or removed, that hang on each other or take more than their own values.</summary>
    public IReadOnlyList<NpgsqlBatchCommand>? Find(PortalDbContext db)
    {
        var (types, commands) = (new List<IEntityType>(), new List<NpgsqlBatchCommand>());
        foreach (var entry in db.ChangeTracker.Entries())
        {
            if (entry.State == EntityState.Unchanged) continue;
            if (entry.State != EntityState.Added || types.Count == Most || _inserts.GetOrAdd(entry.Metadata, Of) is not { } insert) return null;
            types.Add(entry.Metadata);
            commands.Add(insert.ToBatchCommand(entry.Entity));
        }

        return types.Count > 1 && types.Exists(t => t.GetForeignKeys().Any(k => types.Contains(k.PrincipalEntityType))) ? null : commands;
    }

    private static RowInsert OfEntry(IEntityType type) => new(type, type.GetProperty(nameof(AuditEntry.Position)));

    /// <summary>Null where a row is more than the values of its properties in a table of its own.</summary>
    private static RowInsert? Of(IEntityType type) =>
        type.BaseType is null && !type.GetDirectlyDerivedTypes().Any() && !type.IsOwned() && !type.GetComplexProperties().Any() && !type.GetNavigations().Any(n => n.TargetEntityType.IsOwned())
        && type.GetProperties().All(p => !p.IsShadowProperty() && !p.IsIndexerProperty() && p.ValueGenerated == ValueGenerated.Never)
        && type.GetTableMappings().ToList() is [var mapping] && mapping.Table.EntityTypeMappings.Count() == 1 ? new RowInsert(type) : null;
}
