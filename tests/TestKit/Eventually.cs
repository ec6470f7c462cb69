namespace Kener.TestKit;

/// <summary>
/// Waits for a condition, never for a time. The deadline only ends a test that hangs: a busy machine may be slow, and no test asserts how
/// fast it is.
/// </summary>
public static class Eventually
{
    /// <summary>Calls <paramref name="ask"/> until its result holds, for two minutes by default; fails with the last result.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T>> ask, Func<T, bool> holds, double seconds = 120)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(seconds);
        while (true)
        {
            var answer = await ask();
            if (holds(answer)) return answer;
            if (DateTimeOffset.UtcNow > deadline) throw new TimeoutException($"The condition did not hold within {seconds} s. Last result: {answer}");
            await Task.Delay(10);
        }
    }

    /// <summary>As above, for a boolean condition.</summary>
    public static Task TrueAsync(Func<Task<bool>> holds, double seconds = 120) => GetAsync(holds, answer => answer, seconds);
}
