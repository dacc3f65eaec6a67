using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Hexabase.Portal.Data.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class Sso : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "sso_replays",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    key_hash = table.Column<byte[]>(type: "binary(32)", fixedLength: true, maxLength: 32, nullable: false),
                    expires_at_utc = table.Column<DateTime>(type: "datetime2(7)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sso_replays", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_sso_replays_expires_at_utc",
                table: "sso_replays",
                column: "expires_at_utc");

            migrationBuilder.CreateIndex(
                name: "ix_sso_replays_key_hash",
                table: "sso_replays",
                column: "key_hash",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "sso_replays");
        }
    }
}
