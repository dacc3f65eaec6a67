using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Data.SqlServer;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Data;

/// <summary>The database's own guard: every tenant table, on both engines.</summary>
public sealed class TableSecurityTest(TestServer server) : IAsyncLifetime
{
    private readonly TestPortal portal = new(server);

    public async ValueTask InitializeAsync() => await portal.InitializeAsync();

    public async ValueTask DisposeAsync() => await portal.DisposeAsync();

    [Fact]
    public async Task EveryTenantTable_HasRowLevelSecurityAndPolicies()
    {
        await using var connection = new NpgsqlConnection(portal.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("SELECT c.relname, c.relrowsecurity, (SELECT count(*) FROM pg_policies p WHERE p.tablename = c.relname) FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace", connection);
        var tables = new Dictionary<string, (bool Secured, long Policies)>();
        await using (var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await reader.ReadAsync(TestContext.Current.CancellationToken)) tables[reader.GetString(0)] = (reader.GetBoolean(1), reader.GetInt64(2));
        }

        foreach (var entity in TenantEntities())
        {
            var table = entity.GetTableName().ShouldNotBeNull();
            tables.ShouldContainKey(table);
            tables[table].ShouldBe((true, 2), table);
        }
    }

    [Fact]
    public async Task EveryTableWithAnOrganizationColumn_IsATenantTable()
    {
        var known = TenantEntities().Select(e => e.GetTableName()).ToHashSet();
        await using var connection = new NpgsqlConnection(portal.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE a.attname = 'organization_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition", connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) known.ShouldContain(reader.GetString(0));
    }

    [Fact]
    public async Task PartitionsOfTheAuditLog_AreReachedThroughTheirTableAlone()
    {
        await using var connection = new NpgsqlConnection(portal.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(
            "SELECT count(*), count(*) FILTER (WHERE has_table_privilege(r, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')) FROM pg_class c, unnest(ARRAY['portal_app', 'portal_platform', 'portal_bulk']) r WHERE c.relispartition AND c.relkind IN ('r', 'p')", connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        await reader.ReadAsync(TestContext.Current.CancellationToken);
        reader.GetInt64(0).ShouldBeGreaterThan(10);
        reader.GetInt64(1).ShouldBe(0);
    }

    [Theory]
    [InlineData("SELECT count(*) FROM users")]
    [InlineData("SELECT count(*) FROM sessions")]
    [InlineData("SELECT count(*) FROM data_protection_keys")]
    [InlineData("SET ROLE portal_platform")]
    [InlineData("SET ROLE portal_bulk")]
    [InlineData("ALTER TABLE jobs DISABLE ROW LEVEL SECURITY")]
    [InlineData("CREATE TABLE public.mine (id int)")]
    public async Task RequestRole_MayNot(string sql)
    {
        await using var connection = new NpgsqlConnection(TestServer.ConnectionString(portal.ConnectionString, PostgreSqlEngine.AppRole));
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);

        (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task RequestRole_CannotInsertForAnotherOrganization()
    {
        var mine = await portal.CreateOrganizationAsync("Mine");
        var theirs = await portal.CreateOrganizationAsync("Theirs");
        await using var open = await portal.Database.OpenAsync(DataScope.Of(mine.Id), forWriting: true, CancellationToken.None);
        open.Db.Add(Job.Queue(theirs.Id, "count", "x", "{}", TestPortal.Admin, DateTime.UnixEpoch));

        (await Should.ThrowAsync<DbUpdateException>(() => open.Db.SaveChangesAsync())).InnerException.ShouldBeOfType<PostgresException>().SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public void SqlServer_SecurityPolicyCoversEveryTenantTable()
    {
        using var db = new SqlServerDesignTimeFactory().CreateDbContext([]);
        var policy = SqlServerSecurity.Script(db).Single(s => s.StartsWith("CREATE SECURITY POLICY", StringComparison.Ordinal));
        foreach (var entity in TenantEntities()) policy.ShouldContain($"ON dbo.{entity.GetTableName()} AFTER INSERT");
    }

    [Fact]
    public void Migrations_HoldTheWholeModel_OnBothEngines()
    {
        using var postgreSql = new PostgreSqlDesignTimeFactory().CreateDbContext([]);
        using var sqlServer = new SqlServerDesignTimeFactory().CreateDbContext([]);
        postgreSql.Database.HasPendingModelChanges().ShouldBeFalse();
        sqlServer.Database.HasPendingModelChanges().ShouldBeFalse();
        sqlServer.Database.GenerateCreateScript().ShouldContain("CREATE TABLE [audit_entries]");
    }

    private static List<IEntityType> TenantEntities()
    {
        using var db = new PostgreSqlDesignTimeFactory().CreateDbContext([]);
        return db.Model.GetEntityTypes().Where(e => typeof(ITenantOwned).IsAssignableFrom(e.ClrType) && e.GetTableName() != "organizations").ToList();
    }
}
