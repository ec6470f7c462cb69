using System.Xml.Linq;

namespace Kener.Architecture.Tests;

public sealed class RuleTests
{
    [Fact]
    public void Files_are_short() => None(SourceRules.LongFiles(Repository.Sources));

    [Fact]
    public void Methods_are_short() => None(SourceRules.LongMethods(Repository.Sources));

    [Fact]
    public void Files_are_named_for_what_is_in_them() => None(SourceRules.EmptyNames(Repository.Files));

    [Fact]
    public void No_type_of_ours_is_in_a_namespace_of_Aspire() => None(SourceRules.AspireNamespaces(Repository.Sources));

    [Fact]
    public void An_interface_has_more_than_one_implementation() => None(SourceRules.LonelyInterfaces(Repository.Sources));

    [Fact]
    public void Projects_refer_to_each_other_as_the_architecture_says() =>
        None([.. ProjectRules.WrongArrows(Repository.Projects), .. ProjectRules.TestsInProducts(Repository.Projects)]);

    [Fact]
    public void Projects_do_not_refer_in_circles() => None(ProjectRules.Cycles(Repository.Projects));

    [Fact]
    public void Versions_of_packages_stand_in_one_place() => None(ProjectRules.OwnVersions(Repository.Projects));

    [Fact]
    public void Versions_of_packages_are_exact() =>
        None(ProjectRules.LooseVersions(XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"))));

    /// <summary>A watch on each folder below the one it was started in is what the framework's own way would cost.</summary>
    [Fact]
    public void A_process_reads_its_settings_once() => None(Repository.Sources
        .Where(source => source.Path.EndsWith("/Program.cs", StringComparison.Ordinal) && source.Text.Contains(" WebApplication.CreateBuilder(", StringComparison.Ordinal))
        .Select(source => source.Path));

    private static void None(IEnumerable<string> violations)
    {
        var list = violations.Distinct().ToList();
        Assert.True(list.Count == 0, string.Join('\n', list.Prepend("")));
    }
}
