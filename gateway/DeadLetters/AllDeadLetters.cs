using System.Net.Http.Headers;
using System.Text.Json.Serialization;
using Kener.Gateway.Proxy;
using Kener.Gateway.Routes;
using Kener.ServiceDefaults.DeadLetters;

namespace Kener.Gateway.DeadLetters;

/// <summary>
/// Handles <c>GET /api/v5/dead-letters</c>: merges the dead letters of all services, newest first. A service that does not answer in time is listed
/// as unreachable instead of failing the request, because the list matters most when something is broken.
/// </summary>
internal static class AllDeadLetters
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    internal sealed record Answer(IReadOnlyList<DeadLetterEntry> DeadLetters, int Total, IReadOnlyList<string> Unreachable);

    public static async Task AnswerAsync(HttpContext context)
    {
        var log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(AllDeadLetters));
        var boxes = context.RequestServices.GetServices<DeadLetterBox>();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(Patience);
        var authorization = context.Request.Headers.Authorization.ToString();
        var read = await Task.WhenAll(boxes.Select(async box => (box.Service, List: await TryAsync(box, authorization, log, patience.Token))));
        context.RequestAborted.ThrowIfCancellationRequested();
        var there = read.Select(one => one.List).OfType<DeadLetterList>().ToList();
        var answer = new Answer(
            [.. there.SelectMany(list => list.DeadLetters).OrderByDescending(entry => entry.DeadAt)], there.Sum(list => list.Total),
            [.. read.Where(one => one.List is null).Select(one => one.Service)]);
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(answer, DeadLetterJson.Default.Answer, cancellationToken: context.RequestAborted);
    }

    /// <summary>Creates the reader for a service in another process: it calls the service over HTTP.</summary>
    public static DeadLetterBox Of(Owner owner, IHttpClientFactory clients) => new(ProxyConfig.NameOf(owner), async (authorization, cancel) =>
    {
        using var client = clients.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{ProxyConfig.NameOf(owner)}{DeadLetterBox.PathOf(ProxyConfig.NameOf(owner))}");
        request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);
        using var answer = await client.SendAsync(request, cancel);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync(DeadLetterJson.Default.DeadLetterList, cancel))!;
    });

    private static async Task<DeadLetterList?> TryAsync(DeadLetterBox box, string authorization, ILogger log, CancellationToken cancel)
    {
        try
        {
            var list = await box.ReadAsync(authorization, cancel).WaitAsync(cancel);
            return list.DeadLetters is null ? throw new InvalidDataException("The response is not a list of dead letters") : list;
        }
        catch (Exception fault)
        {
            log.LogWarning("Could not read the dead letters of {Service}: {Reason}. The response lists the service as unreachable", box.Service, fault.Message);
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AllDeadLetters.Answer))]
[JsonSerializable(typeof(DeadLetterList))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;
