using System.Net;
using Microsoft.Extensions.Options;

namespace Kener.Outbound;

/// <summary>What an installation says about connections to addresses that a user gave, below <c>Kener:Outbound</c>.</summary>
public sealed class OutboundSettings
{
    /// <summary>Networks, as CIDR with commas between, that nothing may be connected to, not even by a monitor.</summary>
    public string? Deny { get; set; }

    /// <summary>Private networks, likewise, that webhooks and other fetching may reach all the same.</summary>
    public string? AllowFetch { get; set; }

    /// <summary>The networks of such a list; those that can not be read come back as <paramref name="wrong"/>.</summary>
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
        return wrong.Select(part => $"Kener__Outbound__{setting} holds '{part}': give networks such as 10.0.0.0/8 or fd00::/8, with commas between");
    }
}
