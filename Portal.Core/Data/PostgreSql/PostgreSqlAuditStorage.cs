using Hexabase.Portal.Audit;

namespace Hexabase.Portal.Data.PostgreSql;

/// <summary>
/// How the audit log is stored on PostgreSQL: entries partitioned by retention class and by the month of their (time-ordered, version 7) id, and the trigger that
/// notes each new entry as waiting for its place in the tree. Safe to run again.
/// </summary>
internal static class PostgreSqlAuditStorage
{
    public static IEnumerable<string> Script()
    {
        // The first run finds the plain table of the migration and puts a partitioned one with the same columns, indexes, grants and guards in its place.
        yield return """
            DO $$
            BEGIN
                IF (SELECT relkind FROM pg_class WHERE oid = 'audit_entries'::regclass) = 'r' THEN
                    ALTER TABLE audit_entries RENAME TO audit_entries_plain;
                    CREATE TABLE audit_entries (LIKE audit_entries_plain INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING STORAGE) PARTITION BY LIST (retention_days);
                    ALTER TABLE audit_entries ADD CONSTRAINT pk_audit_entries_by_class PRIMARY KEY (id, retention_days);
                    CREATE TABLE audit_entries_other PARTITION OF audit_entries DEFAULT;
                    INSERT INTO audit_entries OVERRIDING SYSTEM VALUE SELECT * FROM audit_entries_plain;
                    PERFORM setval(pg_get_serial_sequence('audit_entries', 'position'), GREATEST((SELECT max(position) FROM audit_entries_plain), 1));
                    DROP TABLE audit_entries_plain;
                    CREATE INDEX ix_audit_entries_position ON audit_entries (position) WHERE source = 'portal';
                    CREATE INDEX ix_audit_entries_organization_id_operation_id ON audit_entries (organization_id, operation_id) WHERE operation_id IS NOT NULL;
                END IF;
            END $$
            """;
        yield return """
            CREATE OR REPLACE FUNCTION portal_audit_month(month date) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
            SELECT (lpad(to_hex((extract(epoch FROM month::timestamp) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid $$
            """;
        yield return """
            CREATE OR REPLACE FUNCTION portal_audit_partitions(classes integer[], until_months integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            DECLARE class integer; month date; made integer := 0; parent text; part text;
            BEGIN
                FOREACH class IN ARRAY classes LOOP
                    parent := 'audit_entries_d' || class;
                    IF to_regclass(parent) IS NULL THEN
                        EXECUTE format('CREATE TABLE %I PARTITION OF audit_entries FOR VALUES IN (%s) PARTITION BY RANGE (id)', parent, class);
                        EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', parent || '_other', parent);
                    END IF;
                    FOR month IN SELECT generate_series(date_trunc('month', now() AT TIME ZONE 'UTC'), date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => until_months), interval '1 month')::date LOOP
                        part := parent || '_' || to_char(month, 'YYYYMM');
                        IF to_regclass(part) IS NULL THEN
                            BEGIN
                                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', part, parent, portal_audit_month(month), portal_audit_month((month + interval '1 month')::date));
                                made := made + 1;
                            EXCEPTION WHEN check_violation THEN
                                -- Entries of that month already lie in the class's remainder; they stay there.
                                NULL;
                            END;
                        END IF;
                    END LOOP;
                END LOOP;
                RETURN made;
            END $$
            """;
        yield return "REVOKE ALL ON FUNCTION portal_audit_partitions(integer[], integer) FROM PUBLIC";
        yield return "GRANT EXECUTE ON FUNCTION portal_audit_partitions(integer[], integer) TO portal_platform";
        yield return $"SELECT portal_audit_partitions(ARRAY[{RetentionClass.Team}, {RetentionClass.Longest}], 1)";
        yield return """
            CREATE OR REPLACE FUNCTION portal_audit_wait() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            BEGIN INSERT INTO audit_pending (entry_id, organization_id, retention_days) SELECT id, organization_id, retention_days FROM added; RETURN NULL; END $$
            """;
        yield return "DROP TRIGGER IF EXISTS wait_for_place ON audit_entries";
        yield return "CREATE TRIGGER wait_for_place AFTER INSERT ON audit_entries REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION portal_audit_wait()";
    }
}
