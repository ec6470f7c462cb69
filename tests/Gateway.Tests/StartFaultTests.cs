using System.Net.Sockets;
using Kener.ServiceDefaults;
using Microsoft.Extensions.Configuration;

namespace Kener.Gateway.Tests;

/// <summary>A start that fails for a reason that the operator can fix: from the exception to the line that names the reason.</summary>
public sealed class StartFaultTests
{
    [Theory]
    [InlineData(SocketError.AddressAlreadyInUse, "http://0.0.0.0:80 is in use by another process. Stop that process, or set ASPNETCORE_URLS.")]
    [InlineData(SocketError.AccessDenied, "http://0.0.0.0:80 cannot be opened: permission denied. Ports below 1024 need a privilege; set ASPNETCORE_URLS to a higher one.")]
    [InlineData(SocketError.AddressNotAvailable, "http://0.0.0.0:80 is not an address of this machine. Set ASPNETCORE_URLS.")]
    [InlineData(SocketError.ConnectionReset, null)]
    public void A_socket_error_names_the_address_and_the_setting_however_deeply_it_is_nested(SocketError error, string? line)
    {
        foreach (var fault in new Exception[]
        {
            new SocketException((int)error), new IOException("Failed to bind", new InvalidOperationException("x", new SocketException((int)error))),
            new IOException("Failed to bind", new AggregateException(new InvalidOperationException("x"), new SocketException((int)error))),
        }) Assert.Equal(line, RunExtensions.Explain(fault, Addresses("http://0.0.0.0:80")));
    }

    [Fact]
    public void A_bug_keeps_its_stack_trace()
    {
        foreach (var fault in new Exception[] { new InvalidOperationException("x"), new ArgumentException("x"), new FileNotFoundException("x"), new IOException("x") })
            Assert.Null(RunExtensions.Explain(fault, Addresses("http://127.0.0.1:8080")));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("http://localhost:8080", true)]
    [InlineData("http://*:8080;https://+:8443", true)]
    [InlineData("http://[::1]:0", true)]
    [InlineData("http://unix:/run/kener.sock", true)]
    [InlineData("http://localhost:8080;nonsense", false)]
    [InlineData("http://localhost:65536", false)]
    [InlineData("http://localhost:8080/status", false)]
    [InlineData("tcp://localhost:8080", false)]
    public void A_listen_address_is_checked_before_anything_starts(string addresses, bool isGood)
    {
        var fault = Record.Exception(Addresses(addresses).Check);
        Assert.Equal(isGood, fault is null);
        if (fault is not null) Assert.Contains("ASPNETCORE_URLS is '", Assert.IsType<StartRefusedException>(fault).Message, StringComparison.Ordinal);
    }

    private static ListenAddresses Addresses(string urls) => new(new ConfigurationBuilder().AddInMemoryCollection([new("urls", urls)]).Build());
}
