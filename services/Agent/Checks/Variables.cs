using System.Text;

namespace Kener.Agent.Checks;

/// <summary>
/// The environment variables that <c>$NAME</c> in a monitor may refer to. The operator of the agent lists them, because people who edit monitors
/// should not have access to every secret of the machine.
/// </summary>
internal sealed class Variables(IReadOnlyDictionary<string, string> values)
{
    private const int ShortestSecret = 4;

    /// <summary>Reads the environment variables of these names, as far as they exist.</summary>
    public static Variables Of(IEnumerable<string> names) => new(names.Distinct()
        .Select(name => (name, Value: Environment.GetEnvironmentVariable(name))).Where(pair => pair.Value is not null).ToDictionary(pair => pair.name, pair => pair.Value!));

    /// <summary>Replaces each <c>$NAME</c> with its value; names that are not listed or do not exist stay as they are.</summary>
    public string Fill(string text)
    {
        if (values.Count == 0 || !text.Contains('$', StringComparison.Ordinal)) return text;
        var filled = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var end = i + 1;
            while (text[i] == '$' && end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_')) end++;
            if (values.TryGetValue(text[(i + 1)..end], out var value)) filled.Append(value);
            else filled.Append(text, i, end - i);
            i = end;
        }
        return filled.ToString();
    }

    /// <summary>
    /// Replaces the values with their names, so that a shown text does not reveal them. Values below four characters are not replaced.
    /// </summary>
    public string Mask(string text)
    {
        foreach (var (name, value) in values.Where(pair => pair.Value.Length >= ShortestSecret).OrderByDescending(pair => pair.Value.Length))
            text = text.Replace(value, "$" + name, StringComparison.OrdinalIgnoreCase);
        return text;
    }
}
