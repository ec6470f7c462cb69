using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Kener.Hosting.Servers;

namespace Kener.Hosting.Tests;

/// <summary>The app host's model: resources, their environment, what they wait for, and the kinds of servers.</summary>
public sealed class ModelTests
{
    private const string Native = "--Kener:Servers=native";

    [Fact]
    public async Task Each_service_has_its_own_database_and_the_broker()
    {
        await using var model = await Model.CreateAsync(Native);
        Assert.Equal(["accounts", "incidents", "monitors", "status", "gateway", "agent"], model.Names<ProjectResource>());
        foreach (var (service, database) in new[] { ("accounts", "accountdb"), ("incidents", "incidentdb"), ("monitors", "monitordb"), ("status", "statusdb") })
        {
            var environment = await model.EnvironmentAsync(service);
            Assert.Equal([$"ConnectionStrings__{database}"], environment.Keys.Where(key => key.EndsWith("db", StringComparison.Ordinal)));
            Assert.Contains("ConnectionStrings__messaging", environment.Keys);
            Assert.Contains(database, model.WaitsOf(service));
            Assert.DoesNotContain("messaging", model.WaitsOf(service));
            Assert.Equal("1", environment["MALLOC_ARENA_MAX"]);
        }
    }

    [Fact]
    public async Task The_agent_gets_only_the_address_of_the_gateway_and_its_own_key()
    {
        await using var model = await Model.CreateAsync(Native);
        var environment = await model.EnvironmentAsync("agent");
        Assert.Contains("services__gateway__http__0", environment.Keys);
        Assert.Contains("Kener__AgentKey", environment.Keys);
        Assert.DoesNotContain("Kener__InternalKey", environment.Keys);
        Assert.DoesNotContain(environment.Keys, key => key.StartsWith("ConnectionStrings__", StringComparison.Ordinal));
        Assert.Equal(["gateway"], model.WaitsOf("agent"));
    }

    [Fact]
    public async Task A_reference_to_replicas_passes_the_address_of_each()
    {
        await using var model = await Model.CreateAsync(Native, "--Kener:Replicas=2");
        Assert.Contains("incidents-2", model.Names<ProjectResource>());
        var gateway = await model.EnvironmentAsync("gateway");
        foreach (var service in new[] { "accounts", "incidents", "monitors", "status" })
        {
            Assert.Equal($"{{{service}.bindings.http.url}}", gateway[$"services__{service}__http__0"]);
            Assert.Equal($"{{{service}-2.bindings.http.url}}", gateway[$"services__{service}__http__1"]);
            Assert.Equal(service, (await model.EnvironmentAsync($"{service}-2"))["OTEL_SERVICE_NAME"]);
        }
        Assert.Contains("services__gateway__http__1", (await model.EnvironmentAsync("agent")).Keys);
    }

    [Fact]
    public async Task Without_a_dashboard_no_telemetry_is_sent_to_its_address()
    {
        await using var model = await Model.CreateAsync(Native);
        Assert.DoesNotContain("OTEL_EXPORTER_OTLP_ENDPOINT", (await model.EnvironmentAsync("status")).Keys);
    }

    [Fact]
    public async Task Servers_run_as_programs_of_this_machine_if_they_are_installed()
    {
        await using var model = await Model.CreateAsync();
        Assert.Equal(["postgres", "cache", "messaging"], model.Names<NativeServer>());
        Assert.Empty(model.Names<ContainerResource>());
    }

    [Fact]
    public async Task A_given_connection_string_takes_precedence_over_everything()
    {
        await using var model = await Model.CreateAsync(Native, "--ConnectionStrings:postgres=Host=elsewhere", "--ConnectionStrings:cache=elsewhere");
        Assert.Equal(["messaging"], model.Names<NativeServer>());
        Assert.Equal(["postgres", "cache"], model.Names<ConnectionStringResource>());
        Assert.Equal(["accountdb", "incidentdb", "monitordb", "statusdb"], model.Names<DatabaseResource>());
    }

    [Fact]
    public async Task A_database_with_a_given_connection_string_is_not_created()
    {
        await using var model = await Model.CreateAsync(Native, "--ConnectionStrings:statusdb=Host=elsewhere;Database=other");
        Assert.Equal(["accountdb", "incidentdb", "monitordb"], model.Names<DatabaseResource>());
        Assert.Equal(["statusdb"], model.Names<ConnectionStringResource>());
    }

    [Fact]
    public async Task Containers_are_used_if_the_setting_says_so()
    {
        await using var model = await Model.CreateAsync("--Kener:Servers=container");
        Assert.Equal(["postgres", "cache", "messaging"], model.Names<ContainerResource>());
        Assert.Empty(model.Names<NativeServer>());
    }

    [Fact]
    public async Task A_data_folder_keeps_the_kind_of_its_servers()
    {
        var folder = Model.NewFolder();
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "servers.json"), """{"postgres":"container","cache":"container","messaging":"container"}""", TestContext.Current.CancellationToken);
        await using (var model = await Model.CreateAsync($"--Kener:DataPath={folder}"))
            Assert.Equal(["postgres", "cache", "messaging"], model.Names<ContainerResource>());
    }

    [Fact]
    public async Task Secrets_are_stored_beside_the_data()
    {
        var folder = Model.NewFolder();
        var secrets = Path.Combine(folder, "secrets.json");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(secrets, """{"internal-key":"kept-0123456789abcdef0123456789abcdef"}""", TestContext.Current.CancellationToken);
        await using var model = await Model.CreateAsync(Native, $"--Kener:DataPath={folder}");
        Assert.Equal("kept-0123456789abcdef0123456789abcdef", await model.Find<ParameterResource>("internal-key").GetValueAsync(TestContext.Current.CancellationToken));
        Assert.Equal(32, (await model.Find<ParameterResource>("postgres-password").GetValueAsync(TestContext.Current.CancellationToken))!.Length);
        Assert.Contains("postgres-password", await File.ReadAllTextAsync(secrets, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(secrets));
    }

    [Theory]
    [InlineData("2026-11-30T00:07:42.2050000Z warn: Kener.X[0] It is late", "warn: Kener.X[0] It is late")]
    [InlineData("2026-11-30T00:07:42.2050000Z Waiting for resource 'postgres' to become healthy.", null)]
    [InlineData("2026-11-30T00:07:42.2050000Z [sys] Starting process...: Cmd = dotnet", null)]
    [InlineData("plain words", "plain words")]
    public void The_orchestrator_s_own_lines_are_left_out(string line, string? text) => Assert.Equal(text, Running.StartupReport.TextOf(line));
}
