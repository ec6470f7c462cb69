using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Kener.Incidents.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class DatabasePlaces : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "database_places",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    place = table.Column<string>(type: "TEXT", nullable: false),
                    was_restored = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_database_places", x => x.id);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "database_places");
        }
    }
}
