using System.Net;

namespace Kener.ServiceDefaults.Identity;

/// <summary>Parses <see cref="KenerSettings.TrustedProxies"/>.</summary>
public static class TrustedNetworks
{
    /// <summary>Returns all entries that are valid; a single address is a network of one.</summary>
    public static IReadOnlyList<IPNetwork> Of(KenerSettings settings) => [.. Words(settings.TrustedProxies).Select(Parse).OfType<IPNetwork>()];

    internal static string[] Words(string text) => text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    internal static IPNetwork? Parse(string word)
    {
        if (IPNetwork.TryParse(word, out var network)) return network;
        return IPAddress.TryParse(word, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : null;
    }
}
