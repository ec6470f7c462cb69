using System.Text;

namespace Kener.Monitors.Agents;

/// <summary>
/// Decides which agent checks a monitor, by rendezvous hashing (Behavior: CHK-7): every replica comes to the same result without communication,
/// shares are equal, and an agent that joins or leaves moves only the monitors that it gains or loses.
/// </summary>
internal static class Rendezvous
{
    /// <summary>Whether this agent, among <paramref name="agents"/>, checks the monitor.</summary>
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

    /// <summary>Returns the hash of the agent's name: FNV-1a, which, unlike string hash codes, is the same in every process.</summary>
    public static ulong Hash(string agent)
    {
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var part in Encoding.UTF8.GetBytes(agent)) hash = (hash ^ part) * 1_099_511_628_211UL;
        return hash;
    }

    // The mixing function of SplitMix64, so that neighboring ids get unrelated weights.
    private static ulong Weight(ulong agent, long monitor)
    {
        var mixed = agent + ((ulong)monitor * 0x9E3779B97F4A7C15UL);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        return mixed ^ (mixed >> 31);
    }
}
