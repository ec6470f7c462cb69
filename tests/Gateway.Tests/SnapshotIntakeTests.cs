using System.Text;
using CsCheck;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Redis;
using Kener.ServiceDefaults.Snapshots;
using Microsoft.Extensions.Logging;

namespace Kener.Gateway.Tests;

/// <summary>How the gateway handles bytes that another process wrote, valid or not.</summary>
public sealed class SnapshotIntakeTests
{
    private static readonly byte[] Good = SnapshotBytes.Write(PageTests.Page("<h1>ü</h1>", version: 7));

    [Fact]
    public void No_bytes_cause_an_exception_and_only_a_whole_snapshot_of_the_key_and_version_is_stored()
    {
        var mutated = Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Byte, Gen.Int[0, Good.Length]).Array[1, 4].Select(changes =>
        {
            var bytes = Good.ToArray();
            foreach (var (at, value, _) in changes) bytes[at] = value;
            return changes[0].Item3 % 3 == 0 ? bytes[..changes[0].Item3] : bytes;
        });
        Gen.OneOf(mutated, Gen.Byte.Array[0, 300], Gen.Byte.Array[0, 40].Select(rest => (byte[])[2, .. rest])).Sample(bytes =>
        {
            var (intake, board, _) = Intake();
            intake.Take("page:/", 7, bytes);
            foreach (var snapshot in board.All)
            {
                Assert.Equal(("page:/", 7L, "text/html; charset=utf-8"), (snapshot.Key, snapshot.Version, snapshot.ContentType));
                Assert.Matches("^\"[!-~]+\"$", snapshot.ETag);
            }
            Assert.Equal(board.All.Count == 0, intake.AsksOwners);
            // An owner's response over HTTP is framed, and read by the same rules.
            try
            {
                _ = SnapshotInventory.Read(bytes);
                _ = SnapshotInventory.ReadBodies(bytes).Count();
            }
            catch (Exception fault) when (fault is IOException or FormatException or ArgumentException)
            {
                // The loop that queries the owners catches these and continues.
            }
        }, iter: 20_000);
    }

    [Fact]
    public void A_false_length_is_not_allocated()
    {
        var usual = AllocatedBy(-2);
        foreach (var length in new[] { int.MaxValue, 1 << 30, int.MinValue }) Assert.InRange(AllocatedBy(length), 0, 100 * usual);

        static long AllocatedBy(int length)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var (intake, _, _) = Intake();
            intake.Take("page:/", 7, Claiming(length, (byte)2, "page:/", 7L, 0L, "text/html; charset=utf-8", "\"7\"", false));
            Assert.ThrowsAny<IOException>(() => SnapshotInventory.ReadBodies(Claiming(length)).Count());
            Assert.ThrowsAny<IOException>(() => SnapshotInventory.Read(Claiming(length, (byte)1, "board", 5L)));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        static byte[] Claiming(int length, params object[] before)
        {
            using var stream = new MemoryStream();
            using var writer = new BinaryWriter(stream, Encoding.UTF8);
            foreach (var value in before)
            {
                if (value is byte small) writer.Write(small);
                else if (value is long number) writer.Write(number);
                else if (value is bool flag) writer.Write(flag);
                else writer.Write((string)value);
            }
            writer.Write(length);
            return stream.ToArray();
        }
    }

    public static TheoryData<string, long, Func<Snapshot, Snapshot>> Unfit { get; } = new()
    {
        { "page:/other", 7, page => page },
        { "page:/", 6, page => page },
        { "page:/", 8, page => page },
        { "page:/", 0, page => page with { Version = 0 } },
        { "page:/", -1, page => page with { Version = -1 } },
        { "page:/", 9_000_000_000_000_000, page => page with { Version = 9_000_000_000_000_000 } },
        { "page:/", long.MaxValue, page => page with { Version = long.MaxValue } },
        { "page:/", 7, page => page with { ETag = "" } },
        { "page:/", 7, page => page with { ETag = "W/\"x\"" } },
        { "page:/", 7, page => page with { ETag = "\"x\r\nSet-Cookie: a=b\"" } },
        { "page:/", 7, page => page with { ETag = $"\"{new string('x', 101)}\"" } },
        { "page:/", 7, page => page with { ContentType = "text/html" } },
        { "page:/", 7, page => page with { ContentType = "application/json" } },
        { "page:/", 7, page => page with { ContentSecurityPolicy = "default-src 'none'\r\nX: y" } },
        { "page:/", 7, page => page with { ContentSecurityPolicy = new string('x', 10_000) } },
        { "page:/ü", 7, page => page with { Key = "page:/ü" } },
        { "page:" + new string('x', 600), 7, page => page with { Key = "page:" + new string('x', 600) } },
        { "other", 7, page => page with { Key = "other" } },
        { "", 7, page => page with { Key = "" } },
    };

    [Theory, MemberData(nameof(Unfit), DisableDiscoveryEnumeration = true)]
    public void A_snapshot_that_does_not_fit_its_key_its_version_or_a_header_is_not_stored(string key, long version, Func<Snapshot, Snapshot> change)
    {
        var (intake, board, _) = Intake();
        intake.Take(key, version, SnapshotBytes.Write(change(PageTests.Page("x", version: 7))));
        Assert.Empty(board.All);
        Assert.True(intake.AsksOwners);
        intake.Take("page:/", 7, Good);
        Assert.Single(board.All);
    }

    [Theory]
    [InlineData("{\"x\":1}")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"language":null,"zone":"UTC","theme":"system","languages":[],"pages":[],"themes":true,"zones":true}""")]
    [InlineData("""{"language":"en","zone":"UTC","theme":"pink","languages":["en"],"pages":[],"themes":true,"zones":true}""")]
    [InlineData("""{"language":"e\r\nn","zone":"UTC","theme":"system","languages":["e\r\nn"],"pages":[],"themes":true,"zones":true}""")]
    [InlineData("""{"language":"\ud800","zone":"UTC","theme":"system","languages":["en"],"pages":[],"themes":true,"zones":true}""")]
    [InlineData("""{"language":"en","zone":"UTC","theme":"system","languages":["en"],"pages":[5],"themes":true,"zones":true}""")]
    [InlineData("""{"version":7,"keys":[{"hash":"x","id":1,"name":"x","permissions":[]}]}""")]
    [InlineData("""{"version":8,"keys":[]}""")]
    [InlineData("""{"version":7,"keys":{}}""")]
    [InlineData("""{"version":"7","keys":[]}""")]
    [InlineData("""{"version":7,"keys":[null]}""")]
    public void A_site_or_a_set_of_keys_that_cannot_be_read_leaves_the_previous_one(string json)
    {
        var (intake, board, _) = Intake();
        board.Publish((PublishedSite.Default with { Zone = "Europe/Berlin" }).ToSnapshot(3, 0));
        board.Publish(new PublishedKeys(3, []).ToSnapshot(0));
        foreach (var key in new[] { PublishedSite.SnapshotKey, PublishedKeys.SnapshotKey })
            intake.Take(key, 7, SnapshotBytes.Write(board.Find(key)! with { Version = 7, Body = Encoding.UTF8.GetBytes(json) }));
        Assert.All(board.All, snapshot => Assert.Equal(3, snapshot.Version));
        // One that was stored in some other way does no harm either.
        var site = new CurrentSite(board);
        Assert.Equal("Europe/Berlin", site.Now.Zone);
        board.Publish(board.Find(PublishedSite.SnapshotKey)! with { Version = 8, Body = Encoding.UTF8.GetBytes(json) });
        Assert.Equal("Europe/Berlin", site.Now.Zone);
    }

    [Fact]
    public void A_fault_is_logged_once_for_its_key_and_again_after_the_key_was_valid()
    {
        var (intake, _, log) = Intake();
        for (var i = 0; i < 5; i++) intake.Take("page:/", 7, [1, 2, 3]);
        intake.Refuse("page:/\r\nforged line", "x");
        Assert.Equal(2, log.Lines.Count);
        Assert.DoesNotContain('\n', string.Concat(log.Lines));
        intake.Take("page:/", 7, Good);
        intake.Take("page:/", 7, [1, 2, 3]);
        Assert.Equal(3, log.Lines.Count);
        for (var i = 0; i < 10_000; i++) intake.Refuse($"page:/{i}", "x");
        Assert.InRange(log.Lines.Count, 50, 200);
    }

    private static (SnapshotIntake Intake, SnapshotStore Board, Collected Log) Intake()
    {
        var (board, log) = (new SnapshotStore(TimeProvider.System), new Collected());
        return (new SnapshotIntake(board, TimeProvider.System, log), board, log);
    }

    private sealed class Collected : ILogger<SnapshotIntake>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
