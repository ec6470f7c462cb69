using System.Xml.Linq;

namespace Kener.Architecture.Tests;

/// <summary>The references that projects may have, as in docs/architecture.md.</summary>
internal static class ProjectRules
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Kener.Contracts"] = [],
        ["Kener.ServiceDefaults"] = ["Kener.Contracts"],
        ["Kener.Persistence"] = ["Kener.Contracts", "Kener.ServiceDefaults"],
        ["Kener.Outbound"] = ["Kener.ServiceDefaults"],
        ["Kener.Ui"] = ["Kener.Contracts"],
        ["Kener.Accounts"] = ["Kener.Contracts", "Kener.ServiceDefaults", "Kener.Persistence", "Kener.Outbound"],
        ["Kener.Incidents"] = ["Kener.Contracts", "Kener.ServiceDefaults", "Kener.Persistence"],
        ["Kener.Monitors"] = ["Kener.Contracts", "Kener.ServiceDefaults", "Kener.Persistence", "Kener.Outbound"],
        ["Kener.Notifications"] = ["Kener.Contracts", "Kener.ServiceDefaults", "Kener.Persistence", "Kener.Outbound"],
        ["Kener.Status"] = ["Kener.Contracts", "Kener.ServiceDefaults", "Kener.Persistence", "Kener.Ui"],
        ["Kener.Agent"] = ["Kener.Contracts", "Kener.ServiceDefaults", "Kener.Outbound"],
        ["Kener.Dashboard"] = ["Kener.Contracts", "Kener.ServiceDefaults", "Kener.Ui"],
        ["Kener.Gateway"] = ["Kener.Contracts", "Kener.ServiceDefaults"],
        ["Kener.Standalone"] =
        [
            "Kener.Accounts", "Kener.Incidents", "Kener.Monitors", "Kener.Notifications", "Kener.Status", "Kener.Agent", "Kener.Dashboard",
            "Kener.Gateway", "Kener.Contracts", "Kener.ServiceDefaults", "Kener.Persistence",
        ],
        ["Kener.Hosting"] = [],
        ["Kener.AppHost"] =
        [
            "Kener.Hosting", "Kener.Accounts", "Kener.Incidents", "Kener.Monitors", "Kener.Notifications", "Kener.Status", "Kener.Agent",
            "Kener.Dashboard", "Kener.Gateway",
        ],
    };

    public static IEnumerable<string> WrongArrows(IEnumerable<Project> projects) =>
        from project in projects
        where !project.IsTest && !project.Path.StartsWith("bench/", StringComparison.Ordinal)
        let allowed = Arrows.GetValueOrDefault(project.Name)
        from target in allowed is null ? ["any project, because it is not in docs/architecture.md"] : project.References
        where allowed is null || !allowed.Contains(target)
        select $"{project.Path} must not reference {target}";

    /// <summary>Benchmarks may reference test projects: they run modules as tests do.</summary>
    public static IEnumerable<string> TestsInProducts(IEnumerable<Project> projects)
    {
        var tests = projects.Where(project => project.IsTest).Select(project => project.Name).ToHashSet();
        return from project in projects
               where !project.IsTest && !project.Path.StartsWith("bench/", StringComparison.Ordinal)
               from target in project.References
               where tests.Contains(target)
               select $"{project.Path} references {target}, which is for tests";
    }

    public static IEnumerable<string> Cycles(IReadOnlyList<Project> projects)
    {
        var references = projects.ToDictionary(project => project.Name, project => project.References);
        foreach (var project in projects)
        {
            var reached = new HashSet<string>();
            var open = new Stack<string>(project.References);
            while (open.TryPop(out var name))
            {
                if (!reached.Add(name)) continue;
                foreach (var next in references.GetValueOrDefault(name) ?? []) open.Push(next);
            }
            if (reached.Contains(project.Name)) yield return $"{project.Path} references itself through other projects";
        }
    }

    public static IEnumerable<string> OwnVersions(IEnumerable<Project> projects) =>
        from project in projects
        from package in project.Xml.Descendants("PackageReference")
        where package.Attribute("Version") is not null || package.Attribute("VersionOverride") is not null || package.Element("Version") is not null
        select $"{project.Path} sets the version of {package.Attribute("Include")?.Value}; set it in Directory.Packages.props";

    /// <summary>Versions must be exact. Only MassTransit is pinned by a range, since its next version needs a license.</summary>
    public static IEnumerable<string> LooseVersions(XDocument packages) =>
        from package in packages.Descendants("PackageVersion")
        let name = package.Attribute("Include")!.Value
        let version = package.Attribute("Version")!.Value
        where name.StartsWith("MassTransit", StringComparison.Ordinal) ? version != $"[{version.Trim('[', ']')}]" : version.IndexOfAny(['[', '(', '*', ',']) >= 0
        select $"{name} has the version {version}, which is not exact";
}
