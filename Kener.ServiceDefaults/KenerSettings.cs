using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Kener.ServiceDefaults;

/// <summary>Where a module keeps its data.</summary>
public enum DatabaseKind
{
    /// <summary>A PostgreSQL database, by connection string.</summary>
    PostgreSQL,
    /// <summary>A file in <see cref="KenerSettings.DataPath"/>.</summary>
    Sqlite,
}

/// <summary>How events travel.</summary>
public enum DeliveryKind
{
    /// <summary>Through the broker, between processes.</summary>
    RabbitMQ,
    /// <summary>By call, within this process.</summary>
    Mediator,
}

/// <summary>What an installation sets, below <c>Kener:</c> (Behavior: RUN-2). Checked at the start; a wrong one stops it, named.</summary>
public sealed class KenerSettings
{
    /// <summary>Database of the modules in this process.</summary>
    public DatabaseKind Database { get; set; } = DatabaseKind.PostgreSQL;

    /// <summary>Delivery of events in this process.</summary>
    public DeliveryKind Delivery { get; set; } = DeliveryKind.RabbitMQ;

    /// <summary>Folder of the embedded databases.</summary>
    public string DataPath { get; set; } = "./data";

    /// <summary>The address under which the world reaches Kener, http or https, without a trailing slash.</summary>
    public string SiteUrl { get; set; } = "http://localhost:8080";

    /// <summary>Where no API key exists, this one is made at the start, with every permission. At least 32 characters.</summary>
    public string? BootstrapApiKey { get; set; }

    /// <summary>What agents present to the gateway, besides API keys with the permission agents.report. At least 32 characters; null: only those.</summary>
    public string? AgentKey { get; set; }

    /// <summary>Signs the internal tokens. At least 32 characters; the same in all processes.</summary>
    public string? InternalKey { get; set; }

    /// <summary>For how many days results and history are kept, where a monitor says nothing else: 1 to 3650.</summary>
    public int RetentionDays { get; set; } = 90;

    /// <summary>
    /// Networks (CIDR) or addresses of the reverse proxies in front, by comma: only their X-Forwarded-For is believed. None by default, not
    /// even loopback.
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
            if (TrustedNetworks.Parse(proxy) is null) faults.Add($"Kener__TrustedProxies holds '{proxy}': give networks such as 10.0.0.0/8, or addresses, by comma");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void CheckKey(string setting, string? key, List<string> faults)
    {
        if (key is { Length: < 32 }) faults.Add($"{setting} is shorter than 32 characters: give a longer one");
        else if (key?.Any(c => c is <= ' ' or > '~') is true)
            faults.Add($"{setting} holds a blank or a character that is not ASCII: no request could carry it");
    }
}

/// <summary>Registration of <see cref="KenerSettings"/>.</summary>
public static class KenerSettingsExtensions
{
    /// <summary>Binds and checks the settings at the start.</summary>
    public static IHostApplicationBuilder AddKenerSettings(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<KenerSettings>, KenerSettingsRules>();
        builder.Services.AddOptions<KenerSettings>().Bind(builder.Configuration.GetSection("Kener")).PostConfigure(settings =>
        {
            settings.SiteUrl = settings.SiteUrl.TrimEnd('/');
            // In one process nobody else has to know it.
            if (settings.IsEmbedded) settings.InternalKey ??= Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        }).ValidateOnStart();
        return builder;
    }

    /// <summary>The settings before the container is built, for choices of registration.</summary>
    public static KenerSettings ReadKenerSettings(this IConfiguration configuration) =>
        configuration.GetSection("Kener").Get<KenerSettings>() ?? new KenerSettings();
}
