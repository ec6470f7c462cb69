using System.Security.Cryptography;
using Kener.Agent.Checks;
using Kener.Agent.Gateway;
using Kener.Agent.Planning;
using Kener.Agent.Results;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Health;
using Microsoft.Extensions.Options;

namespace Kener.Agent;

/// <summary>
/// The agent as a module: receives its assignment from the gateway, runs the checks, and reports the results. It owns no data and depends only on
/// that gateway: no database, no broker, no internal key of the services.
/// </summary>
public static class AgentModule
{
    /// <summary>Name of the HTTP client to the gateway. A base address that is configured for it takes precedence over the setting.</summary>
    public const string GatewayClientName = "agent-gateway";

    /// <summary>Registers the services of the agent.</summary>
    public static IHostApplicationBuilder AddAgent(this IHostApplicationBuilder builder)
    {
        builder.AddOutbound();
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<AgentSettings>, AgentSettingsRules>();
        services.AddOptions<AgentSettings>().Bind(builder.Configuration.GetSection("Kener:Agent"))
            .PostConfigure<IConfiguration>((settings, configuration) => settings.Complete(configuration)).ValidateOnStart();
        services.AddSingleton<CheckLateness>().AddHealthChecks().AddWatch<CheckLateness>("checks");
        services.AddSingleton<AgentMeter>().AddSingleton<GatewayContact>().AddSingleton<GatewayClient>();
        services.AddSingleton(provider => Variables.Of(provider.GetRequiredService<IOptions<AgentSettings>>().Value.VariableNames));
        services.AddSingleton<CheckTypes>().AddSingleton<Schedule>().AddSingleton<CheckRuns>().AddSingleton<ResultQueue>().AddSingleton<ResultBuffer>().AddSingleton<AssignmentPoller>();
        // Hosted services stop in reverse order: first no more checks start, then the last results are reported.
        services.AddHostedService<Reporter>();
        services.AddHostedService(provider => provider.GetRequiredService<AssignmentPoller>());
        services.AddHostedService<CheckLoop>();
        AddGatewayClient(services);

        if (builder.Configuration.ReadKenerSettings().IsEmbedded) return builder;
        builder.AddServiceCalls();
        services.AddSingleton(provider => new FreeDisk(() => FreeDisk.Of(provider.GetRequiredService<IOptions<AgentSettings>>().Value.BufferPath!)));
        services.AddHealthChecks().AddCheck<AssignmentArrived>("agent-assignment", tags: ["ready"]);
        // The agent serves only health probes, so it does not need the internal key by which services recognize the gateway; any value will do.
        services.PostConfigure<KenerSettings>(settings => settings.InternalKey ??= Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
        return builder;
    }

    private static void AddGatewayClient(IServiceCollection services)
    {
        var client = services.AddHttpClient(GatewayClientName, (provider, client) =>
        {
            client.BaseAddress ??= provider.GetRequiredService<IOptions<AgentSettings>>().Value.Gateway;
            client.Timeout = Timeout.InfiniteTimeSpan;
        });
        // GatewayContact does the logging and Backoff the retries: a long poll that waits is not a failure.
        client.RemoveAllLoggers();
#pragma warning disable EXTEXP0001 // Experimental since version 8, and the only way to remove the default handlers.
        client.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
    }
}
