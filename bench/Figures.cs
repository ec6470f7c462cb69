using System.Globalization;

namespace Kener.Bench;

/// <summary>Measured values, and their percentiles.</summary>
public sealed class Figures
{
    private readonly Lock _adding = new();
    private readonly List<double> _values = [];

    /// <summary>The number of values.</summary>
    public int Count
    {
        get
        {
            lock (_adding) return _values.Count;
        }
    }

    /// <summary>The value that was added last.</summary>
    public double Last
    {
        get
        {
            lock (_adding) return _values[^1];
        }
    }

    /// <summary>Adds a value.</summary>
    public void Add(double value)
    {
        lock (_adding) _values.Add(value);
    }

    /// <summary>Removes all values.</summary>
    public void Clear()
    {
        lock (_adding) _values.Clear();
    }

    /// <summary>Returns the percentile at this share (0 to 1); NaN without values.</summary>
    public double At(double share)
    {
        lock (_adding)
        {
            var sorted = _values.Order().ToArray();
            return sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
        }
    }

    /// <summary>Returns p50, p99, p99.9 and the maximum, in milliseconds.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"p50 {At(0.5):0.0}  p99 {At(0.99):0.0}  p99.9 {At(0.999):0.0}  max {At(1):0.0} ms  ({Count})");
}
