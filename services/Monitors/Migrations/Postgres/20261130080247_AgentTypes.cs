using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Kener.Monitors.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class AgentTypes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<byte>(
                name: "obstacle",
                table: "monitors",
                type: "smallint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "types",
                table: "agents",
                type: "text",
                nullable: false,
                defaultValue: "");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "obstacle",
                table: "monitors");

            migrationBuilder.DropColumn(
                name: "types",
                table: "agents");
        }
    }
}
