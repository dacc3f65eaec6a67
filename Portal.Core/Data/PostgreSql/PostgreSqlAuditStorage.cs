using Hexabase.Portal.Audit.Retention;

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
            DECLARE class integer; month date; made integer := 0; parent text; part text; leaf regclass;
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
                -- An entry with its sealed original is seldom larger than half a page: kept together it is written and read as one.
                FOR leaf IN SELECT t.relid FROM pg_partition_tree('audit_entries') t JOIN pg_class c ON c.oid = t.relid WHERE t.isleaf AND NOT COALESCE(c.reloptions @> ARRAY['toast_tuple_target=4080'], false) LOOP
                    EXECUTE format('ALTER TABLE %s SET (toast_tuple_target = 4080)', leaf);
                END LOOP;
                RETURN made;
            END $$
            """;
        yield return "REVOKE ALL ON FUNCTION portal_audit_partitions(integer[], integer) FROM PUBLIC";
        yield return "GRANT EXECUTE ON FUNCTION portal_audit_partitions(integer[], integer) TO portal_platform";
        yield return $"SELECT portal_audit_partitions(ARRAY[{RetentionClass.Team}, {RetentionClass.Longest}], 1)";
        yield return """
            CREATE OR REPLACE FUNCTION portal_audit_held(entry audit_entries) RETURNS boolean LANGUAGE sql STABLE AS $$
            SELECT EXISTS (SELECT 1 FROM audit_holds h WHERE h.organization_id = entry.organization_id AND h.released_at_utc IS NULL
                AND (h.from_utc IS NULL OR entry.recorded_at_utc >= h.from_utc) AND (h.to_utc IS NULL OR entry.recorded_at_utc < h.to_utc)
                AND (h.user_id IS NULL OR entry.user_id = h.user_id) AND (h.workspace_id IS NULL OR entry.workspace_id = h.workspace_id)) $$
            """;
        yield return """
            CREATE OR REPLACE FUNCTION portal_audit_expire(receipt uuid, organization uuid, class integer, month date, first_index bigint, end_index bigint, expected bigint,
                archive text, sha256 bytea, bytes bigint, checkpoint text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            DECLARE low uuid := portal_audit_month(month); high uuid := portal_audit_month((month + interval '1 month')::date); gone bigint; held bigint; part text;
            BEGIN
                IF session_user = 'portal_app' AND organization IS DISTINCT FROM NULLIF(current_setting('portal.organization', true), '')::uuid THEN
                    RAISE EXCEPTION 'expiry reaches for another organization' USING ERRCODE = 'insufficient_privilege';
                END IF;
                IF class <= 0 OR (month + interval '1 month') AT TIME ZONE 'UTC' > now() - make_interval(days => class) THEN
                    RAISE EXCEPTION 'entries of % in the class of % days have not reached their horizon', month, class USING ERRCODE = 'insufficient_privilege';
                END IF;
                -- A hold that is placed meanwhile waits for this transaction, or this one sees it.
                LOCK TABLE audit_holds IN SHARE MODE;
                IF EXISTS (SELECT 1 FROM audit_pending p WHERE p.organization_id = organization AND p.retention_days = class AND p.entry_id >= low AND p.entry_id < high) THEN
                    RAISE EXCEPTION 'entries of % wait for their place in the log' , month USING ERRCODE = 'object_not_in_prerequisite_state';
                END IF;
                SELECT count(*) FROM audit_entries e WHERE e.organization_id = organization AND e.retention_days = class AND e.id >= low AND e.id < high AND portal_audit_held(e) INTO held;
                part := 'audit_entries_d' || class || '_' || to_char(month, 'YYYYMM');
                IF held = 0 AND to_regclass(part) IS NOT NULL AND NOT EXISTS (SELECT 1 FROM audit_entries e WHERE e.retention_days = class AND e.id >= low AND e.id < high AND e.organization_id <> organization) THEN
                    SELECT count(*) FROM audit_entries e WHERE e.retention_days = class AND e.id >= low AND e.id < high INTO gone;
                    EXECUTE format('DROP TABLE %I', part);
                ELSE
                    PERFORM set_config('portal.expiring', 'yes', true);
                    DELETE FROM audit_entries e WHERE e.organization_id = organization AND e.retention_days = class AND e.id >= low AND e.id < high AND NOT portal_audit_held(e);
                    GET DIAGNOSTICS gone = ROW_COUNT;
                    PERFORM set_config('portal.expiring', '', true);
                END IF;
                IF gone <> expected THEN
                    RAISE EXCEPTION 'the archive holds % entries, % would go', expected, gone USING ERRCODE = 'object_not_in_prerequisite_state';
                END IF;
                INSERT INTO audit_expiries (id, organization_id, retention_days, month_utc, from_index, to_index, entries, held, archive_file, archive_sha256, archive_bytes, checkpoint_before, removed_at_utc)
                    VALUES (receipt, organization, class, month::timestamp AT TIME ZONE 'UTC', first_index, end_index, gone, held, archive, sha256, bytes, checkpoint, now());
                RETURN held;
            END $$
            """;
        yield return "REVOKE ALL ON FUNCTION portal_audit_expire(uuid, uuid, integer, date, bigint, bigint, bigint, text, bytea, bigint, text) FROM PUBLIC";
        yield return "GRANT EXECUTE ON FUNCTION portal_audit_expire(uuid, uuid, integer, date, bigint, bigint, bigint, text, bytea, bigint, text) TO portal_app, portal_platform";
        yield return """
            CREATE OR REPLACE FUNCTION portal_audit_wait() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            BEGIN INSERT INTO audit_pending (entry_id, organization_id, retention_days) SELECT id, organization_id, retention_days FROM added; RETURN NULL; END $$
            """;
        yield return "DROP TRIGGER IF EXISTS wait_for_place ON audit_entries";
        yield return "CREATE TRIGGER wait_for_place AFTER INSERT ON audit_entries REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION portal_audit_wait()";
    }
}
