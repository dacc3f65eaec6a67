using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Hexabase.Portal.Data.PostgreSql.Migrations
{
    /// <inheritdoc />
    public partial class SingleSignOn : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "sso_attempts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    connection_id = table.Column<Guid>(type: "uuid", nullable: true),
                    at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    step = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    succeeded = table.Column<bool>(type: "boolean", nullable: false),
                    is_test = table.Column<bool>(type: "boolean", nullable: false),
                    reference = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    code = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    message = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    came = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    change = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    facts = table.Column<string>(type: "text", nullable: true),
                    member_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sso_attempts", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sso_break_glass",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    code_hash = table.Column<byte[]>(type: "bytea", fixedLength: true, maxLength: 32, nullable: false),
                    sealed_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    sealed_by_user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    used_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
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
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    template = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    issuer = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    settings_json = table.Column<string>(type: "text", nullable: false),
                    client_secret = table.Column<string>(type: "text", nullable: true),
                    is_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    enforcement = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    enforced_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    tested_by_user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    tested_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
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
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(253)", maxLength: 253, nullable: false),
                    verified_name = table.Column<string>(type: "character varying(253)", maxLength: 253, nullable: true),
                    token = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    connection_id = table.Column<Guid>(type: "uuid", nullable: true),
                    verified_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
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
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    connection_id = table.Column<Guid>(type: "uuid", nullable: false),
                    member_id = table.Column<Guid>(type: "uuid", nullable: false),
                    role = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: true),
                    binding_id = table.Column<Guid>(type: "uuid", nullable: true),
                    group_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sso_grants", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sso_group_mappings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    connection_id = table.Column<Guid>(type: "uuid", nullable: false),
                    value = table.Column<string>(type: "character varying(320)", maxLength: 320, nullable: false),
                    group_id = table.Column<Guid>(type: "uuid", nullable: true),
                    role = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sso_group_mappings", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sso_keys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    connection_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key_id = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    private_key = table.Column<string>(type: "text", nullable: false),
                    certificate = table.Column<string>(type: "text", nullable: false),
                    created_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sso_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sso_subjects",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    connection_id = table.Column<Guid>(type: "uuid", nullable: false),
                    subject_hash = table.Column<byte[]>(type: "bytea", fixedLength: true, maxLength: 32, nullable: false),
                    member_id = table.Column<Guid>(type: "uuid", nullable: false),
                    linked_at_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sso_subjects", x => x.id);
                });

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
                unique: true);

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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
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
        }
    }
}
