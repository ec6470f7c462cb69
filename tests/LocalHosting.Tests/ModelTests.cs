using Aspire.Hosting;

namespace Kener.LocalHosting.Tests;

/// <summary>What a model becomes: who is started, after whom, with what environment.</summary>
public sealed class ModelTests
{
    private const string Postgres = "--ConnectionStrings:postgres=Host=db;Username=u;Password=p", Cache = "--ConnectionStrings:cache=redis:6379",
        Messaging = "--ConnectionStrings:messaging=amqp://broker";

    [Fact]
    public async Task A_service_is_told_where_its_database_the_broker_and_the_others_are()
    {
        using var given = new Given(Postgres, Cache, Messaging);
        var postgres = given.Builder.AddPostgres("postgres");
        var cache = given.Builder.AddRedis("cache");
        var messaging = given.Builder.AddRabbitMQ("messaging");
        var one = given.Builder.AddProject<SomeProject>("one").WithHttpEndpoint(port: 18201).WithReference(postgres.AddDatabase("onedb")).WithReference(messaging);
        given.Builder.AddProject<SomeProject>("two").WithHttpEndpoint(port: 18202).WithReference(cache).WithReference(one)
            .WithEnvironment("Plain", "text").WithEnvironment("Address", one.GetEndpoint("http"));
        var units = given.Units();

        var first = await Given.EnvironmentAsync(units.Single(unit => unit.Name == "one"));
        Assert.Equal("Host=db;Username=u;Password=p;Database=onedb", first["ConnectionStrings__onedb"]);
        Assert.Equal("amqp://broker", first["ConnectionStrings__messaging"]);
        Assert.Equal("http://127.0.0.1:18201", first["ASPNETCORE_URLS"]);
        Assert.Equal("one", first["OTEL_SERVICE_NAME"]);
        Assert.DoesNotContain("ConnectionStrings__cache", first.Keys);

        var second = await Given.EnvironmentAsync(units.Single(unit => unit.Name == "two"));
        Assert.Equal("redis:6379", second["ConnectionStrings__cache"]);
        Assert.Equal("http://127.0.0.1:18201", second["services__one__http__0"]);
        Assert.Equal("http://127.0.0.1:18201", second["Address"]);
        Assert.Equal("text", second["Plain"]);
    }

