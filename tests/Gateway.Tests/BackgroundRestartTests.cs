using System.Net;
using Kener.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Kener.Gateway.Tests;

/// <summary>A background service that ends with an unexpected exception neither ends the process nor stays stopped.</summary>
public sealed class BackgroundRestartTests
{
    [Fact]
    public async Task A_background_service_that_fails_is_restarted_and_the_process_keeps_running()
    {
        var failing = new Failing();
        await using (var host = await Embedded.StartAsync(add: builder => builder.Services.AddHostedService(_ => failing)))
        {
            await Eventually.TrueAsync(() => Task.FromResult(failing.Runs >= 3));
            using var client = host.Client();
            Assert.Equal(HttpStatusCode.OK, (await client.AskAsync("GET", "/alive")).Status);
            Assert.False(host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
        }
        Assert.Equal(0, failing.Running);
    }

    [Fact]
    public async Task A_background_service_that_completes_is_not_restarted()
    {
        var failing = new Failing();
        var done = new Done();
        await using var host = await Embedded.StartAsync(add: builder => builder.Services.AddHostedService(_ => done).AddHostedService(_ => failing));
        await Eventually.TrueAsync(() => Task.FromResult(failing.Runs >= 2));
        Assert.Equal(1, done.Runs);
    }

    private sealed class Done : BackgroundService
    {
        public int Runs { get; private set; }

        protected override Task ExecuteAsync(CancellationToken stoppingToken)
        {
            Runs++;
            return Task.CompletedTask;
        }
    }

    /// <summary>Fails, then is canceled by something other than the end of the process, then works.</summary>
    private sealed class Failing : BackgroundService
    {
        private int _runs, _running;

        public int Runs => Volatile.Read(ref _runs);

        public int Running => Volatile.Read(ref _running);

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var run = Interlocked.Increment(ref _runs);
            if (run == 1) throw new InvalidOperationException("unforeseen");
            if (run == 2) throw new OperationCanceledException();
            Interlocked.Increment(ref _running);
            await Task.Delay(Timeout.Infinite, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Decrement(ref _running);
        }
    }
}
