using Kener.Persistence.Commit;
using Kener.Persistence.Replay;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.Persistence.Delivery;

/// <summary>RabbitMQ setup: one quorum queue per consumer, one dead-letter queue per module.</summary>
internal static class RabbitDelivery
{
    // A message whose consumer's process ends is redelivered this often; then the broker dead-letters it.
    private const int DeliveryLimit = 20;
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    public static IHostApplicationBuilder AddRabbit(this IHostApplicationBuilder builder, ModuleRegistry modules)
    {
        var address = Address(builder.Configuration.GetSection("ConnectionStrings")["messaging"]);
        builder.Services.AddSingleton(new DeclaredQueues(address));
        builder.Services.AddReceiveEndpointObserver(services => services.GetRequiredService<DeclaredQueues>());
        builder.Services.Configure<MassTransitHostOptions>(options => options.StopTimeout = TimeSpan.FromSeconds(5));
        builder.Services.AddMassTransit(bus =>
        {
            // It is on by default, and reports every installation to a vendor.
            bus.DisableUsageTelemetry();
            bus.ConfigureHealthCheckOptions(check =>
            {
                // A process without its broker still serves and stays ready, so the check does not have the tag "ready", which is the default.
                check.Name = "messaging";
                check.Tags.Add("messaging");
            });
            foreach (var consumer in modules.Consumers) bus.AddConsumer(consumer.Type);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(address, host => Configure(host, context, address));
                rabbit.ConnectConsumerConfigurationObserver(new VersionBound(context));
                foreach (var consumer in modules.Consumers)
                    rabbit.ReceiveEndpoint(consumer.Queue, endpoint => Configure(endpoint, context, consumer, modules.Of(consumer)));
                foreach (var module in modules.Consumers.Select(modules.Of).Distinct())
                    rabbit.ReceiveEndpoint(module.DeadLetterQueue, endpoint => ConfigureDeadLetters(endpoint, context, module));
            });
        });
        return builder;
    }

    private static void Configure(IRabbitMqHostConfigurator host, IBusRegistrationContext context, Uri address)
    {
        host.PublisherConfirmation = true;
        host.Heartbeat(TimeSpan.FromSeconds(10));
        host.RequestedConnectionTimeout(TimeSpan.FromSeconds(3));
        var (log, stopping) = (context.GetRequiredService<ILoggerFactory>(), context.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        var broker = new BrokerWait(address, StartPatience, context.GetRequiredService<TimeProvider>(), log.CreateLogger<BrokerWait>());
        host.OnRefreshConnectionFactory = factory => broker.AwaitAsync(factory, stopping);
    }

    private static void Configure(IRabbitMqReceiveEndpointConfigurator endpoint, IBusRegistrationContext context, EventConsumer consumer, Module module)
    {
        endpoint.SetQuorumQueue();
        endpoint.SetQueueArgument("x-delivery-limit", DeliveryLimit);
        // Messages at the limit are moved, not dropped, and stay in their queue until that is done.
        endpoint.SetQueueArgument("x-dead-letter-exchange", "");
        endpoint.SetQueueArgument("x-dead-letter-routing-key", module.DeadLetterQueue);
        endpoint.SetQueueArgument("x-dead-letter-strategy", "at-least-once");
        endpoint.SetQueueArgument("x-overflow", "reject-publish");
        endpoint.PrefetchCount = 32;
        KeepFailures(endpoint, context, module);
        // An outage of the consumer's own database is waited for, for hours if need be; any other failure ends in its dead letters.
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(DatabaseOutage.IsOutage);
            retry.Interval(10_000, TimeSpan.FromSeconds(1));
        });
        endpoint.UseMessageRetry(retry =>
        {
            retry.Ignore<Exception>(DatabaseOutage.IsOutage);
            retry.Exponential(8, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(200));
        });
        endpoint.ConfigureConsumer(context, consumer.Type);
    }

    /// <summary>
    /// Configures the queue of messages that the broker dead-lettered. It has no consumer, so they are stored with the module's other dead letters. A
    /// message whose storing ends the process is dropped at the limit.
    /// </summary>
    private static void ConfigureDeadLetters(IRabbitMqReceiveEndpointConfigurator endpoint, IBusRegistrationContext context, Module module)
    {
        endpoint.SetQuorumQueue();
        endpoint.SetQueueArgument("x-delivery-limit", DeliveryLimit);
        endpoint.PrefetchCount = 8;
        KeepFailures(endpoint, context, module);
    }

    private static void KeepFailures(IRabbitMqReceiveEndpointConfigurator endpoint, IBusRegistrationContext context, Module module)
    {
        var keeps = ActivatorUtilities.CreateInstance(context, typeof(DeadLetterFilter<>).MakeGenericType(module.Database));
        endpoint.ConfigureError(error => error.UseFilter((IFilter<ExceptionReceiveContext>)keeps));
        endpoint.ConfigureDeadLetter(unread => unread.UseFilter((IFilter<ReceiveContext>)keeps));
    }

    private static Uri Address(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "amqp" or "amqps" ? address : throw new InvalidOperationException(
            "ConnectionStrings__messaging is missing or wrong: set it to the address of RabbitMQ, such as amqp://user:password@host");
}
