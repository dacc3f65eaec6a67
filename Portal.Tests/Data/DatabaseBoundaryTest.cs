using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Data.SqlServer;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Data;

/// <summary>What the database itself refuses, whatever the portal's code would ask of it: the checks of its guards, and that these checks see a hole.</summary>
public sealed class DatabaseBoundaryTest(TestServer server) : IAsyncLifetime
{
    private readonly TestPortal _portal = new(server);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _portal.InitializeAsync();

    public async ValueTask DisposeAsync() => await _portal.DisposeAsync();

    [Fact]
    public async Task EveryTableOfTenants_IsConfinedByItsPolicies_AndOneWithoutIsFound()
    {
        await using var owner = await OpenAsync();
        (await UnguardedAsync(owner)).ShouldBeEmpty();

        await ExecuteAsync(owner, "CREATE TABLE stray_none (id uuid PRIMARY KEY, organization_id uuid NOT NULL)");
        await ExecuteAsync(owner, "CREATE TABLE stray_off (id uuid PRIMARY KEY, organization_id uuid NOT NULL); CREATE POLICY own_organization ON stray_off TO portal_app USING (organization_id = (SELECT NULLIF(current_setting('portal.organization', true), '')::uuid))");
        await ExecuteAsync(owner, "CREATE TABLE stray_open (id uuid PRIMARY KEY, organization_id uuid NOT NULL); ALTER TABLE stray_open ENABLE ROW LEVEL SECURITY; CREATE POLICY own_organization ON stray_open TO portal_app USING (true)");
        await ExecuteAsync(owner, "CREATE TABLE stray_public (id uuid PRIMARY KEY, organization_id uuid NOT NULL); ALTER TABLE stray_public ENABLE ROW LEVEL SECURITY; CREATE POLICY own_organization ON stray_public TO portal_app USING (organization_id = (SELECT NULLIF(current_setting('portal.organization', true), '')::uuid)); CREATE POLICY more ON stray_public USING (true)");
        (await UnguardedAsync(owner)).ShouldBe(["stray_none", "stray_off", "stray_open", "stray_public"]);
    }

    [Fact]
    public void SqlServer_EveryTableOfTenantsIsInThePolicy_AndOneWithoutIsFound()
    {
        using var db = new SqlServerDesignTimeFactory().CreateDbContext([]);
        var policy = SqlServerSecurity.Script(db).Single(s => s.StartsWith("CREATE SECURITY POLICY", StringComparison.Ordinal));
        Uncovered(db.GetService<IDesignTimeModel>().Model, policy).ShouldBeEmpty();

        var model = new ModelBuilder();
        model.Entity<Stray>(e =>
        {
            e.ToTable("strays");
            e.Property(x => x.Id);
            e.Property(x => x.OrganizationId);
            e.HasKey(x => x.Id);
        });
        Uncovered(model.FinalizeModel(), policy).ShouldBe(["strays"]);
    }

