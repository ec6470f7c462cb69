using System.Runtime.CompilerServices;
using Kener.Persistence.Providers;
using Kener.ServiceDefaults.Health;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Kener.Persistence.Tests;

/// <summary>The conventions of Aspire's package hold for a module's context, except where Kener needs another behavior.</summary>
public sealed class NpgsqlDbContextTests
{
    private const string Section = "Aspire:Npgsql:EntityFrameworkCore:PostgreSQL";

    [Fact]
    public void The_connection_string_is_found_by_its_name() =>
        With(new() { ["ConnectionStrings:some"] = "Host=a;Database=x" }, db => Assert.Equal("Host=a;Database=x", db.Database.GetConnectionString()));

    [Fact]
    public void A_connection_string_by_name_overrides_the_one_in_the_section() => With(new()
    {
        [$"{Section}:ConnectionString"] = "Host=section",
        ["ConnectionStrings:some"] = "Host=name",
    }, db => Assert.Equal("Host=name", db.Database.GetConnectionString()));

    [Fact]
    public void Without_a_connection_string_by_name_the_one_in_the_section_is_used() =>
        With(new() { [$"{Section}:ConnectionString"] = "Host=section" }, db => Assert.Equal("Host=section", db.Database.GetConnectionString()));

    [Theory]
    [InlineData("", "some", "TestPostgres", 3)]
    [InlineData("", "some", null, 2)]
    [InlineData("", null, null, 1)]
    [InlineData("", null, "TestPostgres", 3)]
    public void The_more_specific_section_wins(string all, string? name, string? type, int expected)
    {
        var settings = new Dictionary<string, string?> { ["ConnectionStrings:some"] = "Host=a", [$"{Section}{all}:CommandTimeout"] = "1" };
        if (name is not null) settings[$"{Section}:{name}:CommandTimeout"] = "2";
        if (type is not null) settings[$"{Section}:{type}:CommandTimeout"] = "3";
        With(settings, db => Assert.Equal(expected, db.Database.GetCommandTimeout()));
    }

    [Fact]
    public void Code_overrides_configuration() => With(
        new() { ["ConnectionStrings:some"] = "Host=a", [$"{Section}:CommandTimeout"] = "1" },
        db => Assert.Equal(("Host=code", 9), (db.Database.GetConnectionString(), db.Database.GetCommandTimeout())),
        builder => builder.AddNpgsqlDbContext<TestPostgres>("some", settings => (settings.ConnectionString, settings.CommandTimeout) = ("Host=code", 9)));

    [Theory]
    [InlineData("false", true)]
    [InlineData("true", false)]
    public void Retries_can_be_disabled(string disabled, bool retries) => With(
        new() { ["ConnectionStrings:some"] = "Host=a", [$"{Section}:DisableRetry"] = disabled },
        db => Assert.Equal(retries, db.Database.CreateExecutionStrategy().RetriesOnFailure),
        builder => builder.AddPostgresContext<TestPostgres>("some", _ => { }));

    [Theory]
    [InlineData("Host=a", 0, true)]
    [InlineData("Host=a;MaxAutoPrepare=7;no reset on close=false", 7, false)]
    public void Connections_are_not_reset_unless_the_connection_string_says_otherwise(string given, int prepared, bool keeps)
    {
        var tuned = new NpgsqlConnectionStringBuilder(PostgresConnection.Tuned(given));
        Assert.Equal(("a", prepared, keeps), (tuned.Host, tuned.MaxAutoPrepare, tuned.NoResetOnClose));
    }

    [Theory]
    [InlineData("Host=a", GssEncryptionMode.Prefer)]
    [InlineData("Host=a;Password=p", GssEncryptionMode.Disable)]
    [InlineData("Host=a;Password=p;gss encryption mode=require", GssEncryptionMode.Require)]
    public void Kerberos_is_disabled_with_a_password_unless_the_connection_string_says_otherwise(string given, GssEncryptionMode mode) =>
        Assert.Equal(mode, new NpgsqlConnectionStringBuilder(PostgresConnection.Tuned(given)).GssEncryptionMode);

