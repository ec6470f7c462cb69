using Kener.Persistence.Replay;
using Kener.ServiceDefaults;
using MassTransit;
using Microsoft.Extensions.Hosting;

namespace Kener.Persistence.Delivery;

/// <summary>Registers the consumers of all modules in this process with the delivery of the hosting (Behavior: ARC-10).</summary>
public static class DeliveryExtensions
{
    /// <summary>
    /// Registers a consumer; <see cref="AddDelivery"/> connects it. <paramref name="queue"/> is its queue at RabbitMQ and never changes, even if the
    /// class is renamed: messages wait in it while no process runs. Embedded, the consumers of an event receive it one after the other; those with
    /// <paramref name="isFirst"/> before all others.
    /// </summary>
    public static IHostApplicationBuilder AddEventConsumer<TConsumer>(this IHostApplicationBuilder builder, string queue, bool isFirst = false)
        where TConsumer : class, IConsumer
    {
        builder.Modules().Add(new EventConsumer(typeof(TConsumer), queue, isFirst));
        return builder;
    }

    /// <summary>
    /// Connects the consumers of all modules to RabbitMQ (connection string "messaging") or to the mediator. Call once, after all modules are added.
    /// </summary>
    public static IHostApplicationBuilder AddDelivery(this IHostApplicationBuilder builder)
    {
        var modules = builder.Modules();
        if (builder.Configuration.ReadKenerSettings().Delivery == DeliveryKind.RabbitMQ) return builder.AddRabbit(modules);
        builder.Services.AddMediator(mediator =>
        {
            foreach (var consumer in modules.Consumers.OrderByDescending(consumer => consumer.IsFirst)) mediator.AddConsumer(consumer.Type);
            mediator.ConfigureMediator((context, endpoint) =>
            {
                endpoint.ConnectConsumerConfigurationObserver(new SuppressCancelled());
                endpoint.ConnectConsumerConfigurationObserver(new VersionBound(context));
            });
        });
        return builder;
    }

    /// <summary>Returns the modules registered so far.</summary>
    internal static ModuleRegistry Modules(this IHostApplicationBuilder builder)
    {
        if (builder.Properties.TryGetValue(typeof(ModuleRegistry), out var known)) return (ModuleRegistry)known;
        var made = new ModuleRegistry();
        builder.Properties[typeof(ModuleRegistry)] = made;
        return made;
    }
}
