using System.Net;

namespace Kener.Ui.Text;

/// <summary>Users' words within a sentence of ours: they have a direction of their own and do not turn what stands around them.</summary>
internal static class Bidi
{
    /// <summary>Returns the text as HTML that keeps its direction to itself.</summary>
    public static string Isolate(string text) => $"<bdi>{WebUtility.HtmlEncode(text)}</bdi>";
}