    [Theory, InlineData(null), InlineData("")]
    public void A_missing_connection_string_is_left_as_it_is(string? given) => Assert.Equal(given, PostgresConnection.Tuned(given));

    [Theory, InlineData(null), InlineData(""), InlineData(" ")]
    public void A_missing_connection_string_is_reported_at_first_use(string? given)
    {
        var builder = Builder(new() { ["ConnectionStrings:some"] = given });
        builder.AddPostgresContext<TestPostgres>("some", _ => { });
        using var host = builder.Build();
        using var scope = host.Services.CreateScope();
        var fault = Assert.Throws<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<TestPostgres>());
        Assert.Equal("ConnectionStrings__some is missing: set it to a PostgreSQL connection string", fault.Message);
    }

    [Fact]
    public void A_failed_operation_is_retried_four_times_with_pauses_of_at_most_a_second() => With(new() { ["ConnectionStrings:some"] = "Host=a" }, db =>
    {
        var strategy = Assert.IsType<NpgsqlRetryingExecutionStrategy>(db.Database.CreateExecutionStrategy());
        Assert.Equal((4, TimeSpan.FromSeconds(1)), (RetriesOf(strategy), LongestPauseOf(strategy)));
    }, builder => builder.AddPostgresContext<TestPostgres>("some", _ => { }));

    [Fact]
    public void A_modules_database_has_one_health_check_which_is_named_for_the_context_and_counts_for_readiness()
    {
        var builder = Builder(new() { ["ConnectionStrings:some"] = "Host=a", ["Kener:Database"] = "PostgreSQL" });
        builder.AddModuleDb<TestDb, TestSqlite, TestPostgres>("some", "test");
        using var host = builder.Build();
        var registered = host.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Where(check => !check.Tags.Contains(Watch.Tag)).ToList();
        Assert.Equal(["TestPostgres", "warm-up"], registered.Select(check => check.Name).Order());
        Assert.All(registered, check => Assert.Equal(["ready"], check.Tags));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("http://127.0.0.1:1", true)]
    public void Telemetry_is_registered_only_if_it_is_sent_somewhere(string? endpoint, bool isMeasured)
    {
        var builder = Builder(new() { ["ConnectionStrings:some"] = "Host=a", ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint });
        builder.AddPostgresContext<TestPostgres>("some", _ => { });
        Assert.Equal(isMeasured, builder.Services.Any(service => service.ServiceType == typeof(TracerProvider)));
        Assert.Equal(isMeasured, builder.Services.Any(service => service.ServiceType == typeof(MeterProvider)));
    }

    [Theory]
    [InlineData("false", 1)]
    [InlineData("true", 0)]
    public void There_is_one_health_check_per_context_unless_it_is_disabled(string disabled, int checks)
    {
        var builder = Builder(new() { ["ConnectionStrings:some"] = "Host=a", [$"{Section}:DisableHealthChecks"] = disabled });
        builder.AddNpgsqlDbContext<TestPostgres>("some");
        builder.AddNpgsqlDbContext<TestPostgres>("some");
        using var host = builder.Build();
        var registered = host.Services.GetService<IOptions<HealthCheckServiceOptions>>()?.Value.Registrations ?? [];
        Assert.Equal(checks, registered.Count(check => check.Name == nameof(TestPostgres)));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_MaxRetryCount")]
    private static extern int RetriesOf(ExecutionStrategy strategy);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_MaxRetryDelay")]
    private static extern TimeSpan LongestPauseOf(ExecutionStrategy strategy);

    private static HostApplicationBuilder Builder(Dictionary<string, string?> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings);
        return builder;
    }

    private static void With(Dictionary<string, string?> settings, Action<DbContext> check, Action<HostApplicationBuilder>? add = null)
    {
        var builder = Builder(settings);
        if (add is null) builder.AddNpgsqlDbContext<TestPostgres>("some");
        else add(builder);
        using var host = builder.Build();
        using var scope = host.Services.CreateScope();
        check(scope.ServiceProvider.GetRequiredService<TestPostgres>());
    }
}
