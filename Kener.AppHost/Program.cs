using Kener.AppHost;
using Kener.Hosting;
using Kener.Hosting.Running;
using Kener.Hosting.Servers;
using Kener.Hosting.Services;

return await KenerHost.RunAsync(args, builder =>
{
    var settings = AppSettings.From(builder);
    if (builder.ExecutionContext.IsRunMode) PublicAddress.Require(settings.Url, "Kener__Url");

    var postgres = builder.AddPostgresServer("postgres");
    var cache = builder.AddRedisServer("cache");
    var messaging = builder.AddRabbitMQServer("messaging");

    var internalKey = builder.AddKeptSecret("internal-key", builder.Configuration["Kener:InternalKey"]);
    var agentKey = builder.AddKeptSecret("agent-key", builder.Configuration["Kener:AgentKey"]);

    var accounts = AddService<Projects.Kener_Accounts>("accounts", "accountdb").Each(one => one.WithEnvironment("Kener__DataPath", settings.DataPath).WithReference(cache).WaitFor(cache));
    var incidents = AddService<Projects.Kener_Incidents>("incidents", "incidentdb");
    var monitors = AddService<Projects.Kener_Monitors>("monitors", "monitordb");
    var status = AddService<Projects.Kener_Status>("status", "statusdb").Each(one => one.WithReference(cache).WaitFor(cache));

    // Used if no active key can manage keys (Behavior: RUN-4).
    if (builder.Configuration["Kener:BootstrapApiKey"] is { Length: > 0 } key)
    {
        var bootstrap = builder.AddParameter("bootstrap-api-key", key, secret: true);
        accounts.Each(one => one.WithEnvironment("Kener__BootstrapApiKey", bootstrap));
    }

    var gateway = Add<Projects.Kener_Gateway>("gateway", settings.Replicas).Each(one => one
        .WithEnvironment("Kener__InternalKey", internalKey)
        .WithEnvironment("Kener__AgentKey", agentKey)
        .WithReference(cache).WaitFor(cache)
        .WithReference(accounts).WithReference(incidents).WithReference(monitors).WithReference(status));
    // The first replica has the public address, without a proxy in front of it.
    gateway.All[0].WithExternalHttpEndpoints()
        .WithEndpoint("http", endpoint => (endpoint.UriScheme, endpoint.TargetHost, endpoint.Port) = (settings.Url.Scheme, settings.Url.Host, settings.Url.Port));

    // A client like any other: it has the gateway's address and a key, and must not have the key by which services trust the gateway.
    Add<Projects.Kener_Agent>("agent", 1).Each(one => one
        .WithEnvironment("Kener__AgentKey", agentKey)
        .WithEnvironment("Kener__Agent__BufferPath", Path.Combine(settings.DataPath, "agent"))
        .WithReference(gateway).WaitFor(gateway));

    Replicas Add<TProject>(string name, int replicas) where TProject : IProjectMetadata, new() => builder.AddReplicas<TProject>(name, replicas)
        .Each(one => one.AsBuilt().WithReadiness("/ready").WithRestarts().WithEnvironment("Kener__SiteUrl", settings.SiteUrl));

    // Each service has its own database. It receives the events of the others through the broker, for which it need not wait.
    Replicas AddService<TProject>(string name, string database) where TProject : IProjectMetadata, new()
    {
        var own = postgres.AddDatabase(database);
        return Add<TProject>(name, settings.Replicas)
            .Each(one => one.WithEnvironment("Kener__InternalKey", internalKey).WithReference(own).WaitFor(own).WithReference(messaging));
    }
});