    [Fact]
    public async Task A_server_of_ours_has_a_password_that_stays()
    {
        var (first, second) = ("", "");
        using var given = new Given();
        foreach (var keep in new Action<string>[] { text => first = text, text => second = text })
        {
            var builder = DistributedApplication.CreateBuilder([$"--Kener:DataPath={given.Folder}"]);
            keep((await builder.AddRedis("cache", port: 18203).Resource.GetConnectionStringAsync(TestContext.Current.CancellationToken))!);
        }
        Assert.Matches("^127.0.0.1:18203,password=[A-Za-z0-9]{32}$", first);
        Assert.Equal(first, second);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(given.Folder, "secrets.json")));
    }

    [Fact]
    public async Task A_database_of_a_server_of_ours_is_opened_by_a_role_of_its_own()
    {
        using var given = new Given();
        var postgres = given.Builder.AddPostgres("postgres", port: 18205);
        var strings = new List<string>();
        foreach (var name in new[] { "onedb", "twodb" })
            strings.Add((await postgres.AddDatabase(name).Resource.GetConnectionStringAsync(TestContext.Current.CancellationToken))!);
        Assert.Matches("^Host=127.0.0.1;Port=18205;Username=onedb;Password=[A-Za-z0-9]{32};Database=onedb$", strings[0]);
        Assert.Matches("^Host=127.0.0.1;Port=18205;Username=twodb;Password=[A-Za-z0-9]{32};Database=twodb$", strings[1]);
        Assert.NotEqual(strings[0].Split(';')[3], strings[1].Split(';')[3]);
    }

    [Fact]
    public void An_address_that_is_in_use_or_not_of_this_machine_stops_the_start_in_a_line()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        foreach (var (host, words) in new[] { ("127.0.0.1", "is in use by another process"), ("192.0.2.1", "cannot be listened on") })
        {
            using var given = new Given();
            given.Builder.AddProject<SomeProject>("one").WithEndpoint("http", endpoint => (endpoint.TargetHost, endpoint.Port) = (host, port));
            var message = Assert.Throws<DistributedApplicationException>(given.Units).Message;
            Assert.Contains($"{host}:{port} {words}", message, StringComparison.Ordinal);
            Assert.Contains("Kener__Url", message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Fact]
    public async Task A_secret_is_known_only_to_whom_the_model_gives_it()
    {
        const string secret = "a-secret-of-the-environment-0123456789";
        Environment.SetEnvironmentVariable("Kener__SomeSecret", secret);
        using var given = new Given();
        var parameter = given.Builder.AddParameter("some-secret", secret, secret: true);
        given.Builder.AddProject<SomeProject>("told").WithEnvironment("Kener__SomeSecret", parameter);
        given.Builder.AddProject<SomeProject>("other");
        var units = given.Units();
        Assert.Equal(secret, (await Given.EnvironmentAsync(units[0]))["Kener__SomeSecret"]);
        Assert.DoesNotContain(secret, (await Given.EnvironmentAsync(units[1])).Values);
        Environment.SetEnvironmentVariable("Kener__SomeSecret", null);
    }

    [Fact]
    public async Task Replicas_have_a_port_each_and_who_refers_to_them_knows_all()
    {
        using var given = new Given();
        var many = given.Builder.AddProject<SomeProject>("many").WithHttpEndpoint().WithReplicas(3);
        given.Builder.AddProject<SomeProject>("caller").WithReference(many);
        var units = given.Units();
        Assert.Equal(["many-1", "many-2", "many-3", "caller"], units.Select(unit => unit.Name));
        var caller = await Given.EnvironmentAsync(units[3]);
        var urls = Enumerable.Range(0, 3).Select(i => caller[$"services__many__http__{i}"]).ToList();
        Assert.Equal(3, urls.Distinct().Count());
        Assert.Equal(urls[1], (await Given.EnvironmentAsync(units[1]))["ASPNETCORE_URLS"]);
    }

    [Fact]
    public async Task A_given_port_is_the_first_replica_s()
    {
        using var given = new Given();
        given.Builder.AddProject<SomeProject>("many").WithHttpEndpoint(port: 18204).WithReplicas(2);
        var units = given.Units();
        Assert.Equal("http://127.0.0.1:18204", (await Given.EnvironmentAsync(units[0]))["ASPNETCORE_URLS"]);
        Assert.NotEqual("http://127.0.0.1:18204", (await Given.EnvironmentAsync(units[1]))["ASPNETCORE_URLS"]);
    }

    [Fact]
    public void Who_waits_starts_after_and_who_uses_ends_before()
    {
        using var given = new Given(Postgres, Cache);
        var cache = given.Builder.AddRedis("cache");
        var database = given.Builder.AddPostgres("postgres").AddDatabase("db");
        var service = given.Builder.AddProject<SomeProject>("service").WithReference(database).WaitFor(database).WithReference(cache);
        given.Builder.AddProject<SomeProject>("edge").WithHttpEndpoint().WithReference(service);
        var units = given.Units().ToDictionary(unit => unit.Name);
        Assert.Equal([units["postgres"]], units["service"].After);
        Assert.Equal([units["postgres"], units["cache"]], units["service"].Uses);
        Assert.Equal([units["service"]], units["edge"].Uses);
    }

    [Fact]
    public void A_missing_server_is_named_with_the_way_to_get_it()
    {
        using var given = new Given("--Kener:PostgresBin=/nowhere");
        given.Builder.AddPostgres("postgres").AddDatabase("db");
        var message = Assert.Throws<DistributedApplicationException>(given.Units).Message;
        Assert.Contains("PostgreSQL can not be found", message, StringComparison.Ordinal);
        Assert.Contains("apt-get install --no-install-recommends postgresql", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--ConnectionStrings:postgres=Host=elsewhere")]
    [InlineData("--ConnectionStrings:db=Host=elsewhere;Database=db")]
    public void A_server_that_is_given_is_neither_looked_for_nor_started(string setting)
    {
        using var given = new Given("--Kener:PostgresBin=/nowhere", setting);
        given.Builder.AddPostgres("postgres").AddDatabase("db");
        Assert.Null(Assert.Single(given.Units()).CommandAsync);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("two--hyphens")]
    [InlineData("last-")]
    [InlineData("under_score")]
    public void A_name_is_letters_digits_and_single_hyphens(string name)
    {
        using var given = new Given();
        Assert.Throws<DistributedApplicationException>(() => given.Builder.AddProject<SomeProject>(name));
    }

    [Fact]
    public async Task A_parameter_without_a_value_is_named_with_its_variable()
    {
        using var given = new Given();
        var parameter = given.Builder.AddParameter("mail-password", secret: true);
        var fault = await Assert.ThrowsAsync<DistributedApplicationException>(async () => await parameter.Resource.GetValueAsync(TestContext.Current.CancellationToken));
        Assert.Contains("Parameters__mail_password", fault.Message, StringComparison.Ordinal);
    }
}
