using System.Buffers;
using Kener.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Kener.Agent;

/// <summary>Settings of an agent, below <c>Kener:Agent</c>; its key may also be set as <c>Kener:AgentKey</c>.</summary>
public sealed class AgentSettings
{
    /// <summary>The gateway's address. Default: the gateway found by service discovery, else <c>Kener__SiteUrl</c>.</summary>
    public string? Url { get; set; }

    /// <summary>The agent's name, unique among agents. Default: the machine's name.</summary>
    public string? Name { get; set; }

    /// <summary>An API key with the permission agents.report, at least 32 characters.</summary>
    public string? Key { get; set; }

    /// <summary>Folder for results that are not reported yet. Default: <c>agent</c> below <c>Kener__DataPath</c>.</summary>
    public string? BufferPath { get; set; }

    /// <summary>Maximum size of that folder in MiB. Beyond it, the oldest results are dropped.</summary>
    public int BufferMiB { get; set; } = 256;

    /// <summary>Comma-separated names of the environment variables that <c>$NAME</c> in a monitor may refer to. Default: none.</summary>
    public string? Variables { get; set; }

    /// <summary>Maximum number of concurrent checks.</summary>
    public int Concurrency { get; set; } = 1_000;

    internal Uri Gateway => new(Url!);

    internal IReadOnlyList<string> VariableNames => (Variables ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    internal void Complete(IConfiguration configuration)
    {
        // Read without validation: the rules of KenerSettings report what is wrong with its values.
        var kener = configuration.ReadKenerSettings();
        Key ??= configuration["Kener:AgentKey"];
        Url ??= configuration.GetSection("services:gateway").Exists() ? "http://gateway" : kener.SiteUrl;
        BufferPath ??= Path.Combine(kener.DataPath, "agent");
        Name ??= new string([.. Environment.MachineName.Take(100).Select(c => AgentSettingsRules.NameCharacters.Contains(c) ? c : '-')]);
    }
}

internal sealed class AgentSettingsRules : IValidateOptions<AgentSettings>
{
    public static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    public ValidateOptionsResult Validate(string? name, AgentSettings settings)
    {
        List<string> faults = [];
        if (!Uri.TryCreate(settings.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            faults.Add($"Kener__Agent__Url is '{settings.Url}': give the gateway's http or https address");
        if (settings.Key is null or { Length: < 32 } || settings.Key.Any(c => c is <= ' ' or > '~'))
            faults.Add("Kener__AgentKey is missing, or is not 32 or more ASCII characters without spaces: give an API key with the permission agents.report");
        if (settings.Name is not { Length: >= 1 and <= 100 } || settings.Name.AsSpan().ContainsAnyExcept(NameCharacters))
            faults.Add($"Kener__Agent__Name is '{settings.Name}': give 1 to 100 letters, digits, '-', '_' and '.'");
        if (string.IsNullOrWhiteSpace(settings.BufferPath)) faults.Add("Kener__Agent__BufferPath is empty: give a folder");
        if (settings.BufferMiB is < 1 or > 1_048_576) faults.Add($"Kener__Agent__BufferMiB is {settings.BufferMiB}: give a number from 1 to 1048576");
        if (settings.Concurrency is < 1 or > 100_000) faults.Add($"Kener__Agent__Concurrency is {settings.Concurrency}: give a number from 1 to 100000");
        faults.AddRange(settings.VariableNames.Where(variable => variable.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '_'))
            .Select(variable => $"Kener__Agent__Variables holds '{variable}': give names of letters, digits and '_', separated by commas"));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
