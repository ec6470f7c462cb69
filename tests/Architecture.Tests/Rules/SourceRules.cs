using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kener.Architecture.Tests;

/// <summary>Rules about the text of source files. Each returns a message per violation.</summary>
internal static class SourceRules
{
    private const int LongestFile = 300, LongestMethod = 50, LongestProgram = 25, LongestAppHost = 60;
    private static readonly string[] EmptyWords = ["Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Manager", "Common", "Misc"];

    public static IEnumerable<string> LongFiles(IEnumerable<Source> sources) =>
        from source in sources
        let most = !source.Path.EndsWith("/Program.cs", StringComparison.Ordinal) ? LongestFile
            : source.Path.StartsWith("Kener.AppHost/", StringComparison.Ordinal) ? LongestAppHost : LongestProgram
        where source.Lines > most
        select $"{source.Path} has {source.Lines} lines; the limit is {most}";

    public static IEnumerable<string> LongMethods(IEnumerable<Source> sources) =>
        from source in sources
        from member in source.Tree.DescendantNodes()
        where member is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax
        let span = member.GetLocation().GetLineSpan()
        let lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1
        where lines > LongestMethod
        select $"{source.Path}:{span.StartLinePosition.Line + 1} {NameOf(member)} has {lines} lines; the limit is {LongestMethod}";

    /// <summary>Types in an Aspire namespace would be mistaken for Aspire's own.</summary>
    public static IEnumerable<string> AspireNamespaces(IEnumerable<Source> sources) =>
        from source in sources
        from space in source.Tree.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
        let name = space.Name.ToString()
        where name == "Aspire" || name.StartsWith("Aspire.", StringComparison.Ordinal)
        select $"{source.Path} declares types in {name}";

    public static IEnumerable<string> EmptyNames(IEnumerable<string> files) =>
        from file in files
        where file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal)
        let words = Words(Path.GetFileNameWithoutExtension(file)).Concat(Path.GetDirectoryName(file)!.Split('/').SelectMany(Words)).ToList()
        where words.Any(EmptyWords.Contains)
        select $"{file} has a name that does not say what it contains";

    public static IEnumerable<string> LonelyInterfaces(IEnumerable<Source> sources)
    {
        var types = sources.SelectMany(source => source.Tree.DescendantNodes().OfType<TypeDeclarationSyntax>().Select(type => (source.Path, Type: type))).ToList();
        var uses = types.SelectMany(one => one.Type.BaseList?.Types ?? default)
            .Select(use => use.Type.ToString().Split('<')[0].Split('.')[^1]).ToLookup(name => name);
        return from one in types
               where one.Type is InterfaceDeclarationSyntax && uses[one.Type.Identifier.Text].Count() == 1
               select $"{one.Path}: {one.Type.Identifier.Text} has one implementation; use the class itself";
    }

    private static string NameOf(SyntaxNode member) => member switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        LocalFunctionStatementSyntax local => local.Identifier.Text,
        AccessorDeclarationSyntax { Parent.Parent: PropertyDeclarationSyntax property } => property.Identifier.Text,
        _ => member.Kind().ToString(),
    };

    private static IEnumerable<string> Words(string name)
    {
        var start = 0;
        for (var i = 1; i <= name.Length; i++)
        {
            if (i < name.Length && !char.IsUpper(name[i]) && name[i] is not ('.' or '_')) continue;
            yield return name[start..i].TrimStart('.', '_');
            start = i;
        }
    }
}
