using Microsoft.AspNetCore.Http;

namespace Kener.ServiceDefaults.Snapshots;

/// <summary>The page that a URL path leads to.</summary>
/// <param name="Kind">The kind of the page.</param>
/// <param name="Path">Its path in the normalized spelling of keys, such as "/europe".</param>
public readonly record struct PageAddress(PageKind Kind, string Path)
{
    /// <summary>Returns the page that is requested; null if the request is not for a page, or is neither GET nor HEAD.</summary>
    public static PageAddress? Of(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) ? Of(request.Path.Value) : null;

    /// <summary>Returns the page that a path leads to; null if it cannot be one.</summary>
    public static PageAddress? Of(string? address)
    {
        foreach (var kind in PageKind.All)
            if (kind.PathOf(address ?? "") is { } path) return new(kind, path);
        return null;
    }

    /// <summary>Returns the content type of the snapshot with the key.</summary>
    internal static string ContentTypeOf(string key) => Of(Variant.PathOf(key))?.Kind.ContentType ?? PageKind.Html;
}
