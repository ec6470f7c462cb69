namespace Aspire.Hosting.ApplicationModel;

/// <summary>A PostgreSQL server.</summary>
public class PostgresServerResource(string name, ParameterResource? userName, ParameterResource password)
    : ContainerResource(name), IResourceWithConnectionString
{
    /// <summary>The superuser's name; null for "postgres".</summary>
    public ParameterResource? UserNameParameter => userName;

    /// <summary>The superuser's password.</summary>
    public ParameterResource PasswordParameter => password;

    internal ServerAddress Address { get; } = new();

    internal async ValueTask<string> UserAsync(CancellationToken cancel) =>
        userName is null ? "postgres" : await userName.GetValueAsync(cancel) ?? "postgres";

    /// <inheritdoc/>
    public async ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) => Address.Given
        ?? $"Host={ServerAddress.Host};Port={Address.Port};Username={await UserAsync(cancellationToken)};Password={await password.GetValueAsync(cancellationToken)}";
}

/// <summary>A database of a PostgreSQL server.</summary>
public class PostgresDatabaseResource(string name, string databaseName, PostgresServerResource postgresParentResource)
    : Resource(name), IResourceWithParent, IResourceWithConnectionString
{
    /// <summary>Its name in the server.</summary>
    public string DatabaseName => databaseName;

    /// <summary>The server.</summary>
    public PostgresServerResource Parent => postgresParentResource;

    IResource IResourceWithParent.Parent => Parent;

    /// <summary>The connection string from outside; null where the database is one of the server's.</summary>
    internal string? Given { get; set; }

    /// <summary>The password of the role that owns the database and bears its name; null on a server from outside, whose roles are its operator's.</summary>
    internal ParameterResource? OwnerPassword { get; set; }

    /// <inheritdoc/>
    public async ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default)
    {
        if (Given is not null) return Given;
        if (OwnerPassword is null) return $"{await Parent.GetConnectionStringAsync(cancellationToken)};Database={databaseName}";
        var password = await OwnerPassword.GetValueAsync(cancellationToken);
        return $"Host={ServerAddress.Host};Port={Parent.Address.Port};Username={databaseName};Password={password};Database={databaseName}";
    }
}

/// <summary>A Redis server.</summary>
public class RedisResource(string name, ParameterResource password) : ContainerResource(name), IResourceWithConnectionString
{
    /// <summary>Its password.</summary>
    public ParameterResource PasswordParameter => password;

    internal ServerAddress Address { get; } = new();

    /// <inheritdoc/>
    public async ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
        Address.Given ?? $"{ServerAddress.Host}:{Address.Port},password={await password.GetValueAsync(cancellationToken)}";
}

/// <summary>A RabbitMQ server.</summary>
public class RabbitMQServerResource(string name, ParameterResource? userName, ParameterResource password)
    : ContainerResource(name), IResourceWithConnectionString
{
    /// <summary>The user's name; null for "guest".</summary>
    public ParameterResource? UserNameParameter => userName;

    /// <summary>The user's password.</summary>
    public ParameterResource PasswordParameter => password;

    internal ServerAddress Address { get; } = new();

    internal async ValueTask<string> UserAsync(CancellationToken cancel) =>
        userName is null ? "guest" : await userName.GetValueAsync(cancel) ?? "guest";

    /// <inheritdoc/>
    public async ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default)
    {
        if (Address.Given is { } given) return given;
        var (user, secret) = (await UserAsync(cancellationToken), await password.GetValueAsync(cancellationToken));
        return $"amqp://{Uri.EscapeDataString(user)}:{Uri.EscapeDataString(secret!)}@{ServerAddress.Host}:{Address.Port}";
    }
}

/// <summary>Where a server is: given from outside by its connection string, or started here on a port of the loopback address.</summary>
internal sealed class ServerAddress
{
    public const string Host = "127.0.0.1";

    /// <summary>The connection string from outside; null where the server is started here.</summary>
    public string? Given { get; set; }

    /// <summary>The port to start it on; 0 for a free one, which is chosen when the application is built.</summary>
    public int Port { get; set; }
}
