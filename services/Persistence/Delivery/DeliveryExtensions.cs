using Kener.ServiceDefaults;
using MassTransit;
using Microsoft.Extensions.Hosting;

namespace Kener.Persistence;

/// <summary>Registers the consumers of all modules in this process with the delivery that the hosting has (architecture rule 4).</summary>
public static class DeliveryExtensions
{
    private sealed record Consumers(List<Type> Types);

    /// <summary>Notes a consumer; <see cref="AddDelivery"/> connects it.</summary>
    public static IHostApplicationBuilder AddEventConsumer<TConsumer>(this IHostApplicationBuilder builder) where TConsumer : class, IConsumer
    {
        Noted(builder).Types.Add(typeof(TConsumer));
        return builder;
    }

    /// <summary>Call once, after all modules: connects their consumers to RabbitMQ (connection string "messaging") or to the mediator.</summary>
    public static IHostApplicationBuilder AddDelivery(this IHostApplicationBuilder builder)
    {
        var consumers = Noted(builder).Types;
        var settings = builder.Configuration.ReadKenerSettings();
        if (settings.Delivery == DeliveryKind.Mediator)
        {
            builder.Services.AddMediator(mediator =>
            {
                foreach (var consumer in consumers) mediator.AddConsumer(consumer);
            });
            return builder;
        }
        var address = builder.Configuration.GetSection("ConnectionStrings")["messaging"]
            ?? throw new InvalidOperationException("ConnectionStrings__messaging is missing: give the address of RabbitMQ, such as amqp://user:password@host");
        builder.Services.AddMassTransit(bus =>
        {
            foreach (var consumer in consumers) bus.AddConsumer(consumer);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(new Uri(address));
                foreach (var consumer in consumers) rabbit.ReceiveEndpoint(QueueName(consumer), endpoint =>
                {
                    endpoint.SetQuorumQueue();
                    endpoint.PrefetchCount = 32;
                    endpoint.UseMessageRetry(retry => retry.Exponential(10, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(200)));
                    endpoint.ConfigureConsumer(context, consumer);
                });
            });
        });
        return builder;
    }

    /// <summary>"kener-status-incident-changed" for Kener.Status' IncidentChangedConsumer.</summary>
    internal static string QueueName(Type consumer) => KebabCaseEndpointNameFormatter.Instance.SanitizeName(
        $"{consumer.Assembly.GetName().Name!.Replace(".", "", StringComparison.Ordinal)}{consumer.Name.Replace("Consumer", "", StringComparison.Ordinal)}");

    private static Consumers Noted(IHostApplicationBuilder builder)
    {
        if (builder.Properties.TryGetValue(typeof(Consumers), out var known)) return (Consumers)known;
        var made = new Consumers([]);
        builder.Properties[typeof(Consumers)] = made;
        return made;
    }
}
