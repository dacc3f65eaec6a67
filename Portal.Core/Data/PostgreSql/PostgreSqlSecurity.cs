using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Hexabase.Portal.Data.PostgreSql;

/// <summary>Grants, row-level security and insert-only triggers for every table of the model.</summary>
internal static class PostgreSqlSecurity
{
    // The sub-select makes it one evaluation a query instead of one a row.
    private const string Current = "(SELECT NULLIF(current_setting('portal.organization', true), '')::uuid)";

    public static IReadOnlyList<string> Script(PortalDbContext model)
    {
        var script = new List<string>
        {
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            "GRANT USAGE ON SCHEMA public TO portal_app, portal_platform, portal_bulk",
            """
            CREATE OR REPLACE FUNCTION portal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                -- The one exception: the procedure that expires entries, which runs as the owner and says so for its own transaction.
                IF TG_OP = 'DELETE' AND TG_TABLE_NAME LIKE 'audit\_entries%' AND current_setting('portal.expiring', true) = 'yes' AND session_user <> current_user THEN RETURN OLD; END IF;
                RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
            END $$
            """,
        };
        script.AddRange(PostgreSqlAuditStorage.Script());
        script.AddRange(Audit.Ingest.AuditSourceId.PostgreSqlScript());
        foreach (var entity in model.GetService<IDesignTimeModel>().Model.GetEntityTypes().OrderBy(e => e.GetTableName(), StringComparer.Ordinal))
        {
            if (entity.GetTableName() is { } table) script.AddRange(ForTable(entity, table));
        }

        // Identity columns number their rows without it; who reads a sequence reads how many rows all organizations have together.
        script.Add("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM portal_app, portal_platform, portal_bulk");
        return script;
    }

    private static IEnumerable<string> ForTable(IEntityType entity, string table)
    {
        var guard = TableSecurity.GuardOf(entity);
        yield return $"REVOKE ALL ON {table} FROM portal_app, portal_platform, portal_bulk";
        yield return $"GRANT SELECT, INSERT{(TableSecurity.IsAppendOnly(entity) ? "" : ", UPDATE, DELETE")} ON {table} TO portal_platform";
        var forApp = guard switch
        {
            TableGuard.Ordinary => "SELECT, INSERT, UPDATE, DELETE",
            TableGuard.InsertOnly => "SELECT, INSERT",
            TableGuard.BulkLoaded or TableGuard.ReadOnly or TableGuard.PlatformAppends => "SELECT",
            TableGuard.PlatformOnly => null,
            _ => throw new InvalidOperationException($"Unknown guard {guard}."),
        };
        if (forApp is not null) yield return $"GRANT {forApp} ON {table} TO portal_app";
        if (TableSecurity.TakesBulk(entity))
        {
            var columns = entity.GetProperties().Where(p => p.GetAfterSaveBehavior() != PropertySaveBehavior.Throw || p.ValueGenerated != ValueGenerated.OnAdd || p.IsPrimaryKey()).Select(p => p.GetColumnName()).Where(c => c != "organization_id");
            yield return $"ALTER TABLE {table} ALTER COLUMN organization_id SET DEFAULT NULLIF(current_setting('portal.organization', true), '')::uuid";
            yield return $"GRANT INSERT ({string.Join(", ", columns)}) ON {table} TO portal_bulk";
        }

        if (TableSecurity.IsAppendOnly(entity))
        {
            yield return $"DROP TRIGGER IF EXISTS refuse_change ON {table}";
            yield return $"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION portal_refuse_change()";
            yield return $"DROP TRIGGER IF EXISTS refuse_truncate ON {table}";
            yield return $"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change()";
        }

        if (!typeof(ITenantOwned).IsAssignableFrom(entity.ClrType)) yield break;
        var column = ModelConventions.TenantProperty(entity).GetColumnName();
        yield return $"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY";
        yield return $"DROP POLICY IF EXISTS own_organization ON {table}";
        yield return $"CREATE POLICY own_organization ON {table} TO portal_app USING ({column} = {Current}) WITH CHECK ({column} = {Current})";
        yield return $"DROP POLICY IF EXISTS whole_platform ON {table}";
        yield return $"CREATE POLICY whole_platform ON {table} TO portal_platform USING (true) WITH CHECK (true)";
    }
}
