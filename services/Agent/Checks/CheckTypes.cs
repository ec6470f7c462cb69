using System.Collections.Frozen;
using Kener.Agent.Checks.Http;
using Kener.Agent.Checks.Tcp;
using Kener.Contracts;
using Kener.Outbound;

namespace Kener.Agent.Checks;

/// <summary>The monitor types that this agent knows, one folder each.</summary>
internal sealed class CheckTypes(OutboundDoor door, Variables variables, TimeProvider clock)
{
    private readonly FrozenDictionary<string, CheckType> _byName =
        new[] { HttpCheck.Type(door, variables, clock), TcpCheck.Type(door, clock) }.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);

    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>Returns the type of that name; throws <see cref="UnknownTypeException"/> if the agent does not know it.</summary>
    public CheckType Definition(string name) => _byName.TryGetValue(name, out var type) ? type : throw new UnknownTypeException(name);

    /// <summary>
    /// Prepares the check of a monitor. Invalid configuration is found here, once; each run of the check then reports it to the operator.
    /// </summary>
    public Check Prepare(AssignedMonitor monitor)
    {
        var type = Definition(monitor.Type);
        try
        {
            // Reading a text that is not valid Unicode would throw.
            if (JsonTexts.Fault(monitor.TypeData) is { } fault) throw new FieldException("type_data", fault);
            return type.Prepare(monitor.TypeData);
        }
        catch (FieldException wrong)
        {
            var verdict = CheckOutcome.Failed(MonitorStatus.Down, 0, wrong.Message);
            return _ => Task.FromResult(verdict);
        }
        catch (Exception unforeseen)
        {
            // The monitor is scheduled like any other, and each of its checks fails with this exception.
            return _ => Task.FromException<CheckOutcome>(unforeseen);
        }
    }
}
