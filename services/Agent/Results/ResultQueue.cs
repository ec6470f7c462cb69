using System.Threading.Channels;
using Kener.Contracts;

namespace Kener.Agent.Results;

/// <summary>Results on their way from the checks to the buffer. It is emptied at once, because a kill of the process loses its content.</summary>
internal sealed class ResultQueue
{
    private readonly Channel<CheckResult> _results = Channel.CreateUnbounded<CheckResult>(new UnboundedChannelOptions { SingleReader = true });

    public void Add(CheckResult result) => _results.Writer.TryWrite(result);

    /// <summary>Completes when there are results to take.</summary>
    public async Task WaitAsync(CancellationToken cancel) => await _results.Reader.WaitToReadAsync(cancel);

    /// <summary>Takes all queued results.</summary>
    public IReadOnlyList<CheckResult> TakeAll()
    {
        List<CheckResult> taken = [];
        while (_results.Reader.TryRead(out var result)) taken.Add(result);
        return taken;
    }
}
