using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Kener.LocalHosting;

/// <summary>From the model to what is run: finds the servers' programs, chooses the ports.</summary>
internal sealed class Plan(IReadOnlyList<IResource> resources, DataFolder folder, Terminal terminal, IConfiguration configuration)
{
    private readonly FreePorts _ports = new();
    private readonly Dictionary<IResource, IReadOnlyList<Unit>> _units = [];

    /// <summary>The units, each after those that it waits for or uses.</summary>
    public IReadOnlyList<Unit> Make()
    {
        var servers = new ServerPrograms(configuration, folder);
        servers.Require(resources.Where(IsStartedHere));
        AllocatePorts();
        var services = new ServicePlan(terminal, resources);
        foreach (var resource in resources)
        {
            IReadOnlyList<Unit>? units = resource switch
            {
                PostgresServerResource postgres => [new PostgresPlan(postgres, DatabasesOf(postgres), servers, folder).Make()],
                RedisResource redis => [new RedisPlan(redis, servers, folder).Make()],
                RabbitMQServerResource rabbit => new RabbitMqPlan(rabbit, servers, folder, _ports).Make(),
                ProjectResource project => services.Make(project),
                _ => null,
            };
            if (units is null) continue;
            _units[resource] = units;
            foreach (var unit in units)
            {
                unit.After = [.. unit.After, .. UnitsOf(resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.For))];
                unit.Uses = [.. unit.Uses, .. UnitsOf(resource.Annotations.OfType<UseAnnotation>().Select(use => use.Of))];
            }
        }
        return [.. _units.Values.SelectMany(units => units)];
    }

    /// <summary>A server that is given from outside, or all of whose databases are, is not started.</summary>
    internal bool IsStartedHere(IResource resource) => resource switch
    {
        PostgresServerResource postgres => postgres.Address.Given is null && (DatabasesOf(postgres) is { Count: 0 } || DatabasesOf(postgres).Any(database => database.Given is null)),
        RedisResource redis => redis.Address.Given is null,
        RabbitMQServerResource rabbit => rabbit.Address.Given is null,
        _ => false,
    };

    private List<PostgresDatabaseResource> DatabasesOf(PostgresServerResource postgres) =>
        [.. resources.OfType<PostgresDatabaseResource>().Where(database => database.Parent == postgres)];

    private IEnumerable<Unit> UnitsOf(IEnumerable<IResource> others) => others
        .Select(other => other is IResourceWithParent child ? child.Parent : other)
        .SelectMany(other => _units.GetValueOrDefault(other) ?? []).Distinct();

    private void AllocatePorts()
    {
        foreach (var resource in resources)
        {
            if (resource is PostgresServerResource { Address: { Given: null, Port: 0 } postgres }) postgres.Port = _ports.Next();
            if (resource is RedisResource { Address: { Given: null, Port: 0 } redis }) redis.Port = _ports.Next();
            if (resource is RabbitMQServerResource { Address: { Given: null, Port: 0 } rabbit }) rabbit.Port = _ports.Next();
            var replicas = resource.Annotations.OfType<ReplicaAnnotation>().LastOrDefault()?.Count ?? 1;
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
            {
                if (endpoint.Port is { } given) FreePorts.Require(endpoint.TargetHost, given);
                // A given port can be one replica's only.
                endpoint.Urls = [.. Enumerable.Range(0, replicas).Select(i => $"{endpoint.UriScheme}://{endpoint.TargetHost}:{(i == 0 ? endpoint.Port : null) ?? _ports.Next()}")];
            }
        }
    }
}
