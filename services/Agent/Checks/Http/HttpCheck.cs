using Kener.Contracts;
using Kener.Outbound;
using Kener.Outbound.Addresses;
using Kener.Outbound.Requests;

namespace Kener.Agent.Checks.Http;

/// <summary>Sends an HTTP request; UP if the answer is 2xx, 3xx or 429 (Behavior: CHK-4).</summary>
internal sealed class HttpCheck(OutboundDoor door, OutboundRequest request, Variables variables, TimeProvider clock)
{
    public static CheckType Type(OutboundDoor door, Variables variables, TimeProvider clock) =>
        new(MonitorTypes.Api, data => new HttpCheck(door, HttpConfiguration.Read(data, variables), variables, clock).RunAsync);

    private async Task<CheckOutcome> RunAsync(CancellationToken cancel)
    {
        var start = clock.GetTimestamp();
        try
        {
            var answer = await door.SendAsync(request, OutboundPolicy.Monitor, cancel);
            return IsGood(answer.Status) ? CheckOutcome.Seen(MonitorStatus.Up, Latency()) : CheckOutcome.Seen(MonitorStatus.Down, Latency(), $"The answer is {answer.Status}");
        }
        catch (OutboundFault fault)
        {
            return fault.Kind == OutboundFaultKind.Timeout ? CheckOutcome.TimedOut(Latency())
                : CheckOutcome.Failed(MonitorStatus.Down, Latency(), variables.Mask(fault.Message));
        }

        double Latency() => Math.Round(clock.GetElapsedTime(start).TotalMilliseconds);
    }

    private static bool IsGood(int status) => status is 429 or (>= 200 and < 400);
}
