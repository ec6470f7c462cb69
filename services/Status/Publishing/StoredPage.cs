using System.Net;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Projections;

namespace Kener.Status.Publishing;

/// <summary>A page of the store. Its times and turns are guarded by the store's lock; the rest belongs to the rendering loop.</summary>
internal sealed class StoredPage(PageDefinition definition, string path, Variant? variant, IPAddress? client)
{
    public const long Never = long.MaxValue;

    public PageDefinition Definition => definition;
    public string Path => path;
    /// <summary>Null for the page of visitors who chose nothing.</summary>
    public Variant? Variant => variant;
    /// <summary>The client that requested it first.</summary>
    public IPAddress? Client => client;
    /// <summary>The key of its snapshot.</summary>
    public string Key { get; } = Variant.KeyOf(path, variant);

    /// <summary>When it is to be rendered, in Unix milliseconds.</summary>
    public long DueMs { get; set; } = Never;
    public PageTurn Turn { get; set; } = PageTurn.Later;
    /// <summary>When its last rendering began, in Unix milliseconds.</summary>
    public long DrawnMs { get; set; }
    public RenderCauses Causes { get; } = new();
    /// <summary>Completed by the next rendering to begin, and by the one that has begun.</summary>
    public TaskCompletionSource? Next { get; set; }
    public TaskCompletionSource? Current { get; set; }

    /// <summary>The last request for it to the store: Unix milliseconds, and a count that distinguishes requests of the same millisecond.</summary>
    public (long Ms, long Count) Asked { get; set; }

    /// <summary>The facts that it was rendered from, in the form of its definition; null if it must be rendered.</summary>
    public object? Facts { get; set; }
    /// <summary>Whether it cannot be rendered from what is stored: it is tried again after a while or a change, not for each request.</summary>
    public bool HasFailed { get; set; }
    /// <summary>Whether the last attempt to render it failed, for any reason.</summary>
    public bool IsBehind { get; set; }
    /// <summary>The size of its snapshot.</summary>
    public long Bytes { get; set; }
}
