using System.Security.Cryptography;
using System.Text;
using Kener.Ui.Text;

namespace Kener.Ui.Pages;

/// <summary>The style and script that are embedded in every public page, and the content security policy that allows only them.</summary>
internal static class PageAssets
{
    public static readonly string Style = Tightened("tokens.css") + Tightened("kit.css") + Tightened("text.css") + Tightened("status.css");
    public static readonly string Script = Tightened("status.js");

    // More origins would make a header that servers reject.
    private const int MostImageOrigins = 12;
    private static readonly string StyleHash = Hash(Style), ScriptHash = Hash(Script);

    /// <summary>
    /// Returns the policy: allows the page's style and script, images of this site and of <paramref name="images"/>, and nothing else.
    /// </summary>
    public static string Policy(string ownStyle, IEnumerable<string?> images)
    {
        var origins = images.Where(Address.IsImage).Select(Address.OriginOf).OfType<string>().Distinct().Order(StringComparer.Ordinal).Take(MostImageOrigins + 1).ToArray();
        var elsewhere = origins.Length > MostImageOrigins ? " https: http:" : string.Concat(origins.Select(origin => " " + origin));
        var own = ownStyle.Length > 0 ? " " + Hash(ownStyle) : "";
        return $"default-src 'none'; style-src {StyleHash}{own}; script-src {ScriptHash}; img-src 'self' data:{elsewhere}; connect-src 'self'; "
            + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    }

    /// <summary>Returns a digest that identifies the text.</summary>
    public static string Digest(string content) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    // In these files, comments have lines of their own. CSS needs no line ends; JavaScript keeps them, because it may rely on them.
    private static string Tightened(string name)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("//", StringComparison.Ordinal) && !line.StartsWith("/*", StringComparison.Ordinal));
        return string.Join(name.EndsWith(".css", StringComparison.Ordinal) ? "" : "\n", lines);
    }

    private static string Hash(string content) => $"'sha256-{Digest(content)}'";
}
