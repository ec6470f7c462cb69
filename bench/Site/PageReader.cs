namespace Kener.Bench.Site;

/// <summary>Someone who has the home page open: asks for it whenever it is told that there is a new one.</summary>
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

    /// <summary>The page, when the next word of it has come.</summary>
    public async Task<string> NextAsync()
    {
        while (await _told.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return await _client.GetStringAsync("/");
        }
        throw new IOException("Nobody tells any more");
    }

    public ValueTask DisposeAsync()
    {
        _told.Dispose();
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
