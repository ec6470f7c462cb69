using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Kener.Status.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class PageKinds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "pk_drawn_pages",
                table: "drawn_pages");

            migrationBuilder.AddColumn<string>(
                name: "kind",
                table: "drawn_pages",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddPrimaryKey(
                name: "pk_drawn_pages",
                table: "drawn_pages",
                columns: new[] { "kind", "path" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "pk_drawn_pages",
                table: "drawn_pages");

            migrationBuilder.DropColumn(
                name: "kind",
                table: "drawn_pages");

            migrationBuilder.AddPrimaryKey(
                name: "pk_drawn_pages",
                table: "drawn_pages",
                column: "path");
        }
    }
}
