using System.Security.Cryptography;
using Kener.ServiceDefaults.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Kener.ServiceDefaults;

/// <summary>Where a module stores its data.</summary>
public enum DatabaseKind
{
    /// <summary>A PostgreSQL database, named by a connection string.</summary>
    PostgreSQL,
    /// <summary>A file in <see cref="KenerSettings.DataPath"/>.</summary>
    Sqlite,
}

/// <summary>How events are delivered.</summary>
public enum DeliveryKind
{
    /// <summary>Through the broker, between processes.</summary>
    RabbitMQ,
    /// <summary>By method calls, within this process.</summary>
    Mediator,
}

/// <summary>
/// The settings of an installation, in the configuration section <c>Kener</c> (Behavior: RUN-2). Checked at the start; a wrong one stops it with its
/// name.
/// </summary>
public sealed class KenerSettings
{
    /// <summary>The database of the modules in this process.</summary>
    public DatabaseKind Database { get; set; } = DatabaseKind.PostgreSQL;

    /// <summary>The delivery of events in this process.</summary>
    public DeliveryKind Delivery { get; set; } = DeliveryKind.RabbitMQ;

    /// <summary>The folder of the embedded databases.</summary>
    public string DataPath { get; set; } = "./data";

    /// <summary>The public address of Kener: http or https, without a trailing slash.</summary>
    public string SiteUrl { get; set; } = "http://localhost:8080";

    /// <summary>
    /// The API key that is created or reactivated, with every permission, at a start at which no active key can manage keys (Behavior: RUN-4). At
    /// least 32 characters.
    /// </summary>
    public string? BootstrapApiKey { get; set; }

    /// <summary>
    /// The key that agents may present to the gateway, besides API keys with the permission agents.report. At least 32 characters; null: API keys
    /// only.
    /// </summary>
    public string? AgentKey { get; set; }

    /// <summary>Signs the internal tokens. At least 32 characters; the same in all processes.</summary>
    public string? InternalKey { get; set; }

    /// <summary>Days for which results and history are kept unless the monitor or the site says otherwise (Behavior: RET-1): 1 to 3650.</summary>
    public int RetentionDays { get; set; } = 90;

    /// <summary>
    /// Networks (CIDR) or addresses of the reverse proxies in front of Kener, separated by commas: only their X-Forwarded-For is trusted. None by
    /// default, not even loopback.
    /// </summary>
    public string TrustedProxies { get; set; } = "";

    /// <summary>Whether everything runs in one process.</summary>
    public bool IsEmbedded => Delivery == DeliveryKind.Mediator;
}

internal sealed class KenerSettingsRules : IValidateOptions<KenerSettings>
{
    public ValidateOptionsResult Validate(string? name, KenerSettings settings)
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(settings.DataPath)) faults.Add("Kener__DataPath is empty: give a folder");
        if (!Uri.TryCreate(settings.SiteUrl, UriKind.Absolute, out var site) || site.Scheme is not ("http" or "https"))
            faults.Add($"Kener__SiteUrl is '{settings.SiteUrl}': give an absolute http or https address");
        CheckKey("Kener__BootstrapApiKey", settings.BootstrapApiKey, faults);
        CheckKey("Kener__AgentKey", settings.AgentKey, faults);
        if (settings.InternalKey is null or { Length: < 32 })
            faults.Add("Kener__InternalKey is missing or shorter than 32 characters: give all processes the same random text");
        if (settings.RetentionDays is not (>= 1 and <= 3650))
            faults.Add($"Kener__RetentionDays is {settings.RetentionDays}: give a number of days from 1 to 3650");
        foreach (var proxy in TrustedNetworks.Words(settings.TrustedProxies))
            if (TrustedNetworks.Parse(proxy) is null) faults.Add($"Kener__TrustedProxies holds '{proxy}': give networks such as 10.0.0.0/8, or addresses, separated by commas");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void CheckKey(string setting, string? key, List<string> faults)
    {
        if (key is { Length: < 32 }) faults.Add($"{setting} is shorter than 32 characters: give a longer one");
        else if (key?.Any(c => c is <= ' ' or > '~') is true)
            faults.Add($"{setting} contains a space or a non-ASCII character, which no request could carry: give another one");
    }
}

/// <summary>Registration of <see cref="KenerSettings"/>.</summary>
public static class KenerSettingsExtensions
{
    /// <summary>Binds the settings, and validates them at the start.</summary>
    public static IHostApplicationBuilder AddKenerSettings(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<KenerSettings>, KenerSettingsRules>();
        builder.Services.AddOptions<KenerSettings>().Bind(builder.Configuration.GetSection("Kener")).PostConfigure(settings =>
        {
            settings.SiteUrl = settings.SiteUrl.TrimEnd('/');
            // In one process it can be generated: no other process needs it.
            if (settings.IsEmbedded) settings.InternalKey ??= Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        }).ValidateOnStart();
        return builder;
    }

    /// <summary>Reads the settings before the container is built, for decisions during registration.</summary>
    public static KenerSettings ReadKenerSettings(this IConfiguration configuration) =>
        configuration.GetSection("Kener").Get<KenerSettings>() ?? new KenerSettings();
}
