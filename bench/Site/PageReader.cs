namespace Kener.Bench.Site;

/// <summary>A reader with the home page open: loads it again at each notification of a new version.</summary>
internal sealed class PageReader : IAsyncDisposable
{
    private readonly HttpClient _client;
    private readonly StreamReader _told;

    private PageReader(HttpClient client, StreamReader told) => (_client, _told) = (client, told);

    public static async Task<PageReader> OpenAsync(RunningKener kener)
    {
        var client = new HttpClient { BaseAddress = kener.Api.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
        return new PageReader(client, new StreamReader(await client.GetStreamAsync("/live?page=/")));
    }

    /// <summary>Waits for the next notification and returns the page.</summary>
    public async Task<string> NextAsync()
    {
        while (await _told.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return await _client.GetStringAsync("/");
        }
        throw new IOException("The live stream ended");
    }

    public ValueTask DisposeAsync()
    {
        _told.Dispose();
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
