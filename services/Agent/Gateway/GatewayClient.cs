using System.Net;
using System.Net.Http.Headers;
using Kener.Agent.Checks;
using Kener.Contracts;
using Microsoft.Extensions.Options;

namespace Kener.Agent.Gateway;

/// <summary>The outcome of a report.</summary>
internal enum Reported
{
    /// <summary>The results are durably stored.</summary>
    Stored,
    /// <summary>The gateway rejects the results permanently; retrying is pointless.</summary>
    Refused,
    /// <summary>Not now: the gateway is unreachable or busy, or the key is not known (yet). Retry later.</summary>
    NotNow,
}

/// <summary>The agent's two requests to the gateway. Neither throws for a failure of the other side; <see cref="GatewayContact"/> logs it.</summary>
internal sealed class GatewayClient(IHttpClientFactory clients, IOptions<AgentSettings> settings, CheckTypes types, GatewayContact contact, TimeProvider clock)
{
    // A poll waits up to 25 s for a change.
    private static readonly TimeSpan PollPatience = TimeSpan.FromSeconds(40), ReportPatience = TimeSpan.FromSeconds(15);

    /// <summary>Returns the assignment if it differs from that version, else null; <c>Answered</c> is false if there was no answer.</summary>
    public async Task<(bool Answered, Assignment? New)> PollAsync(string? version, CancellationToken cancel)
    {
        var path = $"/api/agent/v1/assignment?agent={Uri.EscapeDataString(settings.Value.Name!)}&types={string.Join(',', types.Names)}" + (version is null ? "" : $"&version={Uri.EscapeDataString(version)}");
        using var message = Message(HttpMethod.Get, path);
        var answer = await SendAsync(message, PollPatience, async (answer, cancel) => answer.StatusCode switch
        {
            HttpStatusCode.NoContent => new Answer(true, null),
            HttpStatusCode.OK => new Answer(true, await answer.Content.ReadFromJsonAsync(AgentJson.Default.Assignment, cancel)),
            _ => new Answer(false, null),
        }, cancel);
        return answer is { IsGood: true } ? (true, answer.New?.Version == version ? null : answer.New) : (false, null);
    }

    /// <summary>Reports at most 1,000 results.</summary>
    public async Task<Reported> ReportAsync(IReadOnlyList<CheckResult> results, CancellationToken cancel)
    {
        using var message = Message(HttpMethod.Post, "/api/agent/v1/results");
        message.Content = JsonContent.Create(new CheckReport(settings.Value.Name!, results), AgentJson.Default.CheckReport);
        var answer = await SendAsync(message, ReportPatience, (answer, _) => Task.FromResult(new Answer(answer.IsSuccessStatusCode, null)
        {
            IsRefusal = answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity,
        }), cancel);
        return answer is { IsGood: true } ? Reported.Stored : answer is { IsRefusal: true } ? Reported.Refused : Reported.NotNow;
    }

    private sealed record Answer(bool IsGood, Assignment? New)
    {
        public bool IsRefusal { get; init; }
    }

    private async Task<Answer?> SendAsync(
        HttpRequestMessage message, TimeSpan patience, Func<HttpResponseMessage, CancellationToken, Task<Answer>> read, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            using var client = clients.CreateClient(AgentModule.GatewayClientName);
            using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, both.Token);
            var answer = await read(response, both.Token);
            if (answer.IsGood || answer.IsRefusal) contact.Answered();
            else contact.Failed($"HTTP status {(int)response.StatusCode}", isForGood: response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden);
            return answer;
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            contact.Failed(late.IsCancellationRequested ? "no answer in time" : (fault.InnerException ?? fault).Message, isForGood: false);
            return null;
        }
    }

    private HttpRequestMessage Message(HttpMethod method, string path)
    {
        var message = new HttpRequestMessage(method, path);
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.Value.Key);
        return message;
    }
}
