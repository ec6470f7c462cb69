var builder = DistributedApplication.CreateBuilder(args);
var url = new Uri(builder.Configuration["Kener:Url"] ?? "http://localhost:8080");
var siteUrl = builder.Configuration["Kener:SiteUrl"] ?? url.GetLeftPart(UriPartial.Authority);

var postgres = builder.AddPostgres("postgres").WithDataVolume();
var cache = builder.AddRedis("cache").WithDataVolume();
var messaging = builder.AddRabbitMQ("messaging").WithDataVolume();

var internalKey = Secret("internal-key", "Kener:InternalKey");

var accounts = AddService<Projects.Kener_Accounts>("accounts", "accountdb").WithReference(cache).WaitFor(cache);
var incidents = AddService<Projects.Kener_Incidents>("incidents", "incidentdb");
var monitors = AddService<Projects.Kener_Monitors>("monitors", "monitordb");
var status = AddService<Projects.Kener_Status>("status", "statusdb").WithReference(cache).WaitFor(cache);

// Where no key exists yet: this one, or one that is made and shown once.
if (builder.Configuration["Kener:BootstrapApiKey"] is { Length: > 0 } key)
    accounts.WithEnvironment("Kener__BootstrapApiKey", builder.AddParameter("bootstrap-api-key", key, secret: true));

builder.AddProject<Projects.Kener_Gateway>("gateway")
    .WithEndpoint("http", endpoint => (endpoint.UriScheme, endpoint.TargetHost, endpoint.Port) = (url.Scheme, url.Host, url.Port))
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/ready")
    .WithEnvironment("Kener__InternalKey", internalKey)
    .WithEnvironment("Kener__SiteUrl", siteUrl)
    .WithReference(cache).WaitFor(cache)
    .WithReference(accounts).WithReference(incidents).WithReference(monitors).WithReference(status);

await builder.Build().RunAsync();

// Each service has a database of its own, and hears of the others' facts through the broker.
IResourceBuilder<ProjectResource> AddService<TProject>(string name, string database) where TProject : IProjectMetadata, new()
{
    var own = postgres.AddDatabase(database);
    return builder.AddProject<TProject>(name)
        .WithHttpEndpoint()
        .WithHttpHealthCheck("/ready")
        .WithEnvironment("Kener__InternalKey", internalKey)
        .WithEnvironment("Kener__SiteUrl", siteUrl)
        .WithReference(own).WaitFor(own)
        .WithReference(messaging).WaitFor(messaging);
}

// The same in every process: from outside, or made up once and kept.
IResourceBuilder<ParameterResource> Secret(string name, string setting) => builder.Configuration[setting] is { Length: > 0 } given
    ? builder.AddParameter(name, given, secret: true)
    : builder.AddParameter(name, new GenerateParameterDefault { MinLength = 48, Special = false }, secret: true, persist: true);
