using System.Collections.Immutable;
using System.Reflection;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Kener.Architecture.Tests;

/// <summary>Every API listed in bans/ is a compiler error in every project of the product.</summary>
public sealed class BanTests
{
    private const string Package = "Microsoft.CodeAnalysis.BannedApiAnalyzers";

    private static readonly IReadOnlyList<string> Files =
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "bans")).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    private static readonly CSharpCompilation Empty = CSharpCompilation.Create("Sample", [],
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

    [Theory]
    [InlineData("BannedSymbols.txt", "System.DateTime.UtcNow", "System.DateTime.Now", "System.DateTime.Today", "System.DateTimeOffset.UtcNow", "System.DateTimeOffset.Now")]
    [InlineData("BannedSymbols.txt", "task.Result", "new System.Threading.Tasks.ValueTask<int>(task).Result", "task.Wait(1)", "System.Threading.Tasks.Task.WaitAny(task)")]
    [InlineData("BannedSymbols.txt", "new System.Text.RegularExpressions.Regex(text)", "System.Text.RegularExpressions.Regex.IsMatch(text, text)")]
    [InlineData("BannedSymbols.Saves.txt", "db.SaveChanges()", "db.SaveChangesAsync()", "db.SaveChangesAsync(true)")]
    [InlineData("BannedSymbols.Connections.txt", "new System.Net.Http.HttpClient()", "new System.Net.Http.SocketsHttpHandler()", "new System.Net.Sockets.TcpClient()")]
    [InlineData("BannedSymbols.Processes.txt", "System.Diagnostics.Process.Start(text)", "new System.Diagnostics.Process().Start()")]
    public async Task A_banned_call_is_caught(string file, params string[] calls)
    {
        foreach (var call in calls)
        {
            var found = await DiagnosticsAsync(file, $$"""
                class Sample
                {
                    object M(System.Threading.Tasks.Task<int> task, string text, OwnDb db) =>
                        {{call}};
                }
                class OwnDb : Microsoft.EntityFrameworkCore.DbContext;
                """);
            Assert.True(found.Any(one => one.Id == "RS0030" && one.Location.GetLineSpan().StartLinePosition.Line == 3), $"{file} does not ban {call}");
        }
    }

    [Fact]
    public void Every_ban_names_an_existing_symbol_and_all_overloads_of_it()
    {
        foreach (var file in Files)
        {
            var ids = File.ReadLines(Path.Combine(Repository.Root, "bans", file)).Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal))
                .Select(line => line.Split(';')[0]).ToList();
            Assert.NotEmpty(ids);
            foreach (var id in ids)
            {
                var symbol = DocumentationCommentId.GetFirstSymbolForDeclarationId(id, Empty);
                Assert.True(symbol is not null, $"{file}: {id} does not exist");
                if (symbol is not IMethodSymbol method) continue;
                var overloads = method.ContainingType.GetMembers(method.Name).Where(other => other.DeclaredAccessibility == Accessibility.Public)
                    .Select(other => other.GetDocumentationCommentId()!);
                Assert.Empty(overloads.Except(ids));
            }
        }
    }

    [Fact]
    public void Every_ban_applies_to_every_product_project_apart_from_the_named_exceptions()
    {
        foreach (var project in Repository.Projects.Where(project => !project.IsTest && !project.Path.StartsWith("bench/", StringComparison.Ordinal)))
            Assert.Contains(Package, File.ReadAllText(Path.Combine(Repository.Root, Path.GetDirectoryName(project.Path)!, "packages.lock.json")), StringComparison.Ordinal);
        var held = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("AdditionalFiles")
            .ToDictionary(one => Path.GetFileName(one.Attribute("Include")!.Value), one => one.Attribute("Condition")?.Value);
        Assert.Equal(Files, held.Keys.Order(StringComparer.Ordinal));
        static string Except(string project) => $"'$(MSBuildProjectName)' != '{project}'";
        Assert.Equal([null, Except("Kener.Persistence"), $"{Except("Kener.Outbound")} and {Except("Kener.Hosting")}", Except("Kener.Hosting")],
            [held["BannedSymbols.txt"], held["BannedSymbols.Saves.txt"], held["BannedSymbols.Connections.txt"], held["BannedSymbols.Processes.txt"]]);
    }

    private static async Task<ImmutableArray<Diagnostic>> DiagnosticsAsync(string file, string code)
    {
        var assembly = Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, "analyzers", "Microsoft.CodeAnalysis.CSharp.BannedApiAnalyzers.dll"));
        var analyzer = (DiagnosticAnalyzer)Activator.CreateInstance(assembly.GetType("Microsoft.CodeAnalysis.CSharp.BannedApiAnalyzers.CSharpSymbolIsBannedAnalyzer", throwOnError: true)!)!;
        return await Empty.AddSyntaxTrees(CSharpSyntaxTree.ParseText(code)).WithAnalyzers([analyzer], new AnalyzerOptions([new Bans(file)]))
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Bans(string file) : AdditionalText
    {
        public override string Path => file;

        public override SourceText GetText(CancellationToken cancellationToken = default) =>
            SourceText.From(File.ReadAllText(System.IO.Path.Combine(Repository.Root, "bans", file)));
    }
}
