using System.Net;

namespace Kener.Outbound;

/// <summary>The addresses of a name, in the order in which to try them. Throws <see cref="System.Net.Sockets.SocketException"/> for a name that has none.</summary>
public delegate Task<IPAddress[]> NameLookup(string name, CancellationToken cancel);

/// <summary>The system's own resolver.</summary>
internal sealed class SystemNames : IDisposable
{
    private readonly SemaphoreSlim _turns = new(256);

    /// <summary>
    /// On threads of their own: the system's resolver holds a thread until it has an answer, and names whose servers keep silent would
    /// take them all from those who have work to do.
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
