using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.Persistence;

/// <summary>The bus of a process among others: a quorum queue a consumer, and one a module for what no try could end.</summary>
internal static class RabbitDelivery
{
    // A consumer whose process dies with its message is given it again this often; then the broker sets it aside.
    internal const int DeliveryLimit = 20;
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    public static IHostApplicationBuilder AddRabbit(this IHostApplicationBuilder builder, NotedModules noted)
    {
        var address = Address(builder.Configuration.GetSection("ConnectionStrings")["messaging"]);
        builder.Services.AddSingleton(new OwnQueues(address));
        builder.Services.AddReceiveEndpointObserver(services => services.GetRequiredService<OwnQueues>());
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
            foreach (var consumer in noted.Consumers) bus.AddConsumer(consumer);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(address, host => Configure(host, context, address, [.. noted.Consumers.Select(DeadLettersOf).Distinct()]));
                rabbit.ConnectConsumerConfigurationObserver(new VersionBound(context));
                foreach (var consumer in noted.Consumers)
                    rabbit.ReceiveEndpoint(QueueOf(consumer), endpoint => Configure(endpoint, context, consumer, noted.DatabaseOf(consumer)));
                foreach (var module in noted.Consumers.DistinctBy(consumer => consumer.Assembly))
                    rabbit.ReceiveEndpoint(DeadLettersOf(module), endpoint => Configure(endpoint, context, noted.DatabaseOf(module)));
            });
        });
        return builder;
    }

    private static void Configure(IRabbitMqHostConfigurator host, IBusRegistrationContext context, Uri address, IReadOnlyList<string> deadLetterQueues)
    {
        host.PublisherConfirmation = true;
        host.Heartbeat(TimeSpan.FromSeconds(10));
        host.RequestedConnectionTimeout(TimeSpan.FromSeconds(3));
        var (log, stopping) = (context.GetRequiredService<ILoggerFactory>(), context.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        var broker = new BrokerReturn(address, deadLetterQueues, StartPatience, context.GetRequiredService<TimeProvider>(), log.CreateLogger<BrokerReturn>());
        host.OnRefreshConnectionFactory = factory => broker.AwaitAsync(factory, stopping);
    }

    private static void Configure(IRabbitMqReceiveEndpointConfigurator endpoint, IBusRegistrationContext context, Type consumer, Type database)
    {
        endpoint.SetQuorumQueue();
        endpoint.SetQueueArgument("x-delivery-limit", DeliveryLimit);
        // What reaches the limit is moved, not dropped, and stays in its queue until it has been.
        endpoint.SetQueueArgument("x-dead-letter-exchange", "");
        endpoint.SetQueueArgument("x-dead-letter-routing-key", DeadLettersOf(consumer));
        endpoint.SetQueueArgument("x-dead-letter-strategy", "at-least-once");
        endpoint.SetQueueArgument("x-overflow", "reject-publish");
        endpoint.PrefetchCount = 32;
        KeepFailures(endpoint, context, database);
        // The consumer's own database being away is waited for, hours if need be; any other failure ends in its dead letters.
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
        endpoint.ConfigureConsumer(context, consumer);
    }

    /// <summary>
    /// What the broker set aside goes where the other dead letters are: nobody consumes it. A message whose storing ends the process is dropped
    /// at the limit.
    /// </summary>
    private static void Configure(IRabbitMqReceiveEndpointConfigurator endpoint, IBusRegistrationContext context, Type database)
    {
        endpoint.SetQuorumQueue();
        endpoint.SetQueueArgument("x-delivery-limit", DeliveryLimit);
        endpoint.PrefetchCount = 8;
        KeepFailures(endpoint, context, database);
    }

    private static void KeepFailures(IRabbitMqReceiveEndpointConfigurator endpoint, IBusRegistrationContext context, Type database)
    {
        var keeps = ActivatorUtilities.CreateInstance(context, typeof(FailuresKept<>).MakeGenericType(database));
        endpoint.ConfigureError(error => error.UseFilter((IFilter<ExceptionReceiveContext>)keeps));
        endpoint.ConfigureDeadLetter(unread => unread.UseFilter((IFilter<ReceiveContext>)keeps));
    }

    private static Uri Address(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "amqp" or "amqps" ? address : throw new InvalidOperationException(
            "ConnectionStrings__messaging is missing or wrong: give the address of RabbitMQ, such as amqp://user:password@host");

    /// <summary>"kener-status-incident-changed" for Kener.Status' IncidentChangedConsumer.</summary>
    internal static string QueueOf(Type consumer) => NameOf(consumer, consumer.Name.Replace("Consumer", "", StringComparison.Ordinal));

    /// <summary>"kener-status-dead-letters" for any consumer of Kener.Status.</summary>
    internal static string DeadLettersOf(Type consumer) => NameOf(consumer, "DeadLetters");

    private static string NameOf(Type consumer, string what) => KebabCaseEndpointNameFormatter.Instance.SanitizeName(
        $"{consumer.Assembly.GetName().Name!.Replace(".", "", StringComparison.Ordinal)}{what}");
}
