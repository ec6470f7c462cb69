using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Kener.Status.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Pages : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.RenameTable(name: "pages", newName: "drawn_pages");

            migrationBuilder.AddColumn<bool>(name: "is_visible", table: "monitors", type: "INTEGER", nullable: false, defaultValue: false);
            migrationBuilder.AddColumn<string>(name: "tag", table: "monitors", type: "TEXT", nullable: false, defaultValue: "");
            migrationBuilder.Sql(
                """
                UPDATE monitors SET tag = coalesce(json_extract(payload, '$.tag'), ''), is_visible = NOT deleted
                    AND coalesce(json_extract(payload, '$.active'), 0) AND NOT coalesce(json_extract(payload, '$.hidden'), 0)
                """);

            migrationBuilder.CreateTable(
                name: "pages",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    version = table.Column<long>(type: "INTEGER", nullable: false),
                    path = table.Column<string>(type: "TEXT", nullable: false),
                    title = table.Column<string>(type: "TEXT", nullable: false),
                    header = table.Column<string>(type: "TEXT", nullable: false),
                    subheader = table.Column<string>(type: "TEXT", nullable: false),
                    logo = table.Column<string>(type: "TEXT", nullable: false),
                    settings = table.Column<string>(type: "TEXT", nullable: false),
                    monitor_ids = table.Column<string>(type: "TEXT", nullable: true),
                    created_ms = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_ms = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table => table.PrimaryKey("pk_pages", x => x.id));

            migrationBuilder.CreateTable(
                name: "site",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false),
                    settings = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table => table.PrimaryKey("pk_site", x => x.id));

            migrationBuilder.CreateIndex(name: "ix_monitors_tag", table: "monitors", column: "tag");
            migrationBuilder.CreateIndex(name: "ix_pages_path", table: "pages", column: "path", unique: true);

            // An installation has a site and a home page from its first moment.
            migrationBuilder.Sql("INSERT INTO site (id, version, settings) VALUES (1, 1, '{}')");
            migrationBuilder.Sql(
                """
                INSERT INTO pages (version, path, title, header, subheader, logo, settings, monitor_ids, created_ms, updated_ms)
                SELECT 1, '', 'Home', 'Service Status', 'Real-time status of our services', '', '{}', NULL, now_ms, now_ms
                FROM (SELECT CAST(strftime('%s', 'now') AS INTEGER) * 1000 AS now_ms) AS moment
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "pages");
            migrationBuilder.DropTable(name: "site");
            migrationBuilder.DropIndex(name: "ix_monitors_tag", table: "monitors");
            migrationBuilder.DropColumn(name: "is_visible", table: "monitors");
            migrationBuilder.DropColumn(name: "tag", table: "monitors");
            migrationBuilder.RenameTable(name: "drawn_pages", newName: "pages");
        }
    }
}
