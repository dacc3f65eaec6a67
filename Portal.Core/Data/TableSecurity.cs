namespace Hexabase.Portal.Data;

/// <summary>How the database guards a table beyond its organization.</summary>
public enum TableGuard
{
    /// <summary>Requests may read and change the rows of their organization.</summary>
    Ordinary,

    /// <summary>Rows are inserted and read, never changed: audit.</summary>
    InsertOnly,

    /// <summary>Rows are appended by the platform alone and never changed; requests read: the tree over the audit log.</summary>
    PlatformAppends,

    /// <summary>Requests may only read; the bulk role inserts, the platform role removes what an import left behind.</summary>
    BulkLoaded,

    /// <summary>Requests may only read; the database's own triggers and the platform role write it: the audit log's waiting entries.</summary>
    ReadOnly,

    /// <summary>No request reaches it at all: credentials, sessions, data-protection keys.</summary>
    PlatformOnly,
}

/// <summary>The guard of tables that are not <see cref="TableGuard.Ordinary"/>, set where the entity is configured.</summary>
public static class TableSecurity
{
    private const string Annotation = "Portal:Guard";
    private const string BulkAnnotation = "Portal:BulkInsert";

    public static void HasGuard<T>(this Microsoft.EntityFrameworkCore.Metadata.Builders.EntityTypeBuilder<T> entity, TableGuard guard)
        where T : class => entity.HasAnnotation(Annotation, guard.ToString());

    /// <summary>The bulk role may add rows, too.</summary>
    public static void HasBulkInsert<T>(this Microsoft.EntityFrameworkCore.Metadata.Builders.EntityTypeBuilder<T> entity)
        where T : class => entity.HasAnnotation(BulkAnnotation, true);

    public static bool TakesBulk(Microsoft.EntityFrameworkCore.Metadata.IReadOnlyEntityType entity) =>
        GuardOf(entity) == TableGuard.BulkLoaded || entity.FindAnnotation(BulkAnnotation) is not null;

    /// <summary>True where the database refuses update and delete to everybody.</summary>
    public static bool IsAppendOnly(Microsoft.EntityFrameworkCore.Metadata.IReadOnlyEntityType entity) => GuardOf(entity) is TableGuard.InsertOnly or TableGuard.PlatformAppends;

    public static TableGuard GuardOf(Microsoft.EntityFrameworkCore.Metadata.IReadOnlyEntityType entity) =>
        entity.FindAnnotation(Annotation)?.Value is string text ? Enum.Parse<TableGuard>(text) : TableGuard.Ordinary;
}
