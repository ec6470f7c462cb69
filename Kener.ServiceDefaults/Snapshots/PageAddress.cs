using Microsoft.AspNetCore.Http;

namespace Kener.ServiceDefaults;

/// <summary>Which page an address leads to.</summary>
/// <param name="Kind">The kind of the page.</param>
/// <param name="Path">Its path in the one spelling that keys have, such as "/europe".</param>
public readonly record struct PageAddress(PageKind Kind, string Path)
{
    /// <summary>Returns the page that is requested; null where the request is for no page, or not GET or HEAD.</summary>
    public static PageAddress? Of(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) ? Of(request.Path.Value) : null;

    /// <summary>Returns the page that an address leads to; null where it can be none.</summary>
    public static PageAddress? Of(string? address)
    {
        foreach (var kind in PageKind.All)
            if (kind.PathOf(address ?? "") is { } path) return new(kind, path);
        return null;
    }

    /// <summary>Returns the content type of the snapshot with that key.</summary>
    internal static string ContentTypeOf(string key) => Of(Variant.PathOf(key))?.Kind.ContentType ?? PageKind.Html;
}
