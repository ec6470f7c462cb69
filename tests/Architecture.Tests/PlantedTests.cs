using System.Xml.Linq;

namespace Kener.Architecture.Tests;

/// <summary>Each rule catches a planted violation.</summary>
public sealed class PlantedTests
{
    [Fact]
    public void A_long_file_is_caught()
    {
        Assert.Single(SourceRules.LongFiles([new("services/A/Long.cs", new string('\n', 301)), new("services/A/Short.cs", new string('\n', 300))]));
        Assert.Single(SourceRules.LongFiles([new("services/A/Program.cs", new string('\n', 26)), new("Kener.AppHost/Program.cs", new string('\n', 60))]));
    }

    [Fact]
    public void A_long_method_is_caught()
    {
        static Source With(int lines) => new("a.cs", $"class A\n{{\n    int M()\n    {{\n{new string('\n', lines - 3)}    }}\n}}\n");
        Assert.Empty(SourceRules.LongMethods([With(50)]));
        Assert.Equal("a.cs:3 M has 51 lines; the limit is 50", Assert.Single(SourceRules.LongMethods([With(51)])));
    }

    [Fact]
    public void A_meaningless_file_name_is_caught() => Assert.Equal(3, SourceRules.EmptyNames(
        ["services/A/TimeHelper.cs", "services/A/Utils/X.cs", "services/A/KeyManager.cs", "services/A/Utilisation.cs", "services/A/Commit/Change.cs"]).Count());

    [Fact]
    public void An_interface_with_one_implementation_is_caught() => Assert.Equal("a.cs: ILonely has one implementation; use the class itself", Assert.Single(SourceRules.LonelyInterfaces(
        [new("a.cs", "interface ILonely {} class A : ILonely {} interface IShared<T> {} class B : IShared<int> {} class C : IShared<long>, IDisposable {} interface IMark {}")])));

    [Fact]
    public void A_forbidden_project_reference_is_caught()
    {
        Assert.Equal("services/Incidents/x.csproj must not reference Kener.Monitors",
            Assert.Single(ProjectRules.WrongArrows([Project("Kener.Incidents", "Kener.Monitors", "Kener.Persistence")])));
        Assert.Single(ProjectRules.WrongArrows([Project("Kener.Unheard")]));
    }

    [Fact]
    public void A_reference_cycle_is_caught() =>
        Assert.Equal(2, ProjectRules.Cycles([Project("A", "B"), Project("B", "A"), Project("C", "A")]).Count());

    [Fact]
    public void A_namespace_that_does_not_follow_its_folder_is_caught() => Assert.Equal("services/Incidents/Monitors/A.cs declares Kener.Incidents; its folder says Kener.Incidents.Monitors",
        Assert.Single(NamespaceRules.WrongNamespaces(
            [new("services/Incidents/Monitors/A.cs", "namespace Kener.Incidents;"), new("services/Incidents/B.cs", "namespace Kener.Incidents;")], [Project("Kener.Incidents")])));

    [Fact]
    public void A_folder_of_Status_that_uses_a_later_one_is_caught() => Assert.Equal("services/Status/Site/A.cs uses Publishing, which comes after Site",
        Assert.Single(NamespaceRules.WrongDirections(
            [new("services/Status/Site/A.cs", "using Kener.Status.Publishing;"), new("services/Status/Publishing/B.cs", "using Kener.Status.Site;")])));

    [Fact]
    public void A_package_version_in_a_project_file_is_caught() => Assert.Single(ProjectRules.OwnVersions(
        [new("A", "a.csproj", XDocument.Parse("<P><PackageReference Include='x' Version='1' /><PackageReference Include='y' /></P>"))]));

    [Fact]
    public void A_package_version_that_is_not_exact_is_caught() => Assert.Equal(3, ProjectRules.LooseVersions(XDocument.Parse(
        "<P><PackageVersion Include='a' Version='1.*' /><PackageVersion Include='b' Version='[1,2)' /><PackageVersion Include='c' Version='1.0' />"
        + "<PackageVersion Include='MassTransit' Version='8.5.12' /><PackageVersion Include='MassTransit.RabbitMQ' Version='[8.5.12]' /></P>")).Count());

    [Fact]
    public void A_citation_of_something_missing_is_caught()
    {
        var rules = CitationRules.Defined(["| INC-1 | A rule. |\n| not INC-2 |"]);
        Assert.Equal("INC-1", Assert.Single(rules));
        Assert.Equal(3, CitationRules.Dangling(
            [new("a.cs", "(Behavior: INC-1, INC-2) UTF-8 ISO-8601 ADR 1 ADR 2 docs/a.md docs/b.md")], rules, ["docs/adr/0001-x.md", "docs/a.md"]).Count());
    }

    private static Project Project(string name, params string[] references) => new(
        name, $"services/{name.Split('.')[^1]}/x.csproj", new XDocument(new XElement("Project", references.Select(reference =>
            new XElement("ProjectReference", new XAttribute("Include", $"../{reference}.csproj"))))));
}
