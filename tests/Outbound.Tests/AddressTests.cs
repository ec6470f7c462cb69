using System.Net;
using CsCheck;
using Kener.Outbound.Addresses;

namespace Kener.Outbound.Tests;

public sealed class AddressTests
{
    private static readonly AddressRules Rules = new([], []);
    private static readonly string[] Prefixes = ["64:ff9b::", "2002:", "::"];

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%3")]
    [InlineData("ff02::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:53aa:64c:0:0:5601:5601")]
    public void No_policy_allows_the_address(string address)
    {
        Assert.False(Rules.Allows(IPAddress.Parse(address), OutboundPolicy.Monitor));
        Assert.False(Rules.Allows(IPAddress.Parse(address), OutboundPolicy.Fetch));
        var all = new AddressRules([], [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")]);
        Assert.False(all.Allows(IPAddress.Parse(address), OutboundPolicy.Fetch));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.0.1")]
    [InlineData("::1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("fd12:3456::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("2001:db8::1")]
    public void Only_the_policy_of_monitors_allows_the_address(string address)
    {
        Assert.True(Rules.Allows(IPAddress.Parse(address), OutboundPolicy.Monitor));
        Assert.False(Rules.Allows(IPAddress.Parse(address), OutboundPolicy.Fetch));
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("64:ff9b::101:101")]
    public void Every_policy_allows_the_address(string address)
    {
        Assert.True(Rules.Allows(IPAddress.Parse(address), OutboundPolicy.Monitor));
        Assert.True(Rules.Allows(IPAddress.Parse(address), OutboundPolicy.Fetch));
    }

    [Fact]
    public void Settings_restrict_what_monitors_reach_and_extend_what_fetches_reach()
    {
        var rules = new AddressRules([IPNetwork.Parse("10.0.0.0/8")], [IPNetwork.Parse("192.168.7.0/24"), IPNetwork.Parse("10.0.0.0/8")]);
        Assert.False(rules.Allows(IPAddress.Parse("10.1.2.3"), OutboundPolicy.Monitor));
        Assert.False(rules.Allows(IPAddress.Parse("::ffff:10.1.2.3"), OutboundPolicy.Monitor));
        Assert.False(rules.Allows(IPAddress.Parse("10.1.2.3"), OutboundPolicy.Fetch));
        Assert.True(rules.Allows(IPAddress.Parse("192.168.7.1"), OutboundPolicy.Fetch));
        Assert.False(rules.Allows(IPAddress.Parse("192.168.8.1"), OutboundPolicy.Fetch));
    }

    [Fact]
    public void An_IPv4_address_embedded_in_IPv6_is_judged_no_less_strictly() => Gen.Int.Sample(bits =>
    {
        var plain = new IPAddress(BitConverter.GetBytes(bits));
        foreach (var policy in Enum.GetValues<OutboundPolicy>())
        {
            Assert.Equal(Rules.Allows(plain, policy), Rules.Allows(plain.MapToIPv6(), policy));
            foreach (var prefix in Prefixes)
            {
                var bytes = prefix == "2002:" ? [0x20, 0x02, .. plain.GetAddressBytes(), .. new byte[10]]
                    : (byte[])[.. IPAddress.Parse(prefix).GetAddressBytes()[..12], .. plain.GetAddressBytes()];
                if (prefix == "::" && bits == BitConverter.ToInt32([0, 0, 0, 1])) continue;
                Assert.True(!Rules.Allows(new IPAddress(bytes), policy) || Rules.Allows(plain, OutboundPolicy.Fetch));
            }
        }
    });

    [Fact]
    public void A_wrong_setting_is_reported_with_its_name_and_the_reason()
    {
        var result = new OutboundSettingsRules().Validate(null, new OutboundSettings { Deny = "10.0.0.0/8, 10.0.0.0/40", AllowFetch = "example.com" });
        Assert.Equal(2, result.Failures!.Count());
        Assert.Contains("Kener__Outbound__Deny holds '10.0.0.0/40'", result.FailureMessage);
        Assert.Contains("Kener__Outbound__AllowFetch holds 'example.com'", result.FailureMessage);
        Assert.True(new OutboundSettingsRules().Validate(null, new OutboundSettings { Deny = "10.0.0.0/8, 192.168.1.1,fd00::/8," }).Succeeded);
    }
}
