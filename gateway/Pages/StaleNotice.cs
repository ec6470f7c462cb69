using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Kener.ServiceDefaults.Snapshots;

namespace Kener.Gateway.Pages;

/// <summary>
/// Marks outdated pages (Behavior: ARC-6): when the pages were not confirmed for ten seconds, they show a notice to people and carry an Age header
/// for machines.
/// </summary>
internal sealed class StaleNotice(SnapshotStore board, TimeProvider clock)
{
    private const int Patience = 10_000;
    // Weak keys: a copy with a notice is collected together with its page.
    private readonly ConditionalWeakTable<Snapshot, Noticed> _made = [];

    /// <summary>Marks the place of the notice in a page.</summary>
    internal static ReadOnlySpan<byte> Marker => "<!--age-->"u8;

    /// <summary>Seconds since the pages were last confirmed; null while they are up to date.</summary>
    public long? AgeSeconds
    {
        get
        {
            var age = clock.GetUtcNow().ToUnixTimeMilliseconds() - board.ConfirmedMs;
            return age > Patience ? age / 1000 : null;
        }
    }

    /// <summary>Returns the page with the notice; built once per snapshot and minute of confirmation.</summary>
    public Snapshot WithNotice(Snapshot page)
    {
        var minute = board.ConfirmedMs / 60_000;
        if (_made.TryGetValue(page, out var known) && known.Minute == minute) return known.Made;
        var made = Make(page, minute);
        _made.AddOrUpdate(page, new Noticed(minute, made));
        return made;
    }

    internal static Snapshot Make(Snapshot page, long minute)
    {
        var at = page.Body.AsSpan().IndexOf(Marker);
        if (at < 0) return page;
        var notice = Encoding.UTF8.GetBytes(Notice(DateTimeOffset.FromUnixTimeSeconds(minute * 60)));
        byte[] body = [.. page.Body.AsSpan(0, at), .. notice, .. page.Body.AsSpan(at + Marker.Length)];
        return page with
        {
            ETag = $"{page.ETag[..^1]}-{minute:x}\"",
            Body = body,
            Brotli = page.Brotli is null ? null : Packing.Brotli(body),
        };
    }

    private static string Notice(DateTimeOffset at)
    {
        var machine = at.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);
        var people = at.ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture);
        return $"<p class=\"age\" role=\"status\">This page was last updated at <time datetime=\"{machine}\">{people} UTC</time>. "
            + "What happened since then may be missing.</p>";
    }

    private sealed record Noticed(long Minute, Snapshot Made);
}
