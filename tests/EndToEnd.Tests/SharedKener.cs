using Xunit.Sdk;
using Xunit.v3;

// Promises of milliseconds are measured here, on few cores.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Kener.EndToEnd.Tests;

/// <summary>One process for the tests of a class that do not change what others of it see.</summary>
public sealed class SharedKener : IAsyncLifetime
{
    public KenerProcess Kener { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Kener = await KenerProcess.StartAsync();

    public ValueTask DisposeAsync() => Kener.DisposeAsync();
}
