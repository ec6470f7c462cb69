using System.Security.Cryptography;
using System.Text;
using Kener.Ui.Text;

namespace Kener.Ui.Pages;

/// <summary>The style and script that every public page carries in itself, and the policy that allows them and nothing else.</summary>
internal static class PageAssets
{
    public static readonly string Style = Tightened("tokens.css") + Tightened("kit.css") + Tightened("text.css") + Tightened("status.css");
    public static readonly string Script = Tightened("status.js");

    // More would make headers that servers refuse.
    private const int MostImageOrigins = 12;
    private static readonly string StyleHash = Hash(Style), ScriptHash = Hash(Script);

    /// <summary>Allows the page its styles and script, images of its own and of <paramref name="images"/>, and nothing else.</summary>
    public static string Policy(string ownStyle, IEnumerable<string?> images)
    {
        var origins = images.Where(Address.IsImage).Select(Address.OriginOf).OfType<string>().Distinct().Order(StringComparer.Ordinal).Take(MostImageOrigins + 1).ToArray();
        var elsewhere = origins.Length > MostImageOrigins ? " https: http:" : string.Concat(origins.Select(origin => " " + origin));
        var own = ownStyle.Length > 0 ? " " + Hash(ownStyle) : "";
        return $"default-src 'none'; style-src {StyleHash}{own}; script-src {ScriptHash}; img-src 'self' data:{elsewhere}; connect-src 'self'; "
            + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    }

    /// <summary>A text's digest, to know it again by.</summary>
    public static string Digest(string content) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    // In both languages a comment has lines of its own, and CSS needs no line ends at all. JavaScript keeps them: it may rely on them.
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
