using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Kener.Monitors.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AwakeSpans : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "awake_spans",
                columns: table => new
                {
                    process = table.Column<string>(type: "TEXT", nullable: false),
                    start_at = table.Column<long>(type: "INTEGER", nullable: false),
                    end_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_awake_spans", x => new { x.process, x.start_at });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "awake_spans");
        }
    }
}
