using System.Xml.Linq;

namespace Kener.Architecture.Tests;

public sealed class RuleTests
{
    private static readonly string[] RuleDocuments = ["docs/behavior.md", "docs/architecture.md"];

    [Fact]
    public void Files_are_short() => None(SourceRules.LongFiles(Repository.Sources));

    [Fact]
    public void Methods_are_short() => None(SourceRules.LongMethods(Repository.Sources));

    [Fact]
    public void File_names_say_what_the_files_contain() => None(SourceRules.EmptyNames(Repository.Files));

    [Fact]
    public void No_type_is_in_an_Aspire_namespace() => None(SourceRules.AspireNamespaces(Repository.Sources));

    [Fact]
    public void An_interface_has_more_than_one_implementation() => None(SourceRules.LonelyInterfaces(Repository.Sources));

    [Fact]
    public void Project_references_follow_the_architecture() =>
        None([.. ProjectRules.WrongArrows(Repository.Projects), .. ProjectRules.TestsInProducts(Repository.Projects)]);

    [Fact]
    public void Project_references_have_no_cycles() => None(ProjectRules.Cycles(Repository.Projects));

    [Fact]
    public void Namespaces_follow_folders() => None(NamespaceRules.WrongNamespaces(Repository.Sources, Repository.Projects));

    [Fact]
    public void The_folders_of_Status_depend_on_each_other_in_one_direction() => None(NamespaceRules.WrongDirections(Repository.Sources));

    [Fact]
    public void Package_versions_are_set_in_one_place() => None(ProjectRules.OwnVersions(Repository.Projects));

    [Fact]
    public void Package_versions_are_exact() =>
        None(ProjectRules.LooseVersions(XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"))));

    [Fact]
    public void Cited_rules_and_documents_exist()
    {
        var texts = Repository.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal))
            .Select(file => new Source(file, File.ReadAllText(Path.Combine(Repository.Root, file))));
        var rules = CitationRules.Defined(RuleDocuments.Select(file => File.ReadAllText(Path.Combine(Repository.Root, file))));
        Assert.True(rules.Count > 100);
        None(CitationRules.Dangling(Repository.Sources.Where(source => !source.Path.EndsWith("/PlantedTests.cs", StringComparison.Ordinal)).Concat(texts), rules, Repository.Files));
    }

    /// <summary>The framework's WebApplication.CreateBuilder would watch every folder below the working directory for changed settings.</summary>
    [Fact]
    public void A_process_reads_its_settings_once() => None(Repository.Sources
        .Where(source => source.Path.EndsWith("/Program.cs", StringComparison.Ordinal) && source.Text.Contains(" WebApplication.CreateBuilder(", StringComparison.Ordinal))
        .Select(source => source.Path));

    /// <summary>Only Recording stores results, so that the transitions that they cause are recorded too (Behavior: TRN-1).</summary>
    [Fact]
    public void Results_are_stored_only_by_Recording()
    {
        string[] writers = ["services/Monitors/Results/MinuteVerdict.cs", "services/Monitors/Results/Correction.cs"];
        string[] writing = ["INTO results", "COPY results", "UPDATE results", "Results.Add"], calling = ["MinuteVerdict.StoreAsync(", "correction.StoreAsync("];
        None(from source in Repository.Sources
             where source.Path.StartsWith("services/", StringComparison.Ordinal)
             where (!writers.Contains(source.Path) && writing.Any(source.Text.Contains))
                 || (source.Path != "services/Monitors/Results/Recording.cs" && calling.Any(source.Text.Contains))
             select source.Path);
    }

    private static void None(IEnumerable<string> violations)
    {
        var list = violations.Distinct().ToList();
        Assert.True(list.Count == 0, string.Join('\n', list.Prepend("")));
    }
}
