using Kener.ServiceDefaults;
using MassTransit;
using Microsoft.Extensions.Hosting;

namespace Kener.Persistence;

/// <summary>Registers the consumers of all modules in this process with the delivery that the hosting has (architecture rule 4).</summary>
public static class DeliveryExtensions
{
    /// <summary>Notes a consumer; <see cref="AddDelivery"/> connects it.</summary>
    public static IHostApplicationBuilder AddEventConsumer<TConsumer>(this IHostApplicationBuilder builder) where TConsumer : class, IConsumer
    {
        builder.Noted().Consumers.Add(typeof(TConsumer));
        return builder;
    }

    /// <summary>Call once, after all modules: connects their consumers to RabbitMQ (connection string "messaging") or to the mediator.</summary>
    public static IHostApplicationBuilder AddDelivery(this IHostApplicationBuilder builder)
    {
        var noted = builder.Noted();
        if (builder.Configuration.ReadKenerSettings().Delivery == DeliveryKind.RabbitMQ) return builder.AddRabbit(noted);
        builder.Services.AddMediator(mediator =>
        {
            foreach (var consumer in noted.Consumers) mediator.AddConsumer(consumer);
            mediator.ConfigureMediator((context, endpoint) =>
            {
                endpoint.ConnectConsumerConfigurationObserver(new BrokenOff());
                endpoint.ConnectConsumerConfigurationObserver(new VersionBound(context));
            });
        });
        return builder;
    }

    /// <summary>What the modules of this process have said so far.</summary>
    internal static NotedModules Noted(this IHostApplicationBuilder builder)
    {
        if (builder.Properties.TryGetValue(typeof(NotedModules), out var known)) return (NotedModules)known;
        var made = new NotedModules();
        builder.Properties[typeof(NotedModules)] = made;
        return made;
    }
}

/// <summary>The consumers of this process, and the databases of the modules that they belong to: one to an assembly.</summary>
internal sealed class NotedModules
{
    public List<Type> Consumers { get; } = [];

    public List<Type> Databases { get; } = [];

    /// <summary>The names of the events that the consumers of that database's module take in.</summary>
    public IReadOnlyList<string> EventsOf(Type database) =>
    [
        .. Consumers.Where(consumer => consumer.Assembly == database.Assembly).SelectMany(consumer => consumer.GetInterfaces())
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IConsumer<>)).Select(type => type.GenericTypeArguments[0].Name),
    ];

    /// <summary>The database of the consumer's own module.</summary>
    public Type DatabaseOf(Type consumer) => Databases.Find(database => database.Assembly == consumer.Assembly)
        ?? throw new InvalidOperationException($"{consumer} belongs to no module: call AddModuleDb in its assembly");
}
