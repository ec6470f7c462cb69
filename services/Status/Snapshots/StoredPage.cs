using System.Net;
using Kener.ServiceDefaults;

namespace Kener.Status.Snapshots;

/// <summary>A page of the store. What is said of times and turns is guarded by the store's lock; the rest belongs to the loop that draws.</summary>
internal sealed class StoredPage(PageDefinition definition, string path, Variant? variant, IPAddress? client)
{
    public const long Never = long.MaxValue;

    public PageDefinition Definition => definition;
    public string Path => path;
    /// <summary>Null for the page that visitors see who chose nothing.</summary>
    public Variant? Variant => variant;
    /// <summary>The client that asked for it first.</summary>
    public IPAddress? Client => client;
    /// <summary>The key of its snapshot.</summary>
    public string Key { get; } = Variant.KeyOf(path, variant);

    /// <summary>When it is to be drawn, in Unix milliseconds.</summary>
    public long DueMs { get; set; } = Never;
    public PageTurn Turn { get; set; } = PageTurn.Later;
    /// <summary>When it was last looked at, in Unix milliseconds.</summary>
    public long DrawnMs { get; set; }
    public DrawCauses Causes { get; } = new();
    /// <summary>Completed by the next drawing to begin, and by the one that has begun.</summary>
    public TaskCompletionSource? Next { get; set; }
    public TaskCompletionSource? Current { get; set; }

    /// <summary>When a visitor last asked the store for it: Unix milliseconds, and a count that tells requests of the same millisecond apart.</summary>
    public (long Ms, long Count) Asked { get; set; }

    /// <summary>What it was drawn from, in the terms of its definition; null where it must be drawn.</summary>
    public object? Facts { get; set; }
    /// <summary>Whether it cannot be rendered from what is stored: it is tried again after a while or a change, not for each visitor.</summary>
    public bool HasFailed { get; set; }
    /// <summary>Whether the last attempt to draw it failed, for any reason.</summary>
    public bool IsBehind { get; set; }
    /// <summary>Of the snapshot.</summary>
    public long Bytes { get; set; }
}
