using System.Collections.Frozen;
using Kener.Agent.Checks.Http;
using Kener.Contracts;
using Kener.Outbound;

namespace Kener.Agent.Checks;

/// <summary>The types that this agent knows: a folder each.</summary>
internal sealed class CheckTypes(OutboundDoor door, Variables variables, TimeProvider clock)
{
    private readonly FrozenDictionary<string, CheckType> _byName =
        new[] { HttpCheck.Type(door, variables, clock) }.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);

    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>The type of that name.</summary>
    public CheckType Definition(string name) => _byName.TryGetValue(name, out var type) ? type : throw new UnknownTypeException(name);

    /// <summary>
    /// The check of that monitor. What makes no sense in it is found here, once; the check then says so each time, for its operator to read.
    /// </summary>
    public Check Prepare(AssignedMonitor monitor)
    {
        var type = Definition(monitor.Type);
        try
        {
            // To read a text that is no valid Unicode throws.
            if (JsonTexts.Fault(monitor.TypeData) is { } fault) throw new FieldException("type_data", fault);
            return type.Prepare(monitor.TypeData);
        }
        catch (FieldException wrong)
        {
            var verdict = Verdict.Failed(MonitorStatus.Down, 0, wrong.Message);
            return _ => Task.FromResult(verdict);
        }
        catch (Exception unforeseen)
        {
            // The monitor is planned like any other, and each of its checks fails by this.
            return _ => Task.FromException<Verdict>(unforeseen);
        }
    }
}
