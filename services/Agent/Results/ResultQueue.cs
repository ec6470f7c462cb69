using System.Threading.Channels;
using Kener.Contracts;

namespace Kener.Agent.Results;

/// <summary>Results on their way from the checks to the buffer. Short: what is in it is lost by a kill.</summary>
internal sealed class ResultQueue
{
    private readonly Channel<CheckResult> _results = Channel.CreateUnbounded<CheckResult>(new UnboundedChannelOptions { SingleReader = true });

    public void Add(CheckResult result) => _results.Writer.TryWrite(result);

    /// <summary>Ends when there is something to take.</summary>
    public async Task WaitAsync(CancellationToken cancel) => await _results.Reader.WaitToReadAsync(cancel);

    /// <summary>All that there is now.</summary>
    public IReadOnlyList<CheckResult> TakeAll()
    {
        List<CheckResult> taken = [];
        while (_results.Reader.TryRead(out var result)) taken.Add(result);
        return taken;
    }
}
