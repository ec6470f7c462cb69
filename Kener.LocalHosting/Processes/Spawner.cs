using System.Collections.Concurrent;
using System.Diagnostics;

namespace Kener.LocalHosting;

/// <summary>
/// Starts processes from one thread that lives as long as we do: Linux tells a child of its parent's death when the thread that started it
/// ends, and those of the pool come and go.
/// </summary>
internal sealed class Spawner : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    public Spawner() => new Thread(Work) { IsBackground = true, Name = "spawner" }.Start();

    public Task StartAsync(Process process)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                process.Start();
                started.SetResult();
            }
            catch (Exception fault)
            {
                started.SetException(fault);
            }
        });
        return started.Task;
    }

    public void Dispose() => _work.CompleteAdding();

    private void Work()
    {
        foreach (var start in _work.GetConsumingEnumerable()) start();
    }
}
