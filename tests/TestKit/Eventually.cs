namespace Kener.TestKit;

/// <summary>
/// Waits for a condition, never for a time. The deadline only ends a test that hangs: a busy machine may be slow, and no test asserts how
/// fast it is.
/// </summary>
public static class Eventually
{
    /// <summary>Asks until the answer holds, two minutes at most; fails with the last answer.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T>> ask, Func<T, bool> holds, double seconds = 120)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(seconds);
        while (true)
        {
            var answer = await ask();
            if (holds(answer)) return answer;
            if (DateTimeOffset.UtcNow > deadline) throw new TimeoutException($"Still not so after {seconds} s: {answer}");
            await Task.Delay(10);
        }
    }

    /// <summary>As above, for a plain condition.</summary>
    public static Task TrueAsync(Func<Task<bool>> holds, double seconds = 120) => GetAsync(holds, answer => answer, seconds);
}
