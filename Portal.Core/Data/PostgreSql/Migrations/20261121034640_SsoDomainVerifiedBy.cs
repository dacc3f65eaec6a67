using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Hexabase.Portal.Data.PostgreSql.Migrations
{
    /// <inheritdoc />
    public partial class SsoDomainVerifiedBy : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "verified_by",
                table: "sso_domains",
                type: "character varying(40)",
                maxLength: 40,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "verified_by",
                table: "sso_domains");
        }
    }
}
