using System.Net;

namespace Kener.Ui.Text;

/// <summary>Isolates texts of users within a sentence, so that their direction does not affect the words around them.</summary>
internal static class Bidi
{
    /// <summary>Returns the text as HTML, isolated from the direction of its surroundings.</summary>
    public static string Isolate(string text) => $"<bdi>{WebUtility.HtmlEncode(text)}</bdi>";
}
