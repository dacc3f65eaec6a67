using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Hexabase.Portal.Data.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class Access : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTime>(
                name: "proven_at_utc",
                table: "sessions",
                type: "datetime2(7)",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "expires_at_utc",
                table: "role_bindings",
                type: "datetime2(7)",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "previous_hash",
                table: "api_tokens",
                type: "binary(32)",
                fixedLength: true,
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "previous_until_utc",
                table: "api_tokens",
                type: "datetime2(7)",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "rotated_at_utc",
                table: "api_tokens",
                type: "datetime2(7)",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "service_account_id",
                table: "api_tokens",
                type: "uniqueidentifier",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "added_at_utc",
                table: "access_group_members",
                type: "datetime2(7)",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "access_past",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    kind = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false),
                    row_key = table.Column<string>(type: "nvarchar(80)", maxLength: 80, nullable: false),
                    until_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: false),
                    changed_by = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    values = table.Column<string>(type: "nvarchar(max)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_access_past", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "access_rules",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    name = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    kind = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false),
                    permission = table.Column<string>(type: "nvarchar(60)", maxLength: 60, nullable: true),
                    condition = table.Column<string>(type: "nvarchar(max)", nullable: true),
                    first_role = table.Column<string>(type: "nvarchar(60)", maxLength: 60, nullable: true),
                    second_role = table.Column<string>(type: "nvarchar(60)", maxLength: 60, nullable: true),
                    created_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_access_rules", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "custom_roles",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    slug = table.Column<string>(type: "nvarchar(80)", maxLength: 80, nullable: false),
                    name = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    description = table.Column<string>(type: "nvarchar(1000)", maxLength: 1000, nullable: true),
                    permissions = table.Column<string>(type: "nvarchar(4000)", maxLength: 4000, nullable: false),
                    is_archived = table.Column<bool>(type: "bit", nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_custom_roles", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "passkeys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    user_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    credential_id = table.Column<byte[]>(type: "varbinary(1023)", maxLength: 1023, nullable: false),
                    public_key = table.Column<byte[]>(type: "varbinary(2000)", maxLength: 2000, nullable: false),
                    name = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: false),
                    last_used_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: true),
                    sign_count = table.Column<long>(type: "bigint", nullable: false),
                    transports = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false),
                    is_backup_eligible = table.Column<bool>(type: "bit", nullable: false),
                    is_backed_up = table.Column<bool>(type: "bit", nullable: false),
                    credential_hash = table.Column<byte[]>(type: "binary(32)", fixedLength: true, maxLength: 32, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_passkeys", x => x.id);
                    table.ForeignKey(
                        name: "fk_passkeys_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "password_resets",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    user_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    token_hash = table.Column<byte[]>(type: "binary(32)", fixedLength: true, maxLength: 32, nullable: false),
                    created_by_user_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: false),
                    expires_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: false),
                    used_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_password_resets", x => x.id);
                    table.ForeignKey(
                        name: "fk_password_resets_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "pending_sign_ins",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    user_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    need = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false),
                    ticket_hash = table.Column<byte[]>(type: "binary(32)", fixedLength: true, maxLength: 32, nullable: false),
                    secret = table.Column<string>(type: "nvarchar(1000)", maxLength: 1000, nullable: true),
                    expires_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: false),
                    attempts = table.Column<int>(type: "int", nullable: false),
                    used_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pending_sign_ins", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "recovery_codes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    user_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    salt = table.Column<byte[]>(type: "binary(16)", fixedLength: true, maxLength: 16, nullable: false),
                    hash = table.Column<byte[]>(type: "binary(32)", fixedLength: true, maxLength: 32, nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: false),
                    used_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_recovery_codes", x => x.id);
                    table.ForeignKey(
                        name: "fk_recovery_codes_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "service_accounts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    name = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    description = table.Column<string>(type: "nvarchar(1000)", maxLength: 1000, nullable: false),
                    owner_user_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    is_active = table.Column<bool>(type: "bit", nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_service_accounts", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "session_policies",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    lifetime_hours = table.Column<int>(type: "int", nullable: true),
                    idle_minutes = table.Column<int>(type: "int", nullable: true),
                    mfa_for = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false),
                    mfa_since_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: true),
                    grace_days = table.Column<int>(type: "int", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_session_policies", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sso_attempts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    connection_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: false),
                    step = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    succeeded = table.Column<bool>(type: "bit", nullable: false),
                    is_test = table.Column<bool>(type: "bit", nullable: false),
                    reference = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    code = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: true),
                    message = table.Column<string>(type: "nvarchar(1000)", maxLength: 1000, nullable: true),
                    came = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: true),
                    change = table.Column<string>(type: "nvarchar(1000)", maxLength: 1000, nullable: true),
                    facts = table.Column<string>(type: "nvarchar(max)", nullable: true),
                    member_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sso_attempts", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sso_break_glass",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    user_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    code_hash = table.Column<byte[]>(type: "binary(32)", fixedLength: true, maxLength: 32, nullable: false),
                    sealed_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: false),
                    sealed_by_user_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    used_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sso_break_glass", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sso_connections",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    kind = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false),
                    template = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false),
                    name = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    issuer = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: false),
                    settings_json = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    client_secret = table.Column<string>(type: "nvarchar(max)", nullable: true),
                    is_enabled = table.Column<bool>(type: "bit", nullable: false),
                    enforcement = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false),
                    enforced_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: true),
                    tested_by_user_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    tested_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: true),
                    created_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sso_connections", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sso_domains",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    name = table.Column<string>(type: "nvarchar(253)", maxLength: 253, nullable: false),
                    verified_name = table.Column<string>(type: "nvarchar(253)", maxLength: 253, nullable: true),
                    token = table.Column<string>(type: "nvarchar(60)", maxLength: 60, nullable: false),
                    connection_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    verified_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: true),
                    created_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sso_domains", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sso_grants",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    connection_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    member_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    role = table.Column<string>(type: "nvarchar(60)", maxLength: 60, nullable: true),
                    binding_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    group_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sso_grants", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sso_group_mappings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    connection_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    value = table.Column<string>(type: "nvarchar(320)", maxLength: 320, nullable: false),
                    group_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    role = table.Column<string>(type: "nvarchar(60)", maxLength: 60, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sso_group_mappings", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sso_keys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    connection_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    key_id = table.Column<string>(type: "nvarchar(60)", maxLength: 60, nullable: false),
                    private_key = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    certificate = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sso_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sso_subjects",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    connection_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    subject_hash = table.Column<byte[]>(type: "binary(32)", fixedLength: true, maxLength: 32, nullable: false),
                    member_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    linked_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sso_subjects", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "totp_factors",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    user_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    secret = table.Column<string>(type: "nvarchar(1000)", maxLength: 1000, nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: false),
                    confirmed_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: true),
                    last_step = table.Column<long>(type: "bigint", nullable: false),
                    last_used_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_totp_factors", x => x.id);
                    table.ForeignKey(
                        name: "fk_totp_factors_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_api_tokens_previous_hash",
                table: "api_tokens",
                column: "previous_hash");

            migrationBuilder.CreateIndex(
                name: "ix_api_tokens_service_account_id",
                table: "api_tokens",
                column: "service_account_id");

            migrationBuilder.CreateIndex(
                name: "ix_access_past_organization_id_kind_until_utc",
                table: "access_past",
                columns: new[] { "organization_id", "kind", "until_utc" });

            migrationBuilder.CreateIndex(
                name: "ix_access_rules_organization_id_name",
                table: "access_rules",
                columns: new[] { "organization_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_custom_roles_organization_id_slug",
                table: "custom_roles",
                columns: new[] { "organization_id", "slug" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_passkeys_credential_hash",
                table: "passkeys",
                column: "credential_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_passkeys_user_id",
                table: "passkeys",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_password_resets_token_hash",
                table: "password_resets",
                column: "token_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_password_resets_user_id",
                table: "password_resets",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_pending_sign_ins_expires_at_utc",
                table: "pending_sign_ins",
                column: "expires_at_utc");

            migrationBuilder.CreateIndex(
                name: "ix_pending_sign_ins_ticket_hash",
                table: "pending_sign_ins",
                column: "ticket_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_recovery_codes_user_id",
                table: "recovery_codes",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_service_accounts_organization_id_name",
                table: "service_accounts",
                columns: new[] { "organization_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_service_accounts_owner_user_id",
                table: "service_accounts",
                column: "owner_user_id");

            migrationBuilder.CreateIndex(
                name: "ix_session_policies_organization_id",
                table: "session_policies",
                column: "organization_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_sso_attempts_at_utc",
                table: "sso_attempts",
                column: "at_utc");

            migrationBuilder.CreateIndex(
                name: "ix_sso_attempts_organization_id_id",
                table: "sso_attempts",
                columns: new[] { "organization_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_sso_break_glass_organization_id",
                table: "sso_break_glass",
                column: "organization_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_sso_break_glass_user_id",
                table: "sso_break_glass",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_sso_connections_issuer",
                table: "sso_connections",
                column: "issuer");

            migrationBuilder.CreateIndex(
                name: "ix_sso_connections_organization_id",
                table: "sso_connections",
                column: "organization_id");

            migrationBuilder.CreateIndex(
                name: "ix_sso_domains_organization_id_name",
                table: "sso_domains",
                columns: new[] { "organization_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_sso_domains_verified_name",
                table: "sso_domains",
                column: "verified_name",
                unique: true,
                filter: "[verified_name] IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_sso_grants_connection_id_member_id",
                table: "sso_grants",
                columns: new[] { "connection_id", "member_id" });

            migrationBuilder.CreateIndex(
                name: "ix_sso_group_mappings_connection_id",
                table: "sso_group_mappings",
                column: "connection_id");

            migrationBuilder.CreateIndex(
                name: "ix_sso_keys_connection_id",
                table: "sso_keys",
                column: "connection_id");

            migrationBuilder.CreateIndex(
                name: "ix_sso_subjects_connection_id_subject_hash",
                table: "sso_subjects",
                columns: new[] { "connection_id", "subject_hash" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_sso_subjects_member_id",
                table: "sso_subjects",
                column: "member_id");

            migrationBuilder.CreateIndex(
                name: "ix_totp_factors_user_id",
                table: "totp_factors",
                column: "user_id",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "access_past");

            migrationBuilder.DropTable(
                name: "access_rules");

            migrationBuilder.DropTable(
                name: "custom_roles");

            migrationBuilder.DropTable(
                name: "passkeys");

            migrationBuilder.DropTable(
                name: "password_resets");

            migrationBuilder.DropTable(
                name: "pending_sign_ins");

            migrationBuilder.DropTable(
                name: "recovery_codes");

            migrationBuilder.DropTable(
                name: "service_accounts");

            migrationBuilder.DropTable(
                name: "session_policies");

            migrationBuilder.DropTable(
                name: "sso_attempts");

            migrationBuilder.DropTable(
                name: "sso_break_glass");

            migrationBuilder.DropTable(
                name: "sso_connections");

            migrationBuilder.DropTable(
                name: "sso_domains");

            migrationBuilder.DropTable(
                name: "sso_grants");

            migrationBuilder.DropTable(
                name: "sso_group_mappings");

            migrationBuilder.DropTable(
                name: "sso_keys");

            migrationBuilder.DropTable(
                name: "sso_subjects");

            migrationBuilder.DropTable(
                name: "totp_factors");

            migrationBuilder.DropIndex(
                name: "ix_api_tokens_previous_hash",
                table: "api_tokens");

            migrationBuilder.DropIndex(
                name: "ix_api_tokens_service_account_id",
                table: "api_tokens");

            migrationBuilder.DropColumn(
                name: "proven_at_utc",
                table: "sessions");

            migrationBuilder.DropColumn(
                name: "expires_at_utc",
                table: "role_bindings");

            migrationBuilder.DropColumn(
                name: "previous_hash",
                table: "api_tokens");

            migrationBuilder.DropColumn(
                name: "previous_until_utc",
                table: "api_tokens");

            migrationBuilder.DropColumn(
                name: "rotated_at_utc",
                table: "api_tokens");

            migrationBuilder.DropColumn(
                name: "service_account_id",
                table: "api_tokens");

            migrationBuilder.DropColumn(
                name: "added_at_utc",
                table: "access_group_members");
        }
    }
}
