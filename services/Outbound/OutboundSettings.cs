using System.Net;
using Microsoft.Extensions.Options;

namespace Kener.Outbound;

/// <summary>Settings for connections to addresses that users give, below <c>Kener:Outbound</c>.</summary>
public sealed class OutboundSettings
{
    /// <summary>Comma-separated networks in CIDR notation to which no connection is allowed, not even for a monitor.</summary>
    public string? Deny { get; set; }

    /// <summary>Comma-separated private networks that webhooks and other fetches may reach.</summary>
    public string? AllowFetch { get; set; }

    /// <summary>Parses such a list of networks; entries that cannot be parsed are returned in <paramref name="wrong"/>.</summary>
    internal static IReadOnlyList<IPNetwork> Parse(string? list, out IReadOnlyList<string> wrong)
    {
        List<IPNetwork> networks = [];
        List<string> faults = [];
        foreach (var part in (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (IPNetwork.TryParse(part, out var network)) networks.Add(network);
            else if (IPAddress.TryParse(part, out var address)) networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else faults.Add(part);
        }
        wrong = faults;
        return networks;
    }
}

internal sealed class OutboundSettingsRules : IValidateOptions<OutboundSettings>
{
    public ValidateOptionsResult Validate(string? name, OutboundSettings settings)
    {
        var faults = Faults("Deny", settings.Deny).Concat(Faults("AllowFetch", settings.AllowFetch)).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(string setting, string? list)
    {
        OutboundSettings.Parse(list, out var wrong);
        return wrong.Select(part => $"Kener__Outbound__{setting} holds '{part}': give networks such as 10.0.0.0/8 or fd00::/8, separated by commas");
    }
}
