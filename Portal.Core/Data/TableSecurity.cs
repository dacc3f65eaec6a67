namespace Hexabase.Portal.Data;

/// <summary>How the database guards a table beyond its organization.</summary>
public enum TableGuard
{
    /// <summary>Requests may read and change the rows of their organization.</summary>
    Ordinary,

    /// <summary>Rows are inserted and read, never changed: audit.</summary>
    InsertOnly,

    /// <summary>Requests may only read; the bulk role inserts, the platform role removes what an import left behind.</summary>
    BulkLoaded,

    /// <summary>No request reaches it at all: credentials, sessions, data-protection keys.</summary>
    PlatformOnly,
}

/// <summary>The guard of tables that are not <see cref="TableGuard.Ordinary"/>, set where the entity is configured.</summary>
public static class TableSecurity
{
    private const string Annotation = "Portal:Guard";

    public static void HasGuard<T>(this Microsoft.EntityFrameworkCore.Metadata.Builders.EntityTypeBuilder<T> entity, TableGuard guard)
        where T : class => entity.HasAnnotation(Annotation, guard.ToString());

    public static TableGuard GuardOf(Microsoft.EntityFrameworkCore.Metadata.IReadOnlyEntityType entity) =>
        entity.FindAnnotation(Annotation)?.Value is string text ? Enum.Parse<TableGuard>(text) : TableGuard.Ordinary;
}
