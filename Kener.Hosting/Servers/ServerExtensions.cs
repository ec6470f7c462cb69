using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Kener.Hosting.Running;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Hosting.Servers;

/// <summary>Adds servers: given by a connection string, as a program of this machine, or as a container.</summary>
public static class ServerExtensions
{
    /// <summary>Adds a PostgreSQL server of that name.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddPostgresServer(this IDistributedApplicationBuilder builder, string name)
    {
        var programs = builder.Host().Programs;
        return builder.KindOf(name, programs.Postgres("postgres") is not null && programs.Postgres("initdb") is not null) switch
        {
            ServerKind.Given => builder.AddGivenPostgres(name),
            ServerKind.Native => NativePostgres.Add(builder, name),
            ServerKind.Container => builder.AddPostgres(name).WithDataVolume(),
            _ => builder.AddMissing(name, "PostgreSQL", "postgresql"),
        };
    }

    /// <summary>Adds a Redis server of that name.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddRedisServer(this IDistributedApplicationBuilder builder, string name) =>
        builder.KindOf(name, builder.Host().Programs.Redis() is not null) switch
        {
            ServerKind.Given => builder.AddGiven(name),
            ServerKind.Native => NativeRedis.Add(builder, name),
            ServerKind.Container => builder.AddRedis(name).WithDataVolume(),
            _ => builder.AddMissing(name, "Redis", "redis-server"),
        };

    /// <summary>Adds a RabbitMQ server of that name.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddRabbitMQServer(this IDistributedApplicationBuilder builder, string name)
    {
        var programs = builder.Host().Programs;
        return builder.KindOf(name, programs.RabbitMQ("rabbitmq-server") is not null && programs.RabbitMQ("epmd") is not null) switch
        {
            ServerKind.Given => builder.AddGiven(name),
            ServerKind.Native => NativeRabbitMQ.Add(builder, name),
            ServerKind.Container => builder.AddRabbitMQ(name).WithDataVolume(),
            _ => builder.AddMissing(name, "RabbitMQ", "rabbitmq-server"),
        };
    }

    /// <summary>
    /// Adds a database of the server, created if it is missing. If a connection string of the database's own name is given, adds that one instead.
    /// </summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddDatabase(this IResourceBuilder<IResourceWithConnectionString> server, string name)
    {
        var builder = server.ApplicationBuilder;
        if (builder.IsGiven(name)) return builder.AddGiven(name);
        if (server.Resource is PostgresServerResource container) return PostgresBuilderExtensions.AddDatabase(builder.CreateResourceBuilder(container), name);
        // Aspire copies a parent's state to its children only if the parent is a container, so this one publishes its own.
        var password = server.Resource is NativePostgres ? builder.Host().Folder.Password(builder, $"{name}-password") : null;
        return builder.AddResource(new DatabaseResource(name, server.Resource, password)).OnInitializeResource(async (database, start, cancel) =>
        {
            await start.Notifications.WaitForResourceHealthyAsync(server.Resource.Name, WaitBehavior.WaitOnResourceUnavailable, cancel);
            try
            {
                await PatientHealthCheck.UntilDoneAsync(token => PostgresDatabases.CreateAsync(database, token), cancel);
            }
            catch (Exception fault) when (!cancel.IsCancellationRequested)
            {
                start.Services.GetRequiredService<Terminal>().Stop($"the database '{name}' cannot be created: {fault.Message}");
                return;
            }
            await start.Eventing.PublishAsync(new ConnectionStringAvailableEvent(database, start.Services), cancel);
            await start.Notifications.PublishUpdateAsync(database, known => known with { State = KnownResourceStates.Running });
        });
    }

    /// <summary>
    /// Adds a secret that is the same at each start: <paramref name="given"/>, or else one that is generated once and stored beside the data.
    /// </summary>
    public static IResourceBuilder<ParameterResource> AddKeptSecret(this IDistributedApplicationBuilder builder, string name, string? given)
    {
        if (!string.IsNullOrEmpty(given)) return builder.AddParameter(name, given, secret: true);
        return builder.ExecutionContext.IsPublishMode
            ? builder.AddParameter(name, new GenerateParameterDefault { MinLength = 48, Special = false }, secret: true)
            : builder.Host().Folder.Parameter(builder, name, 48);
    }

    private static IResourceBuilder<IResourceWithConnectionString> AddGiven(this IDistributedApplicationBuilder builder, string name)
    {
        var value = builder.AddParameter($"{name}-connection-string", builder.Configuration.GetConnectionString(name)!, secret: true);
        return builder.AddConnectionString(name, ReferenceExpression.Create($"{value}"));
    }

    private static IResourceBuilder<IResourceWithConnectionString> AddGivenPostgres(this IDistributedApplicationBuilder builder, string name)
    {
        var server = builder.AddGiven(name);
        return server.WithPatientHealthCheck(cancel => PostgresDatabases.ConnectAsync(server.Resource, cancel));
    }

    /// <summary>Adds a placeholder: <see cref="ServerPrograms.RequireAll"/> stops the start before it is used.</summary>
    private static IResourceBuilder<IResourceWithConnectionString> AddMissing(this IDistributedApplicationBuilder builder, string name, string product, string package)
    {
        builder.Host().Programs.Miss(name, product, package);
        return builder.AddConnectionString(name);
    }
}
