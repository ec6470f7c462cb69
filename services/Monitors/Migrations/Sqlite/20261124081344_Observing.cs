using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Kener.Monitors.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Observing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "raw_message",
                table: "results",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "retention_days",
                table: "monitors",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "agents",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    seen_ms = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_agents", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "beats",
                columns: table => new
                {
                    monitor_id = table.Column<long>(type: "INTEGER", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_beats", x => new { x.monitor_id, x.at });
                });

            migrationBuilder.CreateTable(
                name: "monitor_sets",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_monitor_sets", x => x.id);
                });

            migrationBuilder.InsertData(
                table: "monitor_sets",
                columns: new[] { "id", "version" },
                values: new object[] { 1L, 1L });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "agents");

            migrationBuilder.DropTable(
                name: "beats");

            migrationBuilder.DropTable(
                name: "monitor_sets");

            migrationBuilder.DropColumn(
                name: "raw_message",
                table: "results");

            migrationBuilder.DropColumn(
                name: "retention_days",
                table: "monitors");
        }
    }
}
