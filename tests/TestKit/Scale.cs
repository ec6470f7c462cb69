namespace Kener.TestKit;

/// <summary>The effort of a test: <c>./test --full</c> sets KENER_TEST_SCALE to 10.</summary>
public static class Scale
{
    private static readonly int Factor =
        int.TryParse(Environment.GetEnvironmentVariable("KENER_TEST_SCALE"), out var factor) && factor > 0 ? factor : 1;

    /// <summary>True in a full run.</summary>
    public static bool IsFull => Factor > 1;

    /// <summary>Returns this count in a normal run, ten times as many in a full run.</summary>
    public static int Of(int count) => count * Factor;
}
