using System.Text.RegularExpressions;

namespace Kener.Architecture.Tests;

/// <summary>Rules about citations: cited rules, ADRs and documents must exist.</summary>
internal static partial class CitationRules
{
    /// <summary>Returns the rules that the documents define: ids such as INC-4 in the first cell of a table row.</summary>
    public static IReadOnlySet<string> Defined(IEnumerable<string> documents) =>
        documents.SelectMany(text => Definition().Matches(text)).Select(match => match.Groups[1].Value).ToHashSet();

    /// <summary>Returns the citations of what does not exist; <paramref name="files"/> are all files of the repository.</summary>
    public static IEnumerable<string> Dangling(IEnumerable<Source> sources, IReadOnlySet<string> rules, IReadOnlyList<string> files)
    {
        var areas = rules.Select(id => id[..3]).ToHashSet();
        foreach (var source in sources)
        {
            foreach (Match match in RuleId().Matches(source.Text))
                if (areas.Contains(match.Value[..3]) && !rules.Contains(match.Value)) yield return $"{source.Path} cites {match.Value}, which no document defines";
            foreach (Match match in Adr().Matches(source.Text))
                if (!files.Any(file => file.StartsWith($"docs/adr/{match.Groups[1].Value.PadLeft(4, '0')}-", StringComparison.Ordinal))) yield return $"{source.Path} cites {match.Value}, which does not exist";
            foreach (Match match in Document().Matches(source.Text))
                if (!files.Contains(match.Value)) yield return $"{source.Path} cites {match.Value}, which does not exist";
        }
    }

    [GeneratedRegex(@"^\| ([A-Z]{3}-\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Definition();

    [GeneratedRegex(@"\b[A-Z]{3}-\d+\b")]
    private static partial Regex RuleId();

    [GeneratedRegex(@"\bADR (\d+)\b")]
    private static partial Regex Adr();

    [GeneratedRegex(@"\bdocs/[\w./-]+\.md\b")]
    private static partial Regex Document();
}
