using Kener.Outbound;
using Kener.Outbound.Addresses;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers outbound requests.</summary>
public static class OutboundModule
{
    /// <summary>
    /// Registers <see cref="OutboundDoor"/> and validates <see cref="OutboundSettings"/> at the start. Can be called more than once.
    /// </summary>
    public static IHostApplicationBuilder AddOutbound(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton(services =>
            new OutboundDoor(services.GetRequiredService<IOptions<OutboundSettings>>(), services.GetRequiredService<TimeProvider>(), services.GetService<NameLookup>()));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OutboundSettings>, OutboundSettingsRules>());
        builder.Services.AddOptions<OutboundSettings>().Bind(builder.Configuration.GetSection("Kener:Outbound")).ValidateOnStart();
        return builder;
    }
}
