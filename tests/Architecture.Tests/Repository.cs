using System.Xml.Linq;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kener.Architecture.Tests;

/// <summary>A hand-written C# file; its path is relative to the repository.</summary>
internal sealed record Source(string Path, string Text)
{
    public int Lines => Text.AsSpan().Count('\n') + (Text.EndsWith('\n') ? 0 : 1);

    public CompilationUnitSyntax Tree => CSharpSyntaxTree.ParseText(Text).GetCompilationUnitRoot();
}

/// <summary>A project and the projects that it references, by name.</summary>
internal sealed record Project(string Name, string Path, XDocument Xml)
{
    public IReadOnlyList<string> References => [.. Xml.Descendants("ProjectReference")
        .Select(reference => System.IO.Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))];

    public bool IsTest => Path.StartsWith("tests/", StringComparison.Ordinal);
}

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] Skipped = ["bin", "obj", "Migrations", ".git", "node_modules", ".kener", "data"];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<string> Files { get; } = [.. Walk(Root).Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<Source> Sources { get; } =
        [.. Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal)).Select(file => new Source(file, File.ReadAllText(Path.Combine(Root, file))))];

    public static IReadOnlyList<Project> Projects { get; } = [.. Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal))
        .Select(file => new Project(Path.GetFileNameWithoutExtension(file), file, XDocument.Load(Path.Combine(Root, file))))];

    private static IEnumerable<string> Walk(string folder) => Directory.EnumerateFiles(folder)
        .Concat(Directory.EnumerateDirectories(folder).Where(below => !Skipped.Contains(Path.GetFileName(below))).SelectMany(Walk));

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Kener.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Kener.sln was not found in a folder above the tests");
        return folder;
    }
}
