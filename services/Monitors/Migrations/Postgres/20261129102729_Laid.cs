using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Kener.Monitors.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Laid : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "laid",
                table: "known_incidents",
                type: "text",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "laid",
                table: "known_incidents");
        }
    }
}