    [Fact]
    public async Task Roles_CannotBypassAndOwnNothing()
    {
        await using var owner = await OpenAsync();
        // Neither superusers nor makers of roles or databases, members of nothing, owners of nothing.
        (await ListAsync(owner, "SELECT rolname FROM pg_roles WHERE rolname LIKE 'portal\\_%' AND rolname <> current_user AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolinherit)")).ShouldBeEmpty();
        (await ListAsync(owner, "SELECT rolname FROM pg_roles WHERE rolname IN ('portal_app', 'portal_platform') AND rolbypassrls")).ShouldBeEmpty();
        (await ListAsync(owner, "SELECT m.member::regrole::text FROM pg_auth_members m WHERE m.member IN ('portal_app'::regrole, 'portal_platform'::regrole, 'portal_bulk'::regrole)")).ShouldBeEmpty();
        (await ListAsync(owner, "SELECT relname::text FROM pg_class WHERE relowner IN ('portal_app'::regrole, 'portal_platform'::regrole, 'portal_bulk'::regrole)")).ShouldBeEmpty();
        (await ListAsync(owner, "SELECT nspname::text FROM pg_namespace, unnest(ARRAY['portal_app', 'portal_platform', 'portal_bulk']) r WHERE has_schema_privilege(r, oid, 'CREATE') OR (has_schema_privilege(r, oid, 'USAGE') AND nspname NOT IN ('public', 'pg_catalog', 'information_schema'))")).ShouldBeEmpty();
        (await ListAsync(owner, "SELECT c.relname || ' ' || r FROM pg_class c, unnest(ARRAY['portal_app', 'portal_platform', 'portal_bulk']) r WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND has_table_privilege(r, c.oid, 'TRUNCATE, REFERENCES, TRIGGER')")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Sequences_WhichCountTheRowsOfAllOrganizations_AreReadByNoRole()
    {
        await using var owner = await OpenAsync();
        (await ListAsync(owner, "SELECT relname::text FROM pg_class WHERE relkind = 'S'")).ShouldNotBeEmpty();
        (await ListAsync(owner, "SELECT c.relname || ' ' || r FROM pg_class c, unnest(ARRAY['portal_app', 'portal_platform', 'portal_bulk']) r WHERE c.relkind = 'S' AND has_sequence_privilege(r, c.oid, 'USAGE, SELECT, UPDATE')")).ShouldBeEmpty();
    }

    [Fact]
    public async Task BulkRole_ReadsAndChangesNothing_AndCannotNameTheOrganization()
    {
        await using var owner = await OpenAsync();
        (await ListAsync(owner, "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND (has_any_column_privilege('portal_bulk', c.oid, 'SELECT, UPDATE') OR has_table_privilege('portal_bulk', c.oid, 'DELETE'))")).ShouldBeEmpty();
        (await ListAsync(owner, "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND has_column_privilege('portal_bulk', c.oid, a.attnum, 'INSERT')")).ShouldBeEmpty();
    }

    [Fact]
    public async Task FunctionsThatRunAsTheOwner_TakeNoOrganizationOnTrust()
    {
        // Each with why it is safe in the hands of who may call it.
        var known = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["portal_audit_expire"] = "compares the organization with the session's; proven below",
            ["portal_claim_source_ids"] = "takes no organization: it is the session's",
            ["portal_audit_partitions"] = "makes empty partitions; of the platform alone",
            ["portal_audit_wait"] = "a trigger, which nobody can call",
        };
        await using var owner = await OpenAsync();
        var found = await ListAsync(owner, "SELECT proname::text FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY proname");
        found.ShouldBeSubsetOf(known.Keys, "a function that runs as the owner is around every policy: let it take the organization from the session, then name it here");
        (await ListAsync(owner, "SELECT proname::text FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace AND has_function_privilege('portal_app', oid, 'EXECUTE') AND prorettype <> 'trigger'::regtype")).ShouldBe(["portal_audit_expire"]);
        (await ListAsync(owner, "SELECT proname::text FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT 1 FROM unnest(proconfig) s WHERE s LIKE 'search\\_path=%')")).ShouldBeEmpty("without a fixed search path a caller's own objects could be taken for the portal's");

        var (mine, theirs) = (await _portal.CreateOrganizationAsync("Mine"), await _portal.CreateOrganizationAsync("Theirs"));
        await using var app = await OpenAsync(PostgreSqlEngine.AppRole, mine.Id);
        var reach = await Should.ThrowAsync<PostgresException>(() => ExecuteAsync(app, $"SELECT portal_audit_expire(gen_random_uuid(), '{theirs.Id}', 90, '2020-01-01', 0, 0, 0, 'x', ''::bytea, 0, 'x')"));
        reach.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Theory]
    [InlineData("COPY (SELECT 1) TO PROGRAM 'true'")]
    [InlineData("COPY organizations FROM PROGRAM 'true'")]
    [InlineData("COPY (SELECT 1) TO '/tmp/portal-leak'")]
    [InlineData("SELECT pg_read_file('postgresql.conf')")]
    [InlineData("SELECT pg_ls_dir('.')")]
    [InlineData("SELECT lo_import('/etc/passwd')")]
    [InlineData("SELECT rolpassword FROM pg_authid")]
    [InlineData("SELECT passwd FROM pg_shadow")]
    [InlineData("SELECT * FROM pg_statistic")]
    [InlineData("ALTER SYSTEM SET log_statement = 'all'")]
    [InlineData("ALTER ROLE portal_app BYPASSRLS")]
    [InlineData("ALTER ROLE portal_app SUPERUSER")]
    [InlineData("CREATE ROLE intruder")]
    [InlineData("SET SESSION AUTHORIZATION portal_platform")]
    [InlineData("SET ROLE portal_owner")]
    [InlineData("CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'")]
    [InlineData("CREATE EXTENSION dblink")]
    [InlineData("DROP POLICY own_organization ON organizations")]
    [InlineData("CREATE POLICY more ON organizations USING (true)")]
    [InlineData("ALTER TABLE audit_entries DISABLE TRIGGER ALL")]
    [InlineData("TRUNCATE jobs")]
    [InlineData("SET session_replication_role = replica")]
    [InlineData("SET row_security = off; SELECT count(*) FROM organizations")]
    [InlineData("SELECT password_hash FROM users")]
    [InlineData("SELECT portal_audit_partitions(ARRAY[90], 1)")]
    [InlineData("SELECT portal_claim_source_ids(ARRAY[gen_random_uuid()])")]
    public async Task RequestRole_IsRefused(string sql)
    {
        var mine = await _portal.CreateOrganizationAsync("Mine");
        await using var app = await OpenAsync(PostgreSqlEngine.AppRole, mine.Id);
        (await Should.ThrowAsync<PostgresException>(() => ExecuteAsync(app, sql))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task EveryTable_ShowsTheRequestRoleItsOwnRowsAlone_AndNoneBeforeItIsConfined()
    {
        var (mine, theirs) = (await _portal.CreateOrganizationAsync("Mine"), await _portal.CreateOrganizationAsync("Theirs"));
        await using var owner = await OpenAsync();
        var tables = await ListAsync(owner, "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND has_table_privilege('portal_app', c.oid, 'SELECT')");
        tables.Count.ShouldBeGreaterThan(30);
        await using var unconfined = await OpenAsync(PostgreSqlEngine.AppRole);
        await using var confined = await OpenAsync(PostgreSqlEngine.AppRole, mine.Id);
        foreach (var table in tables)
        {
            (await ListAsync(unconfined, $"SELECT count(*)::text FROM {table}")).ShouldBe(["0"], table);
            (await ListAsync(confined, $"SELECT DISTINCT organization_id::text FROM {table} WHERE organization_id <> '{mine.Id}'")).ShouldBeEmpty(table);
            (await ListAsync(confined, $"SELECT count(*)::text FROM {table} WHERE organization_id = '{theirs.Id}'")).ShouldBe(["0"], table);
        }
    }

    [Fact]
    public async Task Scope_EndsWithItsTransaction_SoThatNoConnectionCarriesItOn()
    {
        var mine = await _portal.CreateOrganizationAsync("Mine");
        for (var i = 0; i < 5; i++)
        {
            await using var open = await _portal.Database.OpenAsync(DataScope.Of(mine.Id), forWriting: i % 2 == 0, Stop);
            (await open.Db.Set<Organizations.Organization>().IgnoreQueryFilters().CountAsync(Stop)).ShouldBe(1);
            if (i % 2 == 0) await open.CommitAsync(Stop);
        }

        await using var app = await ((PostgreSqlEngine)_portal.Database.Engine).AppSource.OpenConnectionAsync(Stop);
        (await ListAsync(app, "SELECT coalesce(nullif(current_setting('portal.organization', true), ''), 'none')")).ShouldBe(["none"]);
        (await ListAsync(app, "SELECT count(*)::text FROM organizations")).ShouldBe(["0"]);
    }

    /// <summary>Tables of organizations' rows whose row-level security is off, or that the request role reaches by anything but the session's organization.</summary>
    private static Task<List<string>> UnguardedAsync(NpgsqlConnection connection) => ListAsync(connection, """
        SELECT c.relname::text FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            AND (c.relname = 'organizations' OR EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped))
            AND (NOT c.relrowsecurity
                OR NOT EXISTS (SELECT 1 FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = c.relname AND p.roles = '{portal_app}')
                OR EXISTS (SELECT 1 FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = c.relname AND p.roles <> '{portal_platform}'
                    AND (p.roles <> '{portal_app}' OR p.qual IS NULL OR p.qual NOT LIKE '%portal.organization%' OR (p.with_check IS NOT NULL AND p.with_check NOT LIKE '%portal.organization%'))))
        ORDER BY c.relname
        """);

    private static List<string> Uncovered(IModel model, string policy) =>
    [
        .. model.GetEntityTypes().Where(e => e.GetTableName() is not null && (typeof(ITenantOwned).IsAssignableFrom(e.ClrType) || e.FindProperty(nameof(ITenantOwned.OrganizationId)) is not null)).Select(e => e.GetTableName()!)
            .Where(t => new[] { $" ON dbo.{t},", $" ON dbo.{t} AFTER INSERT", $" ON dbo.{t} AFTER UPDATE" }.Any(p => !policy.Contains(p, StringComparison.Ordinal))).Order(StringComparer.Ordinal),
    ];

    private async Task<NpgsqlConnection> OpenAsync(string? role = null, Guid? organization = null)
    {
        var text = role is null ? _portal.ConnectionString : TestServer.ConnectionString(_portal.ConnectionString, role);
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(text) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Stop);
        if (organization is { } id) await ExecuteAsync(connection, $"SET portal.organization = '{id}'");
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }

    private static async Task<List<string>> ListAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var rows = new List<string>();
        while (await reader.ReadAsync(Stop)) rows.Add(reader.GetString(0));
        return rows;
    }

    /// <summary>A table of organizations' rows that nobody put under the policy.</summary>
    private sealed class Stray
    {
        public Guid Id { get; init; }

        public Guid OrganizationId { get; init; }
    }
}
