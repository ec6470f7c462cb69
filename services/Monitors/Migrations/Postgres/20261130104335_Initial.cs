using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Kener.Monitors.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "agents",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false),
                    seen_ms = table.Column<long>(type: "bigint", nullable: false),
                    types = table.Column<string>(type: "text", nullable: false, defaultValue: "")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_agents", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "audit",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    change_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at_ms = table.Column<long>(type: "bigint", nullable: false),
                    actor = table.Column<string>(type: "text", nullable: false),
                    action = table.Column<string>(type: "text", nullable: false),
                    subject_type = table.Column<string>(type: "text", nullable: false),
                    subject_id = table.Column<long>(type: "bigint", nullable: false),
                    detail = table.Column<string>(type: "text", nullable: true),
                    hash = table.Column<string>(type: "text", nullable: true),
                    previous_hash = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "awake_spans",
                columns: table => new
                {
                    process = table.Column<string>(type: "text", nullable: false),
                    start_at = table.Column<long>(type: "bigint", nullable: false),
                    end_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_awake_spans", x => new { x.process, x.start_at });
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
                name: "consumed_events",
                columns: table => new
                {
                    type = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_consumed_events", x => x.type);
                });

            migrationBuilder.CreateTable(
                name: "database_places",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    place = table.Column<string>(type: "text", nullable: false),
                    was_restored = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_database_places", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "dead_letters",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false),
                    payload = table.Column<string>(type: "text", nullable: false),
                    subject = table.Column<string>(type: "text", nullable: false),
                    error = table.Column<string>(type: "text", nullable: false),
                    dead_ms = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_dead_letters", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "deleted_monitors",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    tag = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_deleted_monitors", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "known_incidents",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    impact_fingerprint = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_known_incidents", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "known_site",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    retention_days = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_known_site", x => x.id);
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

            migrationBuilder.CreateTable(
                name: "monitors",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    tag = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: true),
                    image = table.Column<string>(type: "text", nullable: true),
                    cron = table.Column<string>(type: "text", nullable: true),
                    default_status = table.Column<string>(type: "text", nullable: true),
                    is_active = table.Column<bool>(type: "boolean", nullable: false),
                    category_name = table.Column<string>(type: "text", nullable: true),
                    type = table.Column<string>(type: "text", nullable: false),
                    type_data = table.Column<string>(type: "text", nullable: true),
                    obstacle = table.Column<byte>(type: "smallint", nullable: true),
                    include_degraded_in_downtime = table.Column<bool>(type: "boolean", nullable: false),
                    is_hidden = table.Column<bool>(type: "boolean", nullable: false),
                    settings = table.Column<string>(type: "text", nullable: true),
                    external_url = table.Column<string>(type: "text", nullable: true),
                    retention_days = table.Column<int>(type: "integer", nullable: true),
                    confirmation_threshold = table.Column<int>(type: "integer", nullable: false),
                    created_ms = table.Column<long>(type: "bigint", nullable: false),
                    updated_ms = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_monitors", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false),
                    payload = table.Column<string>(type: "text", nullable: false),
                    subject = table.Column<string>(type: "text", nullable: false),
                    created_ms = table.Column<long>(type: "bigint", nullable: false),
                    tries = table.Column<int>(type: "integer", nullable: false),
                    due_ms = table.Column<long>(type: "bigint", nullable: false),
                    trace_parent = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "overlays",
                columns: table => new
                {
                    kind = table.Column<byte>(type: "smallint", nullable: false),
                    source_id = table.Column<long>(type: "bigint", nullable: false),
                    monitor_id = table.Column<long>(type: "bigint", nullable: false),
                    start = table.Column<long>(type: "bigint", nullable: false),
                    end = table.Column<long>(type: "bigint", nullable: true),
                    impact = table.Column<byte>(type: "smallint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_overlays", x => new { x.kind, x.source_id, x.monitor_id });
                });

            // By hand: EF has no partitions. ResultPartitions adds one a month.
            migrationBuilder.Sql("""
                CREATE TABLE results (
                    monitor_id bigint NOT NULL,
                    minute bigint NOT NULL,
                    region smallint NOT NULL,
                    status smallint NOT NULL,
                    raw_status smallint NOT NULL,
                    latency double precision NOT NULL,
                    type smallint NOT NULL,
                    message text NULL,
                    raw_message text NULL,
                    version integer NOT NULL,
                    CONSTRAINT pk_results PRIMARY KEY (monitor_id, minute, region)
                ) PARTITION BY RANGE (minute);
                CREATE TABLE results_default PARTITION OF results DEFAULT;
                """);

            migrationBuilder.CreateTable(
                name: "status_transitions",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    monitor_id = table.Column<long>(type: "bigint", nullable: false),
                    from_status = table.Column<byte>(type: "smallint", nullable: false),
                    to_status = table.Column<byte>(type: "smallint", nullable: false),
                    minute = table.Column<long>(type: "bigint", nullable: false),
                    recorded_ms = table.Column<long>(type: "bigint", nullable: false),
                    claimed_ms = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_status_transitions", x => x.id);
                });

            migrationBuilder.InsertData(
                table: "monitor_sets",
                columns: new[] { "id", "version" },
                values: new object[] { 1L, 1L });

            migrationBuilder.CreateIndex(
                name: "ix_audit_change_id",
                table: "audit",
                column: "change_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_audit_subject_type_subject_id",
                table: "audit",
                columns: new[] { "subject_type", "subject_id" });

            migrationBuilder.CreateIndex(
                name: "ix_monitors_tag",
                table: "monitors",
                column: "tag",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_outbox_due_ms",
                table: "outbox",
                column: "due_ms");

            migrationBuilder.CreateIndex(
                name: "ix_overlays_monitor_id_end",
                table: "overlays",
                columns: new[] { "monitor_id", "end" });

            migrationBuilder.CreateIndex(
                name: "ix_status_transitions_monitor_id_id",
                table: "status_transitions",
                columns: new[] { "monitor_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_status_transitions_unclaimed",
                table: "status_transitions",
                column: "id",
                filter: "claimed_ms IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "agents");

            migrationBuilder.DropTable(
                name: "audit");

            migrationBuilder.DropTable(
                name: "awake_spans");

            migrationBuilder.DropTable(
                name: "beats");

            migrationBuilder.DropTable(
                name: "consumed_events");

            migrationBuilder.DropTable(
                name: "database_places");

            migrationBuilder.DropTable(
                name: "dead_letters");

            migrationBuilder.DropTable(
                name: "deleted_monitors");

            migrationBuilder.DropTable(
                name: "known_incidents");

            migrationBuilder.DropTable(
                name: "known_site");

            migrationBuilder.DropTable(
                name: "monitor_sets");

            migrationBuilder.DropTable(
                name: "monitors");

            migrationBuilder.DropTable(
                name: "outbox");

            migrationBuilder.DropTable(
                name: "overlays");

            migrationBuilder.DropTable(
                name: "results");

            migrationBuilder.DropTable(
                name: "status_transitions");
        }
    }
}
