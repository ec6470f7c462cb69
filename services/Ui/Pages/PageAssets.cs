using System.Security.Cryptography;
using System.Text;

namespace Kener.Ui.Pages;

/// <summary>The style and script that every public page carries in itself, and the policy that allows them and nothing else.</summary>
internal static class PageAssets
{
    public static readonly string Style = Tightened("tokens.css") + Tightened("status.css");
    public static readonly string Script = Tightened("status.js");

    public static readonly string Policy =
        $"default-src 'none'; style-src {Hash(Style)}; script-src {Hash(Script)}; img-src 'self' data:; connect-src 'self'; " +
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    // In both languages a comment has lines of its own, and CSS needs no line ends at all. JavaScript keeps them: it may rely on them.
    private static string Tightened(string name)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("//", StringComparison.Ordinal) && !line.StartsWith("/*", StringComparison.Ordinal));
        return string.Join(name.EndsWith(".css", StringComparison.Ordinal) ? "" : "\n", lines);
    }

    private static string Hash(string content) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}'";
}
