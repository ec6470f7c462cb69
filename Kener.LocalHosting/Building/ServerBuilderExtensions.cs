using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>PostgreSQL as a part.</summary>
public static class PostgresBuilderExtensions
{
    /// <summary>A server; started here unless <c>ConnectionStrings:{name}</c> says where it is.</summary>
    public static IResourceBuilder<PostgresServerResource> AddPostgres(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource>? userName = null,
        IResourceBuilder<ParameterResource>? password = null, int? port = null)
    {
        var server = builder.AddResource(new PostgresServerResource(name, userName?.Resource, password?.Resource ?? builder.Password(name)));
        (server.Resource.Address.Given, server.Resource.Address.Port) = (builder.Configuration[$"ConnectionStrings:{name}"], port ?? 0);
        return server;
    }

    /// <summary>A database of the server, which is made where it is missing; or another one, if <c>ConnectionStrings:{name}</c> says so.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(this IResourceBuilder<PostgresServerResource> builder, string name, string? databaseName = null)
    {
        var database = builder.ApplicationBuilder.AddResource(new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource));
        database.Resource.Given = builder.ApplicationBuilder.Configuration[$"ConnectionStrings:{name}"];
        if (builder.Resource.Address.Given is null && database.Resource.Given is null) database.Resource.OwnerPassword = builder.ApplicationBuilder.Password(name);
        return database;
    }

    /// <summary>Keeps the data between runs, which here it does anyway.</summary>
    public static IResourceBuilder<PostgresServerResource> WithDataVolume(this IResourceBuilder<PostgresServerResource> builder, string? name = null, bool isReadOnly = false) => builder;
}

/// <summary>Redis as a part.</summary>
public static class RedisBuilderExtensions
{
    /// <summary>A server; started here unless <c>ConnectionStrings:{name}</c> says where it is.</summary>
    public static IResourceBuilder<RedisResource> AddRedis(
        this IDistributedApplicationBuilder builder, string name, int? port = null, IResourceBuilder<ParameterResource>? password = null)
    {
        var server = builder.AddResource(new RedisResource(name, password?.Resource ?? builder.Password(name)));
        (server.Resource.Address.Given, server.Resource.Address.Port) = (builder.Configuration[$"ConnectionStrings:{name}"], port ?? 0);
        return server;
    }

    /// <summary>Keeps the data between runs, which here it does anyway.</summary>
    public static IResourceBuilder<RedisResource> WithDataVolume(this IResourceBuilder<RedisResource> builder, string? name = null, bool isReadOnly = false) => builder;
}

/// <summary>RabbitMQ as a part.</summary>
public static class RabbitMQBuilderExtensions
{
    /// <summary>A server; started here unless <c>ConnectionStrings:{name}</c> says where it is.</summary>
    public static IResourceBuilder<RabbitMQServerResource> AddRabbitMQ(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource>? userName = null,
        IResourceBuilder<ParameterResource>? password = null, int? port = null)
    {
        var server = builder.AddResource(new RabbitMQServerResource(name, userName?.Resource, password?.Resource ?? builder.Password(name)));
        (server.Resource.Address.Given, server.Resource.Address.Port) = (builder.Configuration[$"ConnectionStrings:{name}"], port ?? 0);
        return server;
    }

    /// <summary>Keeps the data between runs, which here it does anyway.</summary>
    public static IResourceBuilder<RabbitMQServerResource> WithDataVolume(this IResourceBuilder<RabbitMQServerResource> builder, string? name = null, bool isReadOnly = false) => builder;
}
