namespace Kener.TestKit;

/// <summary>
/// Waits for a condition, never for a time. The deadline only ends a test that hangs: a busy machine may be slow, and no test asserts how
/// fast it is.
/// </summary>
public static class Eventually
{
    // After five seconds the condition waits for something slow, such as the start of a process, which needs the processor more than the calls do.
    private const int OftenCalls = 500, OftenMs = 10, SeldomMs = 50;

    /// <summary>
    /// Calls <paramref name="ask"/> until its result holds, for two minutes by default; fails with the last result. If each call advances a clock, set
    /// <paramref name="alwaysOften"/>.
    /// </summary>
    public static async Task<T> GetAsync<T>(Func<Task<T>> ask, Func<T, bool> holds, double seconds = 120, bool alwaysOften = false)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(seconds);
        for (var calls = 1; ; calls++)
        {
            var answer = await ask();
            if (holds(answer)) return answer;
            if (DateTimeOffset.UtcNow > deadline) throw new TimeoutException($"The condition did not hold within {seconds} s. Last result: {answer}");
            await Task.Delay(alwaysOften || calls < OftenCalls ? OftenMs : SeldomMs);
        }
    }

    /// <summary>As above, for a boolean condition.</summary>
    public static Task TrueAsync(Func<Task<bool>> holds, double seconds = 120, bool alwaysOften = false) => GetAsync(holds, answer => answer, seconds, alwaysOften);
}
