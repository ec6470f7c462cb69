using System.Text;

namespace Kener.Monitors;

/// <summary>
/// Which agent checks which monitor, by rendezvous hashing: the same everywhere without any talk, equal shares, and an agent that comes or
/// goes moves no monitor but those that it takes or leaves.
/// </summary>
internal static class Rendezvous
{
    /// <summary>Whether that agent, one of <paramref name="agents"/>, checks the monitor.</summary>
    public static bool IsOf(ulong agent, ReadOnlySpan<ulong> agents, long monitor)
    {
        var own = Weight(agent, monitor);
        foreach (var other in agents)
        {
            if (other == agent) continue;
            var weight = Weight(other, monitor);
            if (weight > own || (weight == own && other > agent)) return false;
        }
        return true;
    }

    /// <summary>The agent's name as a number: FNV-1a, which no process seeds.</summary>
    public static ulong Hash(string agent)
    {
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var part in Encoding.UTF8.GetBytes(agent)) hash = (hash ^ part) * 1_099_511_628_211UL;
        return hash;
    }

    // The mixing of SplitMix64, so that neighbouring ids go different ways.
    private static ulong Weight(ulong agent, long monitor)
    {
        var mixed = agent + ((ulong)monitor * 0x9E3779B97F4A7C15UL);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        return mixed ^ (mixed >> 31);
    }
}
