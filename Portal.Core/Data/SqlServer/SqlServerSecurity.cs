using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Hexabase.Portal.Data.SqlServer;

/// <summary>The security policy over every tenant table and the insert-only triggers.</summary>
internal static class SqlServerSecurity
{
    public static IReadOnlyList<string> Script(PortalDbContext model)
    {
        var entities = model.GetService<IDesignTimeModel>().Model.GetEntityTypes().Where(e => e.GetTableName() is not null).OrderBy(e => e.GetTableName(), StringComparer.Ordinal).ToList();
        var script = new List<string>
        {
            "IF EXISTS (SELECT 1 FROM sys.security_policies WHERE name = N'own_organization') DROP SECURITY POLICY dbo.own_organization",
            """
            CREATE OR ALTER FUNCTION dbo.portal_sees(@organization uniqueidentifier) RETURNS TABLE WITH SCHEMABINDING AS
            RETURN SELECT 1 AS sees WHERE CAST(SESSION_CONTEXT(N'portal.scope') AS nvarchar(40)) = N'platform'
                OR @organization = TRY_CAST(CAST(SESSION_CONTEXT(N'portal.scope') AS nvarchar(40)) AS uniqueidentifier)
            """,
        };
        var predicates = entities.Where(e => typeof(ITenantOwned).IsAssignableFrom(e.ClrType)).SelectMany(e =>
        {
            var column = ModelConventions.TenantProperty(e).GetColumnName();
            var table = $"dbo.{e.GetTableName()}";
            return new[]
            {
                $"ADD FILTER PREDICATE dbo.portal_sees({column}) ON {table}",
                $"ADD BLOCK PREDICATE dbo.portal_sees({column}) ON {table} AFTER INSERT",
                $"ADD BLOCK PREDICATE dbo.portal_sees({column}) ON {table} AFTER UPDATE",
            };
        });
        script.Add($"CREATE SECURITY POLICY dbo.own_organization {string.Join(", ", predicates)} WITH (STATE = ON)");
        foreach (var table in entities.Where(TableSecurity.IsAppendOnly).Select(e => e.GetTableName()))
        {
            script.Add(table == "audit_entries" ? SqlServerAuditStorage.EntriesTrigger : $"""
                CREATE OR ALTER TRIGGER dbo.{table}_refuse_change ON dbo.{table} INSTEAD OF UPDATE, DELETE AS
                THROW 50002, N'Rows of {table} are never changed or removed.', 1
                """);
        }

        script.AddRange(SqlServerAuditStorage.Script);
        return script;
    }
}
