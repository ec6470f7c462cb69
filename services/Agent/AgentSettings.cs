using System.Buffers;
using Kener.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Kener.Agent;

/// <summary>What an agent is told at its start, below <c>Kener:Agent</c>; its key is <c>Kener:AgentKey</c>.</summary>
public sealed class AgentSettings
{
    /// <summary>The gateway's address. Without it: the gateway that service discovery knows, or else <c>Kener__SiteUrl</c>.</summary>
    public string? Url { get; set; }

    /// <summary>Its own name, another one for each agent. Default: the machine's.</summary>
    public string? Name { get; set; }

    /// <summary>API key with the permission agents.report, of 32 characters or more.</summary>
    public string? Key { get; set; }

    /// <summary>Folder of the results that are not yet reported. Default: <c>agent</c> below <c>Kener__DataPath</c>.</summary>
    public string? BufferPath { get; set; }

    /// <summary>So many MiB of results are kept while the gateway is away; then the oldest go.</summary>
    public int BufferMiB { get; set; } = 256;

    /// <summary>Names, with commas between, of the environment variables that <c>$NAME</c> in a monitor may stand for. Default: none.</summary>
    public string? Variables { get; set; }

    /// <summary>So many checks may be under way at once.</summary>
    public int Concurrency { get; set; } = 1_000;

    internal Uri Gateway => new(Url!);

    internal IReadOnlyList<string> VariableNames => (Variables ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    internal void Complete(IConfiguration configuration)
    {
        // As it is written, right or wrong: what is wrong with it is said by its own rules.
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
            faults.Add("Kener__AgentKey is missing, or is not 32 or more ASCII characters without blanks: give an API key with the permission agents.report");
        if (settings.Name is not { Length: >= 1 and <= 100 } || settings.Name.AsSpan().ContainsAnyExcept(NameCharacters))
            faults.Add($"Kener__Agent__Name is '{settings.Name}': give 1 to 100 letters, digits, '-', '_' and '.'");
        if (string.IsNullOrWhiteSpace(settings.BufferPath)) faults.Add("Kener__Agent__BufferPath is empty: give a folder");
        if (settings.BufferMiB is < 1 or > 1_048_576) faults.Add($"Kener__Agent__BufferMiB is {settings.BufferMiB}: give a number from 1 to 1048576");
        if (settings.Concurrency is < 1 or > 100_000) faults.Add($"Kener__Agent__Concurrency is {settings.Concurrency}: give a number from 1 to 100000");
        faults.AddRange(settings.VariableNames.Where(variable => variable.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '_'))
            .Select(variable => $"Kener__Agent__Variables holds '{variable}': give names of letters, digits and '_', with commas between"));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
