namespace Kener.TestKit;

/// <summary>How much a test tries: <c>./test --full</c> sets KENER_TEST_SCALE to 10.</summary>
public static class Scale
{
    private static readonly int Factor =
        int.TryParse(Environment.GetEnvironmentVariable("KENER_TEST_SCALE"), out var factor) && factor > 0 ? factor : 1;

    /// <summary>Whether this is a full run.</summary>
    public static bool IsFull => Factor > 1;

    /// <summary>That many as a rule, ten times as many in a full run.</summary>
    public static int Of(int count) => count * Factor;
}
