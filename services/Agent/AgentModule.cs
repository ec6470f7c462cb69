using System.Security.Cryptography;
using Kener.Agent.Checks;
using Kener.Agent.Gateway;
using Kener.Agent.Planning;
using Kener.Agent.Results;
using Kener.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Kener.Agent;

/// <summary>
/// The agent as a module: it is told by the gateway what to check, checks it, and reports. It owns nothing and needs nothing but that
/// gateway: no database, no broker, no key of the services.
/// </summary>
public static class AgentModule
{
    /// <summary>The HTTP client to the gateway; an address that is given to it before wins over the setting.</summary>
    public const string GatewayClientName = "agent-gateway";

    /// <summary>Registers all that the agent needs.</summary>
    public static IHostApplicationBuilder AddAgent(this IHostApplicationBuilder builder)
    {
        builder.AddOutbound();
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<AgentSettings>, AgentSettingsRules>();
        services.AddOptions<AgentSettings>().Bind(builder.Configuration.GetSection("Kener:Agent"))
            .PostConfigure<IConfiguration>((settings, configuration) => settings.Complete(configuration)).ValidateOnStart();
        services.AddSingleton<AgentMeter>().AddSingleton<GatewayContact>().AddSingleton<GatewayClient>();
        services.AddSingleton(provider => Variables.Of(provider.GetRequiredService<IOptions<AgentSettings>>().Value.VariableNames));
        services.AddSingleton<CheckTypes>().AddSingleton<Schedule>().AddSingleton<CheckRuns>().AddSingleton<ResultQueue>().AddSingleton<ResultBuffer>().AddSingleton<Assignments>();
        // They stop in the opposite order: no more checks, then the last results.
        services.AddHostedService<Reporter>();
        services.AddHostedService(provider => provider.GetRequiredService<Assignments>());
        services.AddHostedService<CheckLoop>();
        AddGatewayClient(services);

        if (builder.Configuration.ReadKenerSettings().IsEmbedded) return builder;
        builder.AddServiceCalls();
        services.AddHealthChecks().AddCheck<AssignmentArrived>("agent-assignment", tags: ["ready"]);
        // It serves nobody but probes, so it need not know the key by which the services know the gateway.
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
        // It logs by itself, and tries again by itself: a poll that waits is no fault.
        client.RemoveAllLoggers();
#pragma warning disable EXTEXP0001 // The only way to leave out what is there by default; it has been so since version 8.
        client.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
    }
}
