using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Kener.Status.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Pages : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.RenameTable(name: "pages", newName: "drawn_pages");
            migrationBuilder.Sql("ALTER TABLE drawn_pages RENAME CONSTRAINT pk_pages TO pk_drawn_pages");

            migrationBuilder.AddColumn<bool>(name: "is_visible", table: "monitors", type: "boolean", nullable: false, defaultValue: false);
            migrationBuilder.AddColumn<string>(name: "tag", table: "monitors", type: "text", nullable: false, defaultValue: "");
            migrationBuilder.Sql(
                """
                UPDATE monitors SET tag = coalesce(payload::jsonb ->> 'tag', ''), is_visible = NOT deleted
                    AND coalesce((payload::jsonb ->> 'active')::boolean, false) AND NOT coalesce((payload::jsonb ->> 'hidden')::boolean, false)
                """);

            migrationBuilder.CreateTable(
                name: "pages",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    path = table.Column<string>(type: "text", nullable: false),
                    title = table.Column<string>(type: "text", nullable: false),
                    header = table.Column<string>(type: "text", nullable: false),
                    subheader = table.Column<string>(type: "text", nullable: false),
                    logo = table.Column<string>(type: "text", nullable: false),
                    settings = table.Column<string>(type: "text", nullable: false),
                    monitor_ids = table.Column<long[]>(type: "bigint[]", nullable: true),
                    created_ms = table.Column<long>(type: "bigint", nullable: false),
                    updated_ms = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table => table.PrimaryKey("pk_pages", x => x.id));

            migrationBuilder.CreateTable(
                name: "site",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    settings = table.Column<string>(type: "text", nullable: false)
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
                FROM (SELECT (extract(epoch FROM now()) * 1000)::bigint AS now_ms) AS moment
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
            migrationBuilder.Sql("ALTER TABLE pages RENAME CONSTRAINT pk_drawn_pages TO pk_pages");
        }
    }
}
