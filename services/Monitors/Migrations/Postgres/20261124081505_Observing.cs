using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Kener.Monitors.Migrations.Postgres
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
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "retention_days",
                table: "monitors",
                type: "integer",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "agents",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false),
                    seen_ms = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_agents", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "beats",
                columns: table => new
                {
                    monitor_id = table.Column<long>(type: "bigint", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_beats", x => new { x.monitor_id, x.at });
                });

            migrationBuilder.CreateTable(
                name: "monitor_sets",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    version = table.Column<long>(type: "bigint", nullable: false)
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
