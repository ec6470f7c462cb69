using System.Diagnostics;

namespace Kener.LocalHosting;

/// <summary>A process that we have started.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;
    private readonly Signal _stopBy;
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Child(Command command, Action<string> hear)
    {
        _stopBy = command.StopBy;
        _process = new Process { StartInfo = command.ToStart(), EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        // Not when its output has ended: a process that it left behind may hold that open.
        _process.Exited += (_, _) => _ended.TrySetResult(_process.ExitCode);

        void Hear(string? line)
        {
            if (line is not null) hear(line);
        }
    }

    public int Id => _process.Id;

    /// <summary>Comes with the exit code; 128 and more is a signal.</summary>
    public Task<int> Ended => _ended.Task;

    public static async Task<Child> StartAsync(Command command, Spawner spawner, Leftovers leftovers, Action<string> hear)
    {
        var child = new Child(command, hear);
        await spawner.StartAsync(child._process);
        leftovers.Note(child._process, command.StopBy);
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        try
        {
            await child._process.StandardInput.WriteAsync(command.Input);
            child._process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already; its exit code says more.
        }
        return child;
    }

    /// <summary>Asks it to end, and makes it when it does not.</summary>
    public async Task StopAsync(TimeSpan patience, TimeProvider clock)
    {
        if (Ended.IsCompleted) return;
        Native.Send(_stopBy, Id);
        try
        {
            await Ended.WaitAsync(patience, clock);
        }
        catch (TimeoutException)
        {
            Native.Send(Signal.Kill, Id);
            await Ended;
        }
    }

    public void Dispose() => _process.Dispose();
}
