var builder = DistributedApplication.CreateBuilder(args);
if (!int.TryParse(builder.Configuration["Kener:Replicas"] ?? "1", out var replicas) || replicas is < 1 or > 9
    || !Uri.TryCreate(builder.Configuration["Kener:Url"] ?? "http://localhost:8080", UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
{
    await Console.Error.WriteLineAsync("Kener can not start: Kener__Url is to be an address such as http://localhost:8080, Kener__Replicas a number from 1 to 9");
    return 1;
}
var siteUrl = builder.Configuration["Kener:SiteUrl"] ?? url.GetLeftPart(UriPartial.Authority);
var folder = Path.GetFullPath(builder.Configuration["Kener:DataPath"] ?? "./.kener/data");

var postgres = builder.AddPostgres("postgres").WithDataVolume();
var cache = builder.AddRedis("cache").WithDataVolume();
var messaging = builder.AddRabbitMQ("messaging").WithDataVolume();

var internalKey = Secret("internal-key", "Kener:InternalKey");
var agentKey = Secret("agent-key", "Kener:AgentKey");

var accounts = AddService<Projects.Kener_Accounts>("accounts", "accountdb").WithEnvironment("Kener__DataPath", folder).WithReference(cache).WaitFor(cache);
var incidents = AddService<Projects.Kener_Incidents>("incidents", "incidentdb");
var monitors = AddService<Projects.Kener_Monitors>("monitors", "monitordb");
var status = AddService<Projects.Kener_Status>("status", "statusdb").WithReference(cache).WaitFor(cache);

// Where no active key can manage keys: this one.
if (builder.Configuration["Kener:BootstrapApiKey"] is { Length: > 0 } key)
    accounts.WithEnvironment("Kener__BootstrapApiKey", builder.AddParameter("bootstrap-api-key", key, secret: true));

var gateway = AddProject<Projects.Kener_Gateway>("gateway")
    .WithEnvironment("Kener__InternalKey", internalKey)
    .WithEndpoint("http", endpoint => (endpoint.UriScheme, endpoint.TargetHost, endpoint.Port) = (url.Scheme, url.Host, url.Port))
    .WithExternalHttpEndpoints()
    .WithReplicas(replicas)
    .WithEnvironment("Kener__AgentKey", agentKey)
    .WithReference(cache).WaitFor(cache)
    .WithReference(accounts).WithReference(incidents).WithReference(monitors).WithReference(status);

// A client like any other: it knows the gateway's address and a key, and must not hold the key by which services trust the gateway.
AddProject<Projects.Kener_Agent>("agent")
    .WithEnvironment("Kener__AgentKey", agentKey)
    .WithEnvironment("Kener__Agent__BufferPath", Path.Combine(folder, "agent"))
    .WithReference(gateway).WaitFor(gateway);

await builder.Build().RunAsync();
return Environment.ExitCode;

IResourceBuilder<ProjectResource> AddProject<TProject>(string name) where TProject : IProjectMetadata, new() => builder.AddProject<TProject>(name)
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/ready")
    .WithEnvironment("Kener__SiteUrl", siteUrl);

// Each service has a database of its own, and hears of the others' facts through the broker, for which it need not wait.
IResourceBuilder<ProjectResource> AddService<TProject>(string name, string database) where TProject : IProjectMetadata, new()
{
    var own = postgres.AddDatabase(database);
    return AddProject<TProject>(name).WithEnvironment("Kener__InternalKey", internalKey).WithReplicas(replicas).WithReference(own).WaitFor(own).WithReference(messaging);
}

// The same wherever it is known: from outside, or made up once and kept.
IResourceBuilder<ParameterResource> Secret(string name, string setting) => builder.Configuration[setting] is { Length: > 0 } given
    ? builder.AddParameter(name, given, secret: true)
    : builder.AddParameter(name, new GenerateParameterDefault { MinLength = 48, Special = false }, secret: true, persist: true);
