namespace Hexabase.Portal.Data.SqlServer;

/// <summary>The audit log's trigger and procedure on SQL Server; what <see cref="PostgreSql.PostgreSqlAuditStorage"/> does with partitions is a deletion by month here.</summary>
internal static class SqlServerAuditStorage
{
    /// <summary>Refuses every change, except the removal by the procedure that expires entries: it alone runs as the owner.</summary>
    public const string EntriesTrigger = """
        CREATE OR ALTER TRIGGER dbo.audit_entries_refuse_change ON dbo.audit_entries INSTEAD OF UPDATE, DELETE AS
        BEGIN
            SET NOCOUNT ON;
            IF EXISTS (SELECT 1 FROM inserted) OR USER_NAME() <> N'dbo' OR CAST(SESSION_CONTEXT(N'portal.expiring') AS nvarchar(3)) IS NULL OR CAST(SESSION_CONTEXT(N'portal.expiring') AS nvarchar(3)) <> N'yes'
                THROW 50002, N'Rows of audit_entries are never changed or removed.', 1;
            DELETE e FROM dbo.audit_entries e JOIN deleted d ON d.id = e.id;
        END
        """;

    public static IReadOnlyList<string> Script { get; } =
    [
        """
        CREATE OR ALTER TRIGGER dbo.audit_entries_wait ON dbo.audit_entries WITH EXECUTE AS OWNER AFTER INSERT AS
        BEGIN SET NOCOUNT ON; INSERT INTO dbo.audit_pending (entry_id, organization_id, retention_days) SELECT id, organization_id, retention_days FROM inserted; END
        """,
        """
        CREATE OR ALTER PROCEDURE dbo.portal_audit_expire @receipt uniqueidentifier, @organization uniqueidentifier, @class int, @month datetime2(7), @first_index bigint, @end_index bigint, @expected bigint,
            @archive nvarchar(200), @sha256 varbinary(32), @bytes bigint, @checkpoint nvarchar(max) WITH EXECUTE AS OWNER AS
        BEGIN
            SET NOCOUNT ON; SET XACT_ABORT ON;
            DECLARE @end datetime2(7) = DATEADD(month, 1, @month), @gone bigint, @held bigint;
            IF @class <= 0 OR @end > DATEADD(day, -@class, SYSUTCDATETIME()) THROW 50003, N'The entries have not reached their horizon.', 1;
            IF EXISTS (SELECT 1 FROM dbo.audit_pending p WITH (HOLDLOCK) JOIN dbo.audit_entries e ON e.id = p.entry_id WHERE p.organization_id = @organization AND e.retention_days = @class AND e.recorded_at_utc >= @month AND e.recorded_at_utc < @end)
                THROW 50004, N'Entries wait for their place in the log.', 1;
            SELECT e.id INTO #held FROM dbo.audit_entries e WHERE e.organization_id = @organization AND e.retention_days = @class AND e.recorded_at_utc >= @month AND e.recorded_at_utc < @end
                AND EXISTS (SELECT 1 FROM dbo.audit_holds h WITH (HOLDLOCK, TABLOCK) WHERE h.organization_id = e.organization_id AND h.released_at_utc IS NULL
                    AND (h.from_utc IS NULL OR e.recorded_at_utc >= h.from_utc) AND (h.to_utc IS NULL OR e.recorded_at_utc < h.to_utc)
                    AND (h.user_id IS NULL OR e.user_id = h.user_id) AND (h.workspace_id IS NULL OR e.workspace_id = h.workspace_id));
            SET @held = (SELECT COUNT_BIG(*) FROM #held);
            SET @gone = (SELECT COUNT_BIG(*) FROM dbo.audit_entries e WHERE e.organization_id = @organization AND e.retention_days = @class AND e.recorded_at_utc >= @month AND e.recorded_at_utc < @end AND e.id NOT IN (SELECT id FROM #held));
            IF @gone <> @expected THROW 50005, N'The archive does not hold what would go.', 1;
            EXEC sp_set_session_context N'portal.expiring', N'yes';
            DELETE e FROM dbo.audit_entries e WHERE e.organization_id = @organization AND e.retention_days = @class AND e.recorded_at_utc >= @month AND e.recorded_at_utc < @end AND e.id NOT IN (SELECT id FROM #held);
            EXEC sp_set_session_context N'portal.expiring', NULL;
            INSERT INTO dbo.audit_expiries (id, organization_id, retention_days, month_utc, from_index, to_index, entries, held, archive_file, archive_sha256, archive_bytes, checkpoint_before, removed_at_utc)
                VALUES (@receipt, @organization, @class, @month, @first_index, @end_index, @gone, @held, @archive, @sha256, @bytes, @checkpoint, SYSUTCDATETIME());
        END
        """,
    ];
}
