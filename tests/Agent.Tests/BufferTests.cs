using CsCheck;
using Kener.Agent.Results;
using Kener.ServiceDefaults;
using Kener.TestKit;

namespace Kener.Agent.Tests;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class BufferTests : IDisposable
{
    private readonly string _folder = Given.Folder();

    [Fact]
    public void Results_come_out_in_order_and_stay_until_they_are_acknowledged()
    {
        using var buffer = Given.Buffer(_folder);
        Assert.Null(buffer.Peek(10));
        buffer.Append(Given.Results(1, 5));
        buffer.Append(Given.Results(6, 5));
        Assert.Equal(Given.Results(1, 7), buffer.Peek(7)!.Results);
        var batch = buffer.Peek(7)!;
        Assert.Equal(Given.Results(1, 7), batch.Results);
        buffer.Acknowledge(batch);
        buffer.Append(Given.Results(11, 2));
        batch = buffer.Peek(100)!;
        Assert.Equal(Given.Results(8, 5), batch.Results);
        buffer.Acknowledge(batch);
        Assert.Null(buffer.Peek(100));
        Assert.Equal(0, buffer.Size);
    }

    [Fact]
    public void Unacknowledged_results_survive_the_process()
    {
        using (var buffer = Given.Buffer(_folder)) buffer.Append([Given.Result(1, "Line\nend, \"quote\", ü, \u2028")]);
        using (var buffer = Given.Buffer(_folder)) buffer.Append(Given.Results(2, 1));
        using (var buffer = Given.Buffer(_folder))
        {
            Assert.Equal([Given.Result(1, "Line\nend, \"quote\", ü, \u2028")], Take(buffer, 10));
            Assert.Equal([Given.Result(2)], Take(buffer, 10));
            Assert.Null(buffer.Peek(1));
        }
        using var last = Given.Buffer(_folder);
        Assert.Null(last.Peek(1));
    }

    [Fact]
    public void A_crash_at_any_byte_loses_at_most_the_line_being_written() => Gen.Int[0, 2_000].Sample(cut =>
    {
        var folder = Given.Folder();
        try
        {
            using (var buffer = Given.Buffer(folder)) buffer.Append(Given.Results(1, 20));
            var file = Directory.GetFiles(folder, "*.results").Single();
            var bytes = File.ReadAllBytes(file);
            var left = bytes.AsSpan(0, Math.Min(cut, bytes.Length)).ToArray();
            File.WriteAllBytes(file, left);
            using var after = Given.Buffer(folder);
            after.Append(Given.Results(100, 3));
            List<Contracts.CheckResult> all = [];
            while (after.Peek(7) is { } batch)
            {
                all.AddRange(batch.Results);
                after.Acknowledge(batch);
            }
            Assert.Equal([.. Given.Results(1, left.AsSpan().Count((byte)'\n')), .. Given.Results(100, 3)], all);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }, iter: Scale.Of(100));

    [Fact]
    public void An_invalid_line_is_skipped()
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Combine(_folder, "000000000001.results"), "{}\nnull\n\n\0\0\0\n{\"monitor_id\":1,\"minute\":60,\"status\":\"UP\",\"latency\":1,\"type\":\"REALTIME\"}\n[");
        File.WriteAllText(Path.Combine(_folder, "notes.results"), "mine");
        using var buffer = Given.Buffer(_folder);
        Assert.Equal(1, Assert.Single(Take(buffer, 10)).MonitorId);
        Assert.Null(buffer.Peek(10));
    }

    [Fact]
    public void A_full_buffer_drops_the_oldest_results()
    {
        const int Cap = 64 * 1024;
        using var buffer = Given.Buffer(_folder, Cap);
        for (var i = 0; i < 100; i++) buffer.Append(Given.Results(i * 100, 100));
        Assert.InRange(buffer.Size, Cap / 2, Cap);
        List<long> left = [];
        while (buffer.Peek(1000) is { } batch)
        {
            left.AddRange(batch.Results.Select(result => result.MonitorId));
            buffer.Acknowledge(batch);
        }
        Assert.Equal(9_999, left[^1]);
        Assert.Equal(Enumerable.Range(0, left.Count).Select(i => left[0] + i), left);
    }

    [Fact]
    public void Acknowledging_a_batch_that_was_dropped_changes_nothing()
    {
        using var buffer = Given.Buffer(_folder, 16 * 1024);
        buffer.Append(Given.Results(1, 10));
        var batch = buffer.Peek(10)!;
        for (var i = 0; i < 10; i++) buffer.Append(Given.Results(1000 + (i * 100), 100));
        var next = buffer.Peek(1)!.Results[0].MonitorId;
        Assert.True(next >= 1000);
        buffer.Acknowledge(batch);
        Assert.Equal(next, buffer.Peek(1)!.Results[0].MonitorId);
    }

    [Fact]
    public void A_batch_fits_into_a_request_whatever_the_messages_are()
    {
        using var buffer = Given.Buffer(_folder);
        var longest = Enumerable.Range(1, 1000).Select(id => Given.Result(id, new string('ü', 500))).ToList();
        buffer.Append(longest);
        var batch = Take(buffer, 1000);
        Assert.InRange(batch.Count, 1, 999);
        var rest = Take(buffer, 1000);
        Assert.Equal(batch.Count + 1, rest[0].MonitorId);
    }

    [Fact]
    public void Results_that_cannot_be_written_are_kept_in_memory()
    {
        using var buffer = Given.Buffer(_folder);
        Directory.Delete(_folder, recursive: true);
        buffer.Append(Given.Results(1, 3));
        Assert.Equal(Given.Results(1, 2), Take(buffer, 2));
        Assert.Equal(Given.Results(3, 1), Take(buffer, 2));
        Assert.Null(buffer.Peek(1));
        Directory.CreateDirectory(_folder);
        buffer.Append(Given.Results(4, 1));
        Assert.Equal(Given.Results(4, 1), Take(buffer, 2));
    }

    [Fact]
    public void Other_users_have_no_access_to_the_folder_and_its_files_not_even_to_those_of_an_earlier_release()
    {
        const UnixFileMode everyone = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        using (var buffer = Given.Buffer(_folder)) buffer.Append(Given.Results(1, 1));
        Closed("000000000001.results", "lock");
        var old = Directory.GetFiles(_folder, "*.results").Single();
        File.SetUnixFileMode(old, everyone | UnixFileMode.UserWrite);
        File.SetUnixFileMode(_folder, everyone | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        using (var buffer = Given.Buffer(_folder)) Assert.Equal(Given.Results(1, 1), Take(buffer, 1));
        Closed();

        void Closed(params string[] files)
        {
            foreach (var path in files.Select(file => Path.Combine(_folder, file)).Concat(Directory.GetFiles(_folder)).Append(_folder))
                Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute));
        }
    }

    [Fact]
    public void Two_agents_cannot_share_a_folder()
    {
        using var buffer = Given.Buffer(_folder);
        Assert.Contains(_folder, Assert.Throws<StartRefusedException>(() => Given.Buffer(_folder)).Message);
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private static IReadOnlyList<Contracts.CheckResult> Take(ResultBuffer buffer, int most)
    {
        var batch = buffer.Peek(most)!;
        buffer.Acknowledge(batch);
        return batch.Results;
    }
}
