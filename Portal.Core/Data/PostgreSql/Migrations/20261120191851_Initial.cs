using System;
using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Hexabase.Portal.Data.PostgreSql.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "access_group_members",
                columns: table => new
                {
                    group_id = table.Column<Guid>(type: "uuid", nullable: false),
                    member_id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_access_group_members", x => new { x.group_id, x.member_id });
                });

            migrationBuilder.CreateTable(
                name: "access_groups",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    display_name = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: false),
                    display_name_key = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: false),
                    external_id = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    modified_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_access_groups", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "allocation_rule_sets",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version_number = table.Column<int>(type: "integer", nullable: false),
                    effective_from = table.Column<DateOnly>(type: "date", nullable: false),
                    rules = table.Column<string>(type: "text", nullable: false),
                    created_by_user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_by_name = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_allocation_rule_sets", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "api_token_uses",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    last_used_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ip_address = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_api_token_uses", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "api_tokens",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    role = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    scopes = table.Column<List<string>>(type: "text[]", maxLength: 2000, nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", fixedLength: true, maxLength: 32, nullable: false),
                    hint = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    owner_user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    expires_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    revoked_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_api_tokens", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_checkpoints",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    tree_size = table.Column<long>(type: "bigint", nullable: false),
                    root_hash = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false),
                    note = table.Column<string>(type: "text", nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_checkpoints", x => new { x.organization_id, x.tree_size });
                });

            migrationBuilder.CreateTable(
                name: "audit_entries",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    position = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    occurred_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    recorded_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    actor_kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    actor_name = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: true),
                    action = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    resource_kind = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    resource_id = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    resource_name = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: true),
                    status = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    reason = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    old_value = table.Column<string>(type: "text", nullable: true),
                    new_value = table.Column<string>(type: "text", nullable: true),
                    session_id = table.Column<Guid>(type: "uuid", nullable: true),
                    request_id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    operation_id = table.Column<Guid>(type: "uuid", nullable: true),
                    approver_id = table.Column<Guid>(type: "uuid", nullable: true),
                    permission = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: true),
                    scope = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    decision = table.Column<string>(type: "text", nullable: true),
                    source = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    source_id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    retention_days = table.Column<int>(type: "integer", nullable: false),
                    actor_key_id = table.Column<Guid>(type: "uuid", nullable: true),
                    actor_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    actor_commitment = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: true),
                    subject_key_id = table.Column<Guid>(type: "uuid", nullable: true),
                    subject_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    subject_commitment = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: true),
                    original_key_id = table.Column<Guid>(type: "uuid", nullable: true),
                    original_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    original_commitment = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: true),
                    touched = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_entries", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_event_mappings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    fields = table.Column<string>(type: "text", nullable: false),
                    failure_values = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_event_mappings", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_expiries",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    retention_days = table.Column<int>(type: "integer", nullable: false),
                    month_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    from_index = table.Column<long>(type: "bigint", nullable: false),
                    to_index = table.Column<long>(type: "bigint", nullable: false),
                    entries = table.Column<long>(type: "bigint", nullable: false),
                    held = table.Column<long>(type: "bigint", nullable: false),
                    archive_file = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    archive_sha256 = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false),
                    archive_bytes = table.Column<long>(type: "bigint", nullable: false),
                    checkpoint_before = table.Column<string>(type: "text", nullable: false),
                    removed_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_expiries", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_holds",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    reason = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false),
                    from_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    to_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: true),
                    placed_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    released_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_holds", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_index_states",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false),
                    indexed_to = table.Column<long>(type: "bigint", nullable: false),
                    next_segment = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_index_states", x => x.organization_id);
                });

            migrationBuilder.CreateTable(
                name: "audit_leaves",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    leaf_index = table.Column<long>(type: "bigint", nullable: false),
                    entry_id = table.Column<Guid>(type: "uuid", nullable: false),
                    retention_days = table.Column<int>(type: "integer", nullable: false),
                    leaf_hash = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false),
                    sequenced_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_leaves", x => new { x.organization_id, x.leaf_index });
                });

            migrationBuilder.CreateTable(
                name: "audit_logs",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    log_id = table.Column<Guid>(type: "uuid", nullable: false),
                    format_version = table.Column<int>(type: "integer", nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_logs", x => x.organization_id);
                });

            migrationBuilder.CreateTable(
                name: "audit_pending",
                columns: table => new
                {
                    entry_id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    retention_days = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_pending", x => x.entry_id);
                });

            migrationBuilder.CreateTable(
                name: "audit_persons",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    reference = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    wrapped_key = table.Column<byte[]>(type: "bytea", maxLength: 100, nullable: true),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    erased_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_persons", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_public_keys",
                columns: table => new
                {
                    fingerprint = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    public_key_pem = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false),
                    first_used_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_public_keys", x => x.fingerprint);
                });

            migrationBuilder.CreateTable(
                name: "audit_restored",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    leaf_index = table.Column<long>(type: "bigint", nullable: false),
                    expiry_id = table.Column<Guid>(type: "uuid", nullable: false),
                    occurred_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    leaf = table.Column<string>(type: "text", nullable: false),
                    sealed_parts = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_restored", x => new { x.organization_id, x.expiry_id, x.leaf_index });
                });

            migrationBuilder.CreateTable(
                name: "audit_retention_policies",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    keep_days = table.Column<int>(type: "integer", nullable: true),
                    floor_days = table.Column<int>(type: "integer", nullable: true),
                    floor_rule = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_retention_policies", x => x.organization_id);
                });

            migrationBuilder.CreateTable(
                name: "audit_segment_parts",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<long>(type: "bigint", nullable: false),
                    data = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_segment_parts", x => new { x.organization_id, x.key });
                });

            migrationBuilder.CreateTable(
                name: "audit_segments",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: false),
                    from_index = table.Column<long>(type: "bigint", nullable: false),
                    count = table.Column<int>(type: "integer", nullable: false),
                    blocks = table.Column<int>(type: "integer", nullable: false),
                    size_bytes = table.Column<long>(type: "bigint", nullable: false),
                    min_micros = table.Column<long>(type: "bigint", nullable: false),
                    max_micros = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_segments", x => new { x.organization_id, x.number });
                });

            migrationBuilder.CreateTable(
                name: "audit_sequencer",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    epoch = table.Column<long>(type: "bigint", nullable: false),
                    holder = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    until_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_sequencer", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_sinks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    slug = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    kind = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    address = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    format = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    settings = table.Column<string>(type: "text", nullable: false),
                    filters = table.Column<string>(type: "text", nullable: false),
                    credential = table.Column<string>(type: "text", nullable: true),
                    ca_pem = table.Column<string>(type: "text", nullable: true),
                    client_certificate_pem = table.Column<string>(type: "text", nullable: true),
                    client_key = table.Column<string>(type: "text", nullable: true),
                    hash_key = table.Column<string>(type: "text", nullable: false),
                    is_paused = table.Column<bool>(type: "boolean", nullable: false),
                    start_index = table.Column<long>(type: "bigint", nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    changed_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    removed_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_sinks", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_source_ids",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    hash = table.Column<Guid>(type: "uuid", nullable: false),
                    recorded_on = table.Column<DateOnly>(type: "date", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_source_ids", x => new { x.organization_id, x.hash });
                });

            migrationBuilder.CreateTable(
                name: "audit_source_states",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    source = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    accepted = table.Column<long>(type: "bigint", nullable: false),
                    duplicates = table.Column<long>(type: "bigint", nullable: false),
                    rejected = table.Column<long>(type: "bigint", nullable: false),
                    last_request_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    last_event_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    last_error_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    last_errors = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_source_states", x => new { x.organization_id, x.source });
                });

            migrationBuilder.CreateTable(
                name: "audit_tiles",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    level = table.Column<int>(type: "integer", nullable: false),
                    tile_index = table.Column<long>(type: "bigint", nullable: false),
                    hashes = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_tiles", x => new { x.organization_id, x.level, x.tile_index });
                });

            migrationBuilder.CreateTable(
                name: "budgets",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    slug = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    recipients = table.Column<List<string>>(type: "text[]", nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    changed_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_budgets", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "business_units",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    slug = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    owner = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    is_archived = table.Column<bool>(type: "boolean", nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_business_units", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "cost_daily",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    slice_id = table.Column<long>(type: "bigint", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    key_id = table.Column<long>(type: "bigint", nullable: false),
                    matched = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    billed = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: false),
                    effective = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: false),
                    contracted = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: false),
                    list = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: false),
                    consumed = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: false),
                    line_count = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cost_daily", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "cost_facts",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    daily_id = table.Column<long>(type: "bigint", nullable: false),
                    part = table.Column<int>(type: "integer", nullable: false),
                    slice_id = table.Column<long>(type: "bigint", nullable: false),
                    key_id = table.Column<long>(type: "bigint", nullable: false),
                    kind = table.Column<short>(type: "smallint", nullable: false),
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: true),
                    project_id = table.Column<Guid>(type: "uuid", nullable: true),
                    business_unit_id = table.Column<Guid>(type: "uuid", nullable: true),
                    cost_center = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: true),
                    rule_version = table.Column<int>(type: "integer", nullable: true),
                    rule_index = table.Column<int>(type: "integer", nullable: true),
                    markup_percent = table.Column<decimal>(type: "numeric(18,6)", precision: 18, scale: 6, nullable: true),
                    reason = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    billed = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: false),
                    effective = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: false),
                    contracted = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: false),
                    list = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: false),
                    consumed = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: false),
                    line_count = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cost_facts", x => new { x.organization_id, x.day, x.daily_id, x.part });
                });

            migrationBuilder.CreateTable(
                name: "cost_imports",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    job_id = table.Column<Guid>(type: "uuid", nullable: false),
                    file_name = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    spool_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    node = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    mode = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    on_error = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    state = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    active_sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    duplicate_of = table.Column<Guid>(type: "uuid", nullable: true),
                    rows_imported = table.Column<long>(type: "bigint", nullable: false),
                    rows_rejected = table.Column<long>(type: "bigint", nullable: false),
                    created_by_name = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    completed_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cost_imports", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "cost_keys",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    hash = table.Column<Guid>(type: "uuid", nullable: false),
                    availability_zone = table.Column<string>(type: "text", nullable: true),
                    billing_account_id = table.Column<string>(type: "text", nullable: true),
                    billing_account_name = table.Column<string>(type: "text", nullable: true),
                    billing_account_type = table.Column<string>(type: "text", nullable: true),
                    billing_currency = table.Column<string>(type: "text", nullable: true),
                    billing_period_end = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    billing_period_start = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    capacity_reservation_id = table.Column<string>(type: "text", nullable: true),
                    capacity_reservation_status = table.Column<string>(type: "text", nullable: true),
                    charge_category = table.Column<string>(type: "text", nullable: true),
                    charge_class = table.Column<string>(type: "text", nullable: true),
                    charge_description = table.Column<string>(type: "text", nullable: true),
                    charge_frequency = table.Column<string>(type: "text", nullable: true),
                    commitment_discount_category = table.Column<string>(type: "text", nullable: true),
                    commitment_discount_id = table.Column<string>(type: "text", nullable: true),
                    commitment_discount_name = table.Column<string>(type: "text", nullable: true),
                    commitment_discount_status = table.Column<string>(type: "text", nullable: true),
                    commitment_discount_type = table.Column<string>(type: "text", nullable: true),
                    commitment_discount_unit = table.Column<string>(type: "text", nullable: true),
                    consumed_unit = table.Column<string>(type: "text", nullable: true),
                    invoice_id = table.Column<string>(type: "text", nullable: true),
                    invoice_issuer_name = table.Column<string>(type: "text", nullable: true),
                    pricing_category = table.Column<string>(type: "text", nullable: true),
                    pricing_currency = table.Column<string>(type: "text", nullable: true),
                    pricing_unit = table.Column<string>(type: "text", nullable: true),
                    provider_name = table.Column<string>(type: "text", nullable: true),
                    publisher_name = table.Column<string>(type: "text", nullable: true),
                    region_id = table.Column<string>(type: "text", nullable: true),
                    region_name = table.Column<string>(type: "text", nullable: true),
                    resource_type = table.Column<string>(type: "text", nullable: true),
                    service_category = table.Column<string>(type: "text", nullable: true),
                    service_name = table.Column<string>(type: "text", nullable: true),
                    service_subcategory = table.Column<string>(type: "text", nullable: true),
                    sku_id = table.Column<string>(type: "text", nullable: true),
                    sku_meter = table.Column<string>(type: "text", nullable: true),
                    sku_price_details = table.Column<string>(type: "text", nullable: true),
                    sku_price_id = table.Column<string>(type: "text", nullable: true),
                    sub_account_id = table.Column<string>(type: "text", nullable: true),
                    sub_account_name = table.Column<string>(type: "text", nullable: true),
                    sub_account_type = table.Column<string>(type: "text", nullable: true),
                    tags = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cost_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "cost_line_predicates",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    definition = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cost_line_predicates", x => new { x.organization_id, x.number });
                });

            migrationBuilder.CreateTable(
                name: "cost_lines",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key_id = table.Column<long>(type: "bigint", nullable: false),
                    slice_id = table.Column<long>(type: "bigint", nullable: false),
                    charge_period_start = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    charge_period_end = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    extra = table.Column<string>(type: "text", nullable: true),
                    billed_cost = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: false),
                    commitment_discount_quantity = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: true),
                    consumed_quantity = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: true),
                    contracted_cost = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: false),
                    contracted_unit_price = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: true),
                    effective_cost = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: false),
                    list_cost = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: false),
                    list_unit_price = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: true),
                    pricing_currency_contracted_unit_price = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: true),
                    pricing_currency_effective_cost = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: true),
                    pricing_currency_list_unit_price = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: true),
                    pricing_quantity = table.Column<decimal>(type: "numeric(38,18)", precision: 38, scale: 18, nullable: true),
                    resource_id = table.Column<string>(type: "text", nullable: true),
                    resource_name = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cost_lines", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "cost_states",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false),
                    data_as_of_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    rule_version = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cost_states", x => x.organization_id);
                });

            migrationBuilder.CreateTable(
                name: "data_protection_keys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    friendly_name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    xml = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_data_protection_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "idempotency_keys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    actor_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key_hash = table.Column<byte[]>(type: "bytea", fixedLength: true, maxLength: 32, nullable: false),
                    request_hash = table.Column<byte[]>(type: "bytea", fixedLength: true, maxLength: 32, nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: true),
                    answer = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_idempotency_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "invitations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    email = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: false),
                    role = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    token_hash = table.Column<byte[]>(type: "bytea", fixedLength: true, maxLength: 32, nullable: false),
                    invited_by_user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    expires_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    accepted_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    revoked_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_invitations", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "jobs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    title = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    state = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    input = table.Column<string>(type: "text", nullable: false),
                    progress = table.Column<double>(type: "double precision", nullable: false),
                    note = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: true),
                    result = table.Column<string>(type: "text", nullable: true),
                    errors = table.Column<string>(type: "text", nullable: true),
                    warnings = table.Column<string>(type: "text", nullable: true),
                    node = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    worker = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    heartbeat_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    cancel_requested = table.Column<bool>(type: "boolean", nullable: false),
                    created_by_user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_by_name = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    operation_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    started_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    ended_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_jobs", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "label_keys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: false),
                    is_required = table.Column<bool>(type: "boolean", nullable: false),
                    allowed_values = table.Column<List<string>>(type: "text[]", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_label_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "members",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_name = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: false),
                    user_name_key = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: false),
                    display_name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    is_active = table.Column<bool>(type: "boolean", nullable: false),
                    joined_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_members", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "organization_quotas",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    resource = table.Column<string>(type: "character varying(253)", maxLength: 253, nullable: false),
                    limit = table.Column<long>(type: "bigint", nullable: false),
                    oversubscription_factor = table.Column<decimal>(type: "numeric(9,4)", precision: 9, scale: 4, nullable: false),
                    draws = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_organization_quotas", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "organizations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    slug = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    plan = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                    time_zone = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    fiscal_year_start_month = table.Column<int>(type: "integer", nullable: false),
                    regions = table.Column<List<string>>(type: "text[]", maxLength: 2000, nullable: false),
                    is_sample = table.Column<bool>(type: "boolean", nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_organizations", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "read_counts",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    permission = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    scope_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    reads = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_read_counts", x => new { x.organization_id, x.day, x.user_id, x.permission, x.scope_id });
                });

            migrationBuilder.CreateTable(
                name: "role_bindings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    principal_kind = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    principal_id = table.Column<Guid>(type: "uuid", nullable: false),
                    role = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    scope = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    scope_id = table.Column<Guid>(type: "uuid", nullable: true),
                    conditions = table.Column<string>(type: "text", nullable: true),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_role_bindings", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "saved_view_defaults",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    page = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    view_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_saved_view_defaults", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "saved_views",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_name = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    page = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    name = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    query_string = table.Column<string>(type: "text", nullable: false),
                    is_shared = table.Column<bool>(type: "boolean", nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_saved_views", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "schema_security",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    fingerprint = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_schema_security", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "scim_departures",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_scim_departures", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "scim_emails",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    scim_user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    value_key = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_scim_emails", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "scim_held_changes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    member_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_name = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: false),
                    kind = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    state = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    requested_by = table.Column<Guid>(type: "uuid", nullable: false),
                    requested_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    decided_by = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_scim_held_changes", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "scim_requests",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    method = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    path = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    status = table.Column<int>(type: "integer", nullable: false),
                    scim_type = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    detail = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    duration_milliseconds = table.Column<int>(type: "integer", nullable: false),
                    token_id = table.Column<Guid>(type: "uuid", nullable: false),
                    request_id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    body = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_scim_requests", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "scim_settings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_scim_settings", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "scim_users",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_name_key = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: false),
                    external_id = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    shown_name = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: false),
                    display_name_key = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    is_active = table.Column<bool>(type: "boolean", nullable: false),
                    attributes = table.Column<string>(type: "text", nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    modified_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_scim_users", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "setup_links",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    token_hash = table.Column<byte[]>(type: "bytea", fixedLength: true, maxLength: 32, nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    expires_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    used_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_setup_links", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sso_replays",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    key_hash = table.Column<byte[]>(type: "bytea", fixedLength: true, maxLength: 32, nullable: false),
                    expires_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sso_replays", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "structure_locks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    changes = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_structure_locks", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "users",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_name = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: false),
                    normalized_user_name = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: false),
                    display_name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    password_hash = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    is_active = table.Column<bool>(type: "boolean", nullable: false),
                    culture = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: true),
                    time_zone = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: true),
                    theme = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: true),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_users", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_sink_dead_letters",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    sink_id = table.Column<Guid>(type: "uuid", nullable: false),
                    stream = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    index = table.Column<long>(type: "bigint", nullable: false),
                    entry_id = table.Column<Guid>(type: "uuid", nullable: false),
                    month = table.Column<int>(type: "integer", nullable: false),
                    action = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    code = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    reason = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    state = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    resolved_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_sink_dead_letters", x => x.id);
                    table.ForeignKey(
                        name: "fk_audit_sink_dead_letters_audit_sinks_sink_id",
                        column: x => x.sink_id,
                        principalTable: "audit_sinks",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "audit_sink_progress",
                columns: table => new
                {
                    sink_id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    next_index = table.Column<long>(type: "bigint", nullable: false),
                    next_sequence = table.Column<long>(type: "bigint", nullable: false),
                    sent_index = table.Column<long>(type: "bigint", nullable: false),
                    delivered = table.Column<long>(type: "bigint", nullable: false),
                    filtered_out = table.Column<long>(type: "bigint", nullable: false),
                    dead_lettered = table.Column<long>(type: "bigint", nullable: false),
                    failures = table.Column<int>(type: "integer", nullable: false),
                    last_error_code = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: true),
                    last_error = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    last_error_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    failing_since_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    next_attempt_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    last_delivered_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    minutes = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false),
                    lease_owner = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    lease_until_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    epoch = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_sink_progress", x => x.sink_id);
                    table.ForeignKey(
                        name: "fk_audit_sink_progress_audit_sinks_sink_id",
                        column: x => x.sink_id,
                        principalTable: "audit_sinks",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "audit_sink_receipts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    sink_id = table.Column<Guid>(type: "uuid", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: true),
                    month = table.Column<int>(type: "integer", nullable: false),
                    from_index = table.Column<long>(type: "bigint", nullable: false),
                    to_index = table.Column<long>(type: "bigint", nullable: false),
                    first_sequence = table.Column<long>(type: "bigint", nullable: false),
                    next_sequence = table.Column<long>(type: "bigint", nullable: false),
                    delivered = table.Column<long>(type: "bigint", nullable: false),
                    filtered_out = table.Column<long>(type: "bigint", nullable: false),
                    dead_lettered = table.Column<long>(type: "bigint", nullable: false),
                    first_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    last_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_sink_receipts", x => x.id);
                    table.ForeignKey(
                        name: "fk_audit_sink_receipts_audit_sinks_sink_id",
                        column: x => x.sink_id,
                        principalTable: "audit_sinks",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "audit_sink_runs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    sink_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    stream = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    from_index = table.Column<long>(type: "bigint", nullable: false),
                    to_index = table.Column<long>(type: "bigint", nullable: false),
                    start_sequence = table.Column<long>(type: "bigint", nullable: false),
                    first_sequence = table.Column<long>(type: "bigint", nullable: false),
                    last_sequence = table.Column<long>(type: "bigint", nullable: true),
                    next_index = table.Column<long>(type: "bigint", nullable: false),
                    next_sequence = table.Column<long>(type: "bigint", nullable: false),
                    delivered = table.Column<long>(type: "bigint", nullable: false),
                    filtered_out = table.Column<long>(type: "bigint", nullable: false),
                    dead_lettered = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ended_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_sink_runs", x => x.id);
                    table.ForeignKey(
                        name: "fk_audit_sink_runs_audit_sinks_sink_id",
                        column: x => x.sink_id,
                        principalTable: "audit_sinks",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "budget_alerts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    budget_id = table.Column<Guid>(type: "uuid", nullable: false),
                    period_kind = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    period_start = table.Column<DateOnly>(type: "date", nullable: false),
                    threshold = table.Column<decimal>(type: "numeric(9,4)", precision: 9, scale: 4, nullable: false),
                    on_forecast = table.Column<bool>(type: "boolean", nullable: false),
                    amount = table.Column<decimal>(type: "numeric(28,10)", precision: 28, scale: 10, nullable: false),
                    limit = table.Column<decimal>(type: "numeric(28,10)", precision: 28, scale: 10, nullable: false),
                    currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                    raised_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    acknowledged_by = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: true),
                    acknowledged_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_budget_alerts", x => x.id);
                    table.ForeignKey(
                        name: "fk_budget_alerts_budgets_budget_id",
                        column: x => x.budget_id,
                        principalTable: "budgets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "budget_revisions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    budget_id = table.Column<Guid>(type: "uuid", nullable: false),
                    effective_from = table.Column<DateOnly>(type: "date", nullable: false),
                    scope_kind = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    scope_id = table.Column<Guid>(type: "uuid", nullable: true),
                    scope_key = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: true),
                    scope_value = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    metric = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                    daily_limit = table.Column<decimal>(type: "numeric(28,10)", precision: 28, scale: 10, nullable: true),
                    monthly_limit = table.Column<decimal>(type: "numeric(28,10)", precision: 28, scale: 10, nullable: true),
                    quarterly_limit = table.Column<decimal>(type: "numeric(28,10)", precision: 28, scale: 10, nullable: true),
                    yearly_limit = table.Column<decimal>(type: "numeric(28,10)", precision: 28, scale: 10, nullable: true),
                    thresholds = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    forecast_thresholds = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    soft_limit = table.Column<decimal>(type: "numeric(9,4)", precision: 9, scale: 4, nullable: true),
                    hard_limit = table.Column<decimal>(type: "numeric(9,4)", precision: 9, scale: 4, nullable: true),
                    grace_hours = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_budget_revisions", x => x.id);
                    table.ForeignKey(
                        name: "fk_budget_revisions_budgets_budget_id",
                        column: x => x.budget_id,
                        principalTable: "budgets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "business_unit_placements",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    business_unit_id = table.Column<Guid>(type: "uuid", nullable: false),
                    effective_from = table.Column<DateOnly>(type: "date", nullable: false),
                    parent_id = table.Column<Guid>(type: "uuid", nullable: true),
                    cost_center = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_business_unit_placements", x => x.id);
                    table.ForeignKey(
                        name: "fk_business_unit_placements_business_units_business_unit_id",
                        column: x => x.business_unit_id,
                        principalTable: "business_units",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_business_unit_placements_business_units_parent_id",
                        column: x => x.parent_id,
                        principalTable: "business_units",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "workspaces",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    slug = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    business_unit_id = table.Column<Guid>(type: "uuid", nullable: false),
                    environment = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    classification = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    isolation = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    regions = table.Column<List<string>>(type: "text[]", maxLength: 2000, nullable: false),
                    labels = table.Column<string>(type: "text", nullable: false),
                    owner = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    is_archived = table.Column<bool>(type: "boolean", nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workspaces", x => x.id);
                    table.ForeignKey(
                        name: "fk_workspaces_business_units_business_unit_id",
                        column: x => x.business_unit_id,
                        principalTable: "business_units",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "cost_slices",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    import_id = table.Column<Guid>(type: "uuid", nullable: false),
                    provider = table.Column<string>(type: "text", nullable: true),
                    billing_account_id = table.Column<string>(type: "text", nullable: true),
                    billing_period_start = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    first_day = table.Column<DateOnly>(type: "date", nullable: false),
                    last_day = table.Column<DateOnly>(type: "date", nullable: false),
                    line_count = table.Column<long>(type: "bigint", nullable: false),
                    is_active = table.Column<bool>(type: "boolean", nullable: false),
                    superseded_by_import_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cost_slices", x => x.id);
                    table.ForeignKey(
                        name: "fk_cost_slices_cost_imports_import_id",
                        column: x => x.import_id,
                        principalTable: "cost_imports",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "sessions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    expires_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    last_seen_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    revoked_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    ip_address = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: true),
                    user_agent = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sessions", x => x.id);
                    table.ForeignKey(
                        name: "fk_sessions_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "projects",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: false),
                    slug = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    labels = table.Column<string>(type: "text", nullable: false),
                    is_archived = table.Column<bool>(type: "boolean", nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_projects", x => x.id);
                    table.ForeignKey(
                        name: "fk_projects_workspaces_workspace_id",
                        column: x => x.workspace_id,
                        principalTable: "workspaces",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "quota_readings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: false),
                    resource = table.Column<string>(type: "character varying(253)", maxLength: 253, nullable: false),
                    used = table.Column<long>(type: "bigint", nullable: true),
                    requested = table.Column<long>(type: "bigint", nullable: true),
                    reserved = table.Column<long>(type: "bigint", nullable: true),
                    at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    source = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_quota_readings", x => x.id);
                    table.ForeignKey(
                        name: "fk_quota_readings_workspaces_workspace_id",
                        column: x => x.workspace_id,
                        principalTable: "workspaces",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "workspace_placements",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: false),
                    effective_from = table.Column<DateOnly>(type: "date", nullable: false),
                    business_unit_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workspace_placements", x => x.id);
                    table.ForeignKey(
                        name: "fk_workspace_placements_workspaces_workspace_id",
                        column: x => x.workspace_id,
                        principalTable: "workspaces",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "workspace_quota_limits",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: false),
                    resource = table.Column<string>(type: "character varying(253)", maxLength: 253, nullable: false),
                    limit = table.Column<long>(type: "bigint", nullable: false),
                    from_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    until_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workspace_quota_limits", x => x.id);
                    table.ForeignKey(
                        name: "fk_workspace_quota_limits_workspaces_workspace_id",
                        column: x => x.workspace_id,
                        principalTable: "workspaces",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "workspace_quotas",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    changed_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workspace_quotas", x => x.id);
                    table.ForeignKey(
                        name: "fk_workspace_quotas_workspaces_id",
                        column: x => x.id,
                        principalTable: "workspaces",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_access_group_members_member_id",
                table: "access_group_members",
                column: "member_id");

            migrationBuilder.CreateIndex(
                name: "ix_access_groups_organization_id_display_name_key",
                table: "access_groups",
                columns: new[] { "organization_id", "display_name_key" });

            migrationBuilder.CreateIndex(
                name: "ix_access_groups_organization_id_external_id",
                table: "access_groups",
                columns: new[] { "organization_id", "external_id" });

            migrationBuilder.CreateIndex(
                name: "ix_allocation_rule_sets_organization_id_version_number",
                table: "allocation_rule_sets",
                columns: new[] { "organization_id", "version_number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_api_tokens_hash",
                table: "api_tokens",
                column: "hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_api_tokens_organization_id",
                table: "api_tokens",
                column: "organization_id");

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_organization_id_operation_id",
                table: "audit_entries",
                columns: new[] { "organization_id", "operation_id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_position",
                table: "audit_entries",
                column: "position",
                filter: "source = 'portal'");

            migrationBuilder.CreateIndex(
                name: "ix_audit_event_mappings_organization_id",
                table: "audit_event_mappings",
                column: "organization_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_audit_expiries_organization_id_removed_at_utc",
                table: "audit_expiries",
                columns: new[] { "organization_id", "removed_at_utc" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_holds_organization_id_placed_at_utc",
                table: "audit_holds",
                columns: new[] { "organization_id", "placed_at_utc" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_leaves_entry_id",
                table: "audit_leaves",
                column: "entry_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_audit_persons_organization_id_reference",
                table: "audit_persons",
                columns: new[] { "organization_id", "reference" },
                unique: true,
                filter: "erased_at_utc IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_audit_sink_dead_letters_sink_id_state",
                table: "audit_sink_dead_letters",
                columns: new[] { "sink_id", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_sink_dead_letters_sink_id_stream_sequence",
                table: "audit_sink_dead_letters",
                columns: new[] { "sink_id", "stream", "sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_audit_sink_receipts_sink_id_first_sequence",
                table: "audit_sink_receipts",
                columns: new[] { "sink_id", "first_sequence" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_sink_receipts_sink_id_month_from_index",
                table: "audit_sink_receipts",
                columns: new[] { "sink_id", "month", "from_index" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_sink_runs_sink_id_state",
                table: "audit_sink_runs",
                columns: new[] { "sink_id", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_sinks_organization_id_slug",
                table: "audit_sinks",
                columns: new[] { "organization_id", "slug" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_budget_alerts_budget_id_period_kind_period_start_threshol",
                table: "budget_alerts",
                columns: new[] { "budget_id", "period_kind", "period_start", "threshold", "on_forecast" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_budget_alerts_organization_id_raised_at_utc",
                table: "budget_alerts",
                columns: new[] { "organization_id", "raised_at_utc" });

            migrationBuilder.CreateIndex(
                name: "ix_budget_revisions_budget_id",
                table: "budget_revisions",
                column: "budget_id");

            migrationBuilder.CreateIndex(
                name: "ix_budget_revisions_organization_id_budget_id_effective_from",
                table: "budget_revisions",
                columns: new[] { "organization_id", "budget_id", "effective_from" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_budgets_organization_id_slug",
                table: "budgets",
                columns: new[] { "organization_id", "slug" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_business_unit_placements_business_unit_id",
                table: "business_unit_placements",
                column: "business_unit_id");

            migrationBuilder.CreateIndex(
                name: "ix_business_unit_placements_organization_id_business_unit_id",
                table: "business_unit_placements",
                columns: new[] { "organization_id", "business_unit_id", "effective_from" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_business_unit_placements_parent_id",
                table: "business_unit_placements",
                column: "parent_id");

            migrationBuilder.CreateIndex(
                name: "ix_business_units_organization_id_slug",
                table: "business_units",
                columns: new[] { "organization_id", "slug" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_cost_daily_organization_id_slice_id_day",
                table: "cost_daily",
                columns: new[] { "organization_id", "slice_id", "day" });

            migrationBuilder.CreateIndex(
                name: "ix_cost_facts_organization_id_slice_id",
                table: "cost_facts",
                columns: new[] { "organization_id", "slice_id" });

            migrationBuilder.CreateIndex(
                name: "ix_cost_imports_number",
                table: "cost_imports",
                column: "number",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_cost_imports_organization_id_active_sha256",
                table: "cost_imports",
                columns: new[] { "organization_id", "active_sha256" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_cost_imports_organization_id_created_at_utc",
                table: "cost_imports",
                columns: new[] { "organization_id", "created_at_utc" });

            migrationBuilder.CreateIndex(
                name: "ix_cost_keys_organization_id_hash",
                table: "cost_keys",
                columns: new[] { "organization_id", "hash" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_cost_slices_import_id",
                table: "cost_slices",
                column: "import_id");

            migrationBuilder.CreateIndex(
                name: "ix_cost_slices_organization_id_is_active_billing_period_star",
                table: "cost_slices",
                columns: new[] { "organization_id", "is_active", "billing_period_start" });

            migrationBuilder.CreateIndex(
                name: "ix_idempotency_keys_actor_id_key_hash",
                table: "idempotency_keys",
                columns: new[] { "actor_id", "key_hash" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_idempotency_keys_created_at_utc",
                table: "idempotency_keys",
                column: "created_at_utc");

            migrationBuilder.CreateIndex(
                name: "ix_invitations_organization_id",
                table: "invitations",
                column: "organization_id");

            migrationBuilder.CreateIndex(
                name: "ix_invitations_token_hash",
                table: "invitations",
                column: "token_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_jobs_organization_id_created_at_utc",
                table: "jobs",
                columns: new[] { "organization_id", "created_at_utc" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_state_created_at_utc",
                table: "jobs",
                columns: new[] { "state", "created_at_utc" });

            migrationBuilder.CreateIndex(
                name: "ix_label_keys_organization_id_key",
                table: "label_keys",
                columns: new[] { "organization_id", "key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_members_organization_id_user_id",
                table: "members",
                columns: new[] { "organization_id", "user_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_members_organization_id_user_name",
                table: "members",
                columns: new[] { "organization_id", "user_name" });

            migrationBuilder.CreateIndex(
                name: "ix_members_organization_id_user_name_key",
                table: "members",
                columns: new[] { "organization_id", "user_name_key" });

            migrationBuilder.CreateIndex(
                name: "ix_organization_quotas_organization_id_resource",
                table: "organization_quotas",
                columns: new[] { "organization_id", "resource" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_organizations_slug",
                table: "organizations",
                column: "slug",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_projects_organization_id_slug",
                table: "projects",
                columns: new[] { "organization_id", "slug" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_projects_workspace_id",
                table: "projects",
                column: "workspace_id");

            migrationBuilder.CreateIndex(
                name: "ix_quota_readings_organization_id_workspace_id_resource_at_u",
                table: "quota_readings",
                columns: new[] { "organization_id", "workspace_id", "resource", "at_utc" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_quota_readings_workspace_id",
                table: "quota_readings",
                column: "workspace_id");

            migrationBuilder.CreateIndex(
                name: "ix_role_bindings_organization_id_role",
                table: "role_bindings",
                columns: new[] { "organization_id", "role" });

            migrationBuilder.CreateIndex(
                name: "ix_role_bindings_principal_id",
                table: "role_bindings",
                column: "principal_id");

            migrationBuilder.CreateIndex(
                name: "ix_saved_view_defaults_organization_id_owner_id_page",
                table: "saved_view_defaults",
                columns: new[] { "organization_id", "owner_id", "page" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_saved_view_defaults_view_id",
                table: "saved_view_defaults",
                column: "view_id");

            migrationBuilder.CreateIndex(
                name: "ix_saved_views_organization_id_page_owner_id_name",
                table: "saved_views",
                columns: new[] { "organization_id", "page", "owner_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_scim_departures_organization_id_at_utc",
                table: "scim_departures",
                columns: new[] { "organization_id", "at_utc" });

            migrationBuilder.CreateIndex(
                name: "ix_scim_emails_organization_id_value_key",
                table: "scim_emails",
                columns: new[] { "organization_id", "value_key" });

            migrationBuilder.CreateIndex(
                name: "ix_scim_emails_scim_user_id",
                table: "scim_emails",
                column: "scim_user_id");

            migrationBuilder.CreateIndex(
                name: "ix_scim_held_changes_member_id",
                table: "scim_held_changes",
                column: "member_id");

            migrationBuilder.CreateIndex(
                name: "ix_scim_held_changes_organization_id_state",
                table: "scim_held_changes",
                columns: new[] { "organization_id", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_scim_requests_organization_id_at_utc",
                table: "scim_requests",
                columns: new[] { "organization_id", "at_utc" });

            migrationBuilder.CreateIndex(
                name: "ix_scim_users_organization_id_display_name_key",
                table: "scim_users",
                columns: new[] { "organization_id", "display_name_key" });

            migrationBuilder.CreateIndex(
                name: "ix_scim_users_organization_id_external_id",
                table: "scim_users",
                columns: new[] { "organization_id", "external_id" });

            migrationBuilder.CreateIndex(
                name: "ix_scim_users_organization_id_modified_at_utc",
                table: "scim_users",
                columns: new[] { "organization_id", "modified_at_utc" });

            migrationBuilder.CreateIndex(
                name: "ix_scim_users_organization_id_user_name_key",
                table: "scim_users",
                columns: new[] { "organization_id", "user_name_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_sessions_user_id",
                table: "sessions",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_sso_replays_expires_at_utc",
                table: "sso_replays",
                column: "expires_at_utc");

            migrationBuilder.CreateIndex(
                name: "ix_sso_replays_key_hash",
                table: "sso_replays",
                column: "key_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_structure_locks_organization_id_name",
                table: "structure_locks",
                columns: new[] { "organization_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_users_normalized_user_name",
                table: "users",
                column: "normalized_user_name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_workspace_placements_organization_id_workspace_id_effecti",
                table: "workspace_placements",
                columns: new[] { "organization_id", "workspace_id", "effective_from" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_workspace_placements_workspace_id",
                table: "workspace_placements",
                column: "workspace_id");

            migrationBuilder.CreateIndex(
                name: "ix_workspace_quota_limits_organization_id_workspace_id_resou",
                table: "workspace_quota_limits",
                columns: new[] { "organization_id", "workspace_id", "resource", "from_utc" });

            migrationBuilder.CreateIndex(
                name: "ix_workspace_quota_limits_workspace_id",
                table: "workspace_quota_limits",
                column: "workspace_id");

            migrationBuilder.CreateIndex(
                name: "ix_workspaces_business_unit_id",
                table: "workspaces",
                column: "business_unit_id");

            migrationBuilder.CreateIndex(
                name: "ix_workspaces_organization_id_slug",
                table: "workspaces",
                columns: new[] { "organization_id", "slug" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "access_group_members");

            migrationBuilder.DropTable(
                name: "access_groups");

            migrationBuilder.DropTable(
                name: "allocation_rule_sets");

            migrationBuilder.DropTable(
                name: "api_token_uses");

            migrationBuilder.DropTable(
                name: "api_tokens");

            migrationBuilder.DropTable(
                name: "audit_checkpoints");

            migrationBuilder.DropTable(
                name: "audit_entries");

            migrationBuilder.DropTable(
                name: "audit_event_mappings");

            migrationBuilder.DropTable(
                name: "audit_expiries");

            migrationBuilder.DropTable(
                name: "audit_holds");

            migrationBuilder.DropTable(
                name: "audit_index_states");

            migrationBuilder.DropTable(
                name: "audit_leaves");

            migrationBuilder.DropTable(
                name: "audit_logs");

            migrationBuilder.DropTable(
                name: "audit_pending");

            migrationBuilder.DropTable(
                name: "audit_persons");

            migrationBuilder.DropTable(
                name: "audit_public_keys");

            migrationBuilder.DropTable(
                name: "audit_restored");

            migrationBuilder.DropTable(
                name: "audit_retention_policies");

            migrationBuilder.DropTable(
                name: "audit_segment_parts");

            migrationBuilder.DropTable(
                name: "audit_segments");

            migrationBuilder.DropTable(
                name: "audit_sequencer");

            migrationBuilder.DropTable(
                name: "audit_sink_dead_letters");

            migrationBuilder.DropTable(
                name: "audit_sink_progress");

            migrationBuilder.DropTable(
                name: "audit_sink_receipts");

            migrationBuilder.DropTable(
                name: "audit_sink_runs");

            migrationBuilder.DropTable(
                name: "audit_source_ids");

            migrationBuilder.DropTable(
                name: "audit_source_states");

            migrationBuilder.DropTable(
                name: "audit_tiles");

            migrationBuilder.DropTable(
                name: "budget_alerts");

            migrationBuilder.DropTable(
                name: "budget_revisions");

            migrationBuilder.DropTable(
                name: "business_unit_placements");

            migrationBuilder.DropTable(
                name: "cost_daily");

            migrationBuilder.DropTable(
                name: "cost_facts");

            migrationBuilder.DropTable(
                name: "cost_keys");

            migrationBuilder.DropTable(
                name: "cost_line_predicates");

            migrationBuilder.DropTable(
                name: "cost_lines");

            migrationBuilder.DropTable(
                name: "cost_slices");

            migrationBuilder.DropTable(
                name: "cost_states");

            migrationBuilder.DropTable(
                name: "data_protection_keys");

            migrationBuilder.DropTable(
                name: "idempotency_keys");

            migrationBuilder.DropTable(
                name: "invitations");

            migrationBuilder.DropTable(
                name: "jobs");

            migrationBuilder.DropTable(
                name: "label_keys");

            migrationBuilder.DropTable(
                name: "members");

            migrationBuilder.DropTable(
                name: "organization_quotas");

            migrationBuilder.DropTable(
                name: "organizations");

            migrationBuilder.DropTable(
                name: "projects");

            migrationBuilder.DropTable(
                name: "quota_readings");

            migrationBuilder.DropTable(
                name: "read_counts");

            migrationBuilder.DropTable(
                name: "role_bindings");

            migrationBuilder.DropTable(
                name: "saved_view_defaults");

            migrationBuilder.DropTable(
                name: "saved_views");

            migrationBuilder.DropTable(
                name: "schema_security");

            migrationBuilder.DropTable(
                name: "scim_departures");

            migrationBuilder.DropTable(
                name: "scim_emails");

            migrationBuilder.DropTable(
                name: "scim_held_changes");

            migrationBuilder.DropTable(
                name: "scim_requests");

            migrationBuilder.DropTable(
                name: "scim_settings");

            migrationBuilder.DropTable(
                name: "scim_users");

            migrationBuilder.DropTable(
                name: "sessions");

            migrationBuilder.DropTable(
                name: "setup_links");

            migrationBuilder.DropTable(
                name: "sso_replays");

            migrationBuilder.DropTable(
                name: "structure_locks");

            migrationBuilder.DropTable(
                name: "workspace_placements");

            migrationBuilder.DropTable(
                name: "workspace_quota_limits");

            migrationBuilder.DropTable(
                name: "workspace_quotas");

            migrationBuilder.DropTable(
                name: "audit_sinks");

            migrationBuilder.DropTable(
                name: "budgets");

            migrationBuilder.DropTable(
                name: "cost_imports");

            migrationBuilder.DropTable(
                name: "users");

            migrationBuilder.DropTable(
                name: "workspaces");

            migrationBuilder.DropTable(
                name: "business_units");
        }
    }
}
