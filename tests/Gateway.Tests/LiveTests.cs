using System.Net;
using Kener.Gateway.Live;
using Kener.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Gateway.Tests;

/// <summary>The stream of versions that the readers of a page receive.</summary>
public sealed class LiveTests
{
    [Fact]
    public async Task A_reader_receives_the_present_version_and_each_new_one()
    {
        await using var host = await Embedded.StartAsync();
        host.Board.Publish(PageTests.Page("<h1>1</h1>", version: 1));
        using var reader = await Reader.OpenAsync(host, "/live?page=/");
        Assert.Equal("text/event-stream", reader.ContentType);
        Assert.Equal(["retry: 3000", "", "event: version", "id: 1", "data: 1", ""], await reader.LinesAsync(6));
        host.Board.Publish(PageTests.Page("<h1>2</h1>", version: 2));
        Assert.Equal(["event: version", "id: 2", "data: 2", ""], await reader.LinesAsync(4));
    }

    [Theory, InlineData("1", "2"), InlineData("2", null), InlineData("nonsense", "2")]
    public async Task A_reader_that_reconnects_receives_a_missed_version_at_once(string last, string? told)
    {
        await using var host = await Embedded.StartAsync();
        host.Board.Publish(PageTests.Page("<h1>2</h1>", version: 2));
        using var reader = await Reader.OpenAsync(host, "/live?page=/", ("Last-Event-ID", last));
        await reader.LinesAsync(2);
        if (told is null) Assert.Equal(":", (await reader.LinesAsync(1))[0]);
        else Assert.Equal(["event: version", $"id: {told}"], await reader.LinesAsync(2));
    }

    [Fact]
    public async Task A_reader_of_a_variant_receives_the_versions_of_that_variant()
    {
        await using var host = await Embedded.StartAsync();
        host.Board.Publish(PageTests.Page("<h1>plain</h1>", version: 1));
        host.Board.Publish(PageTests.Page("<h1>dark</h1>", "page:/?en&UTC&dark", 5));
        using var reader = await Reader.OpenAsync(host, "/live?page=/", ("Cookie", "kener_theme=dark"));
        Assert.Equal("id: 5", (await reader.LinesAsync(6))[3]);
        host.Board.Publish(PageTests.Page("<h1>plain</h1>", version: 2));
        host.Board.Publish(PageTests.Page("<h1>dark</h1>", "page:/?en&UTC&dark", 6));
        Assert.Equal("id: 6", (await reader.LinesAsync(2))[1]);
        // The variant is no longer rendered: the version of the default page makes the reader request the variant, which renders it again.
        await reader.LinesAsync(2);
        host.Board.Remove("page:/?en&UTC&dark");
        Assert.Equal("id: 2", (await reader.LinesAsync(2))[1]);
    }

    [Fact]
    public async Task A_heartbeat_is_sent_every_25_seconds()
    {
        var clock = new SendingClock();
        await using var host = await Embedded.StartAsync(clock: clock);
        host.Board.Publish(PageTests.Page("<h1>1</h1>", version: 1));
        using var reader = await Reader.OpenAsync(host, "/live?page=/");
        await reader.LinesAsync(6);
        for (var i = 0; i < 3; i++)
        {
            // The reader may have everything before the sender's write completes, and that write must not time out when the clock advances.
            await Eventually.TrueAsync(() => Task.FromResult(clock.Sending == 0));
            clock.Advance(LiveTopics.Heartbeat);
            Assert.Equal([":", ""], await reader.LinesAsync(2));
        }
    }

    [Theory]
    [InlineData("/live", 400)]
    [InlineData("/live?page=", 400)]
    [InlineData("/live?page=/nothing", 404)]
    [InlineData("/live?page=//", 404)]
    [InlineData("/live?page=/incidents/x", 404)]
    [InlineData("/live?page=/&page=/", 400)]
    public async Task A_request_that_names_no_existing_page_is_refused(string path, int status)
    {
        await using var host = await Embedded.StartAsync();
        host.Board.Publish(PageTests.Page("<h1>1</h1>"));
        using var client = host.Client();
        Assert.Equal(status, (await client.AskAsync("GET", path)).Code);
    }

    [Fact]
    public async Task Many_readers_receive_a_new_version_and_leave_nothing_behind()
    {
        await using var host = await Embedded.StartAsync(settings:
            [("Kener:Limits:LiveReadersPerAddress", "10000"), ("Kener:Limits:AnonymousBurst", "10000"), ("Kener:Limits:AnonymousRequestsPerSecond", "10000")]);
        var topics = host.Services.GetRequiredService<LiveTopics>();
        host.Board.Publish(PageTests.Page("<h1>1</h1>", version: 1));
        var readers = await Task.WhenAll(Enumerable.Range(0, Scale.Of(200)).Select(_ => Reader.OpenAsync(host, "/live?page=/")));
        await Task.WhenAll(readers.Select(reader => reader.LinesAsync(6)));
        Assert.Equal(readers.Length, topics.Readers);
        host.Board.Publish(PageTests.Page("<h1>2</h1>", version: 2));
        Assert.All(await Task.WhenAll(readers.Select(reader => reader.LinesAsync(2))), lines => Assert.Equal("id: 2", lines[1]));
        foreach (var reader in readers) reader.Dispose();
        await Eventually.TrueAsync(() => Task.FromResult(topics.Readers == 0));
    }

    [Fact]
    public async Task One_reader_too_many_is_answered_503()
    {
        await using var host = await Embedded.StartAsync(settings: ("Kener:Limits:LiveReaders", "1"));
        host.Board.Publish(PageTests.Page("<h1>1</h1>"));
        using var reader = await Reader.OpenAsync(host, "/live?page=/");
        await reader.LinesAsync(2);
        using var client = host.Client();
        Assert.Equal(503, (await client.AskAsync("GET", "/live?page=/")).Code);
    }

    /// <summary>A clock that counts the writes to readers that are in progress.</summary>
    private sealed class SendingClock : FakeTimeProvider
    {
        private int _sending;

        public int Sending => Volatile.Read(ref _sending);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime != LiveEndpoint.Patience || state is not CancellationTokenSource) return timer;
            Interlocked.Increment(ref _sending);
            return new Counted(timer, () => Interlocked.Decrement(ref _sending));
        }

        private sealed class Counted(ITimer timer, Action onEnd) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

            public void Dispose()
            {
                timer.Dispose();
                onEnd();
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }

    private sealed class Reader(HttpClient client, HttpResponseMessage answer, StreamReader lines) : IDisposable
    {
        public string? ContentType => answer.Content.Headers.ContentType?.MediaType;

        public static async Task<Reader> OpenAsync(Embedded host, string path, params (string Name, string Value)[] headers)
        {
            var client = host.Client();
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
            var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return new Reader(client, answer, new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
        }

        public async Task<List<string>> LinesAsync(int count)
        {
            List<string> read = [];
            while (read.Count < count)
                read.Add((await lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken))!);
            return read;
        }

        public void Dispose()
        {
            lines.Dispose();
            answer.Dispose();
            client.Dispose();
        }
    }
}
