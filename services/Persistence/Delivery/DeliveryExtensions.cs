using System.Data.Common;
using Kener.ServiceDefaults;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Kener.Persistence;

/// <summary>Registers the consumers of all modules in this process with the delivery that the hosting has (architecture rule 4).</summary>
public static class DeliveryExtensions
{
    // A consumer that dies with its message is given it again this often; RabbitMQ's own default differs between its versions.
    private const int DeliveryLimit = 100;

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
        if (builder.Configuration.ReadKenerSettings().Delivery == DeliveryKind.Mediator)
        {
            builder.Services.AddMediator(mediator =>
            {
                foreach (var consumer in consumers) mediator.AddConsumer(consumer);
            });
            return builder;
        }
        var address = Address(builder.Configuration.GetSection("ConnectionStrings")["messaging"]);
        builder.Services.Configure<MassTransitHostOptions>(options => options.StopTimeout = TimeSpan.FromSeconds(5));
        builder.Services.AddMassTransit(bus =>
        {
            // On by default, it tells a vendor about every installation.
            bus.DisableUsageTelemetry();
            bus.ConfigureHealthCheckOptions(check =>
            {
                // Without the broker this process still serves: it stays ready, so its tag is not "ready", which it would be by default.
                check.Name = "messaging";
                check.Tags.Add("messaging");
            });
            foreach (var consumer in consumers) bus.AddConsumer(consumer);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(address);
                foreach (var consumer in consumers) rabbit.ReceiveEndpoint(QueueName(consumer), endpoint => Configure(endpoint, context, consumer));
            });
        });
        return builder;
    }

    private static void Configure(IRabbitMqReceiveEndpointConfigurator endpoint, IBusRegistrationContext context, Type consumer)
    {
        endpoint.SetQuorumQueue();
        endpoint.SetQueueArgument("x-delivery-limit", DeliveryLimit);
        endpoint.PrefetchCount = 32;
        // The consumer's own database being away is waited for, hours if need be; any other failure ends in the queue's error queue.
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(IsDatabaseAway);
            retry.Interval(10_000, TimeSpan.FromSeconds(1));
        });
        endpoint.UseMessageRetry(retry =>
        {
            retry.Ignore<Exception>(IsDatabaseAway);
            retry.Exponential(10, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(200));
        });
        endpoint.ConfigureConsumer(context, consumer);
    }

    internal static bool IsDatabaseAway(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause is DbException { IsTransient: true }) return true;
        }
        return false;
    }

    private static Uri Address(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "amqp" or "amqps" ? address : throw new InvalidOperationException(
            "ConnectionStrings__messaging is missing or wrong: give the address of RabbitMQ, such as amqp://user:password@host");

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
