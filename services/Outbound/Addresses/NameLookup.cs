using System.Net;

namespace Kener.Outbound.Addresses;

/// <summary>
/// Resolves a name to its addresses, in the order in which to try them. Throws <see cref="System.Net.Sockets.SocketException"/> for a name without
/// addresses.
/// </summary>
public delegate Task<IPAddress[]> NameLookup(string name, CancellationToken cancel);

/// <summary>The system's resolver.</summary>
internal sealed class SystemNames : IDisposable
{
    private readonly SemaphoreSlim _turns = new(256);

    /// <summary>
    /// Resolves on dedicated threads: the system's resolver blocks a thread until it has an answer, and names whose servers do not answer would
    /// exhaust the thread pool.
    /// </summary>
    public async Task<IPAddress[]> LookUpAsync(string name, CancellationToken cancel)
    {
        await _turns.WaitAsync(cancel);
        var lookup = Task.Factory.StartNew(() =>
        {
            try
            {
                return Dns.GetHostAddresses(name);
            }
            finally
            {
                _turns.Release();
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return await lookup.WaitAsync(cancel);
    }

    public void Dispose() => _turns.Dispose();
}
