using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Hexabase.Portal.Data.PostgreSql.Migrations
{
    /// <inheritdoc />
    public partial class AccessPast : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTime>(
                name: "added_at_utc",
                table: "access_group_members",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "access_past",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    row_key = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    until_utc = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false),
                    values = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_access_past", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_access_past_organization_id_kind_until_utc",
                table: "access_past",
                columns: new[] { "organization_id", "kind", "until_utc" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "access_past");

            migrationBuilder.DropColumn(
                name: "added_at_utc",
                table: "access_group_members");
        }
    }
}
