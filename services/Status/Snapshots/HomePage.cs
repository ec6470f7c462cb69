using Kener.ServiceDefaults;
using Kener.Status.Pages;
using Kener.Ui;

namespace Kener.Status.Snapshots;

/// <summary>The home page on the board. One draws at a time, so what is kept between two drawings needs no locks.</summary>
internal sealed class HomePage(Publisher publisher, PageRenderer renderer, SnapshotBoard board, TimeProvider clock) : IDisposable
{
    public const string Path = "/";
    public static readonly string Key = Publisher.KeyOf(Path);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly HomeReader _reader = new();

    /// <summary>Whether the last attempt to draw failed: what is on the board is then not all that is known.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Draws it; gives the next instant (Unix seconds) at which the clock alone changes it.</summary>
    public async Task<long> DrawAsync(CancellationToken cancel)
    {
        var next = 0L;
        await _turn.WaitAsync(cancel);
        try
        {
            await publisher.PublishAsync(Path, async db =>
            {
                var now = clock.GetUtcNow().ToUnixTimeSeconds();
                var facts = await _reader.ReadAsync(db, now, cancel);
                next = HomeView.NextInstant(facts, now);
                return await renderer.HomeAsync(HomeView.Of(facts, now));
            }, cancel);
            HasFailed = false;
            return next;
        }
        catch
        {
            HasFailed = true;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The newest that there is; drawn where there is none yet.</summary>
    public async Task<Snapshot> GetAsync(CancellationToken cancel)
    {
        if (board.Find(Key) is { } made) return made;
        await DrawAsync(cancel);
        return board.Find(Key) ?? throw Refusal.Unavailable("The page is not there yet");
    }

    public void Dispose() => _turn.Dispose();
}
