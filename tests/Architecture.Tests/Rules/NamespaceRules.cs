namespace Kener.Architecture.Tests;

/// <summary>Namespaces follow folders, and the folders of Status depend on each other in one direction, as in docs/architecture.md.</summary>
internal static class NamespaceRules
{
    /// <summary>
    /// Events and their types keep one namespace, since RabbitMQ's exchanges and stored messages carry it; and so a moved file cannot change them.
    /// </summary>
    private static readonly string[] Flat = ["Kener.Contracts"];

    /// <summary>Each folder of Status may use those before it. The root, which registers everything, may use all.</summary>
    private static readonly string[] StatusFolders = ["Projections", "Site", "Rendering", "Publishing"];

    public static IEnumerable<string> WrongNamespaces(IEnumerable<Source> sources, IEnumerable<Project> projects)
    {
        var roots = projects.Where(project => !project.IsTest && !project.Path.StartsWith("bench/", StringComparison.Ordinal) && !Flat.Contains(project.Name))
            .ToDictionary(project => project.Path[..(project.Path.LastIndexOf('/') + 1)], project => project.Name);
        return from source in sources
               let folder = source.Path[..(source.Path.LastIndexOf('/') + 1)]
               let root = roots.Keys.Where(path => folder.StartsWith(path, StringComparison.Ordinal)).MaxBy(path => path.Length)
               where root is not null
               let wanted = string.Join('.', [roots[root], .. folder[root.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries)])
               from member in source.Tree.Members.OfType<Microsoft.CodeAnalysis.CSharp.Syntax.BaseNamespaceDeclarationSyntax>()
               let name = member.Name.ToString()
               where name.StartsWith("Kener", StringComparison.Ordinal) && name != wanted
               select $"{source.Path} declares {name}; its folder says {wanted}";
    }

    public static IEnumerable<string> WrongDirections(IEnumerable<Source> sources) =>
        from source in sources
        where source.Path.StartsWith("services/Status/", StringComparison.Ordinal)
        let rank = Array.IndexOf(StatusFolders, source.Path.Split('/')[2])
        where rank >= 0
        from later in StatusFolders[(rank + 1)..]
        where source.Text.Contains($"Kener.Status.{later}", StringComparison.Ordinal) || source.Text.Contains($" {later}.", StringComparison.Ordinal)
        select $"{source.Path} uses {later}, which comes after {StatusFolders[rank]}";
}
