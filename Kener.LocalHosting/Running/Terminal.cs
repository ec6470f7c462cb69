namespace Kener.LocalHosting;

/// <summary>What the operator sees: lines that begin with the name of who says them, in a colour of its own.</summary>
internal sealed class Terminal(TextWriter output, TextWriter errors, bool isColoured)
{
    private const int Width = 12;
    private static readonly string[] Colours = ["36", "35", "34", "32", "33", "96", "95", "94", "92", "93"];
    private readonly Lock _gate = new();
    private readonly List<string> _names = [];

    public static Terminal OfThisProcess() => new(Console.Out, Console.Error,
        !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    /// <summary>Whether what runs may colour its lines.</summary>
    public bool IsColoured => isColoured;

    /// <summary>A line of a resource.</summary>
    public void Say(string name, string line)
    {
        lock (_gate) output.WriteLine($"{Prefix(name)} {line}");
    }

    /// <summary>A line of our own.</summary>
    public void Say(string line)
    {
        lock (_gate) output.WriteLine(line);
    }

    /// <summary>Why there is no application.</summary>
    public void Fail(string reason)
    {
        lock (_gate) errors.WriteLine($"Kener can not start: {reason}");
    }

    private string Prefix(string name)
    {
        if (!_names.Contains(name)) _names.Add(name);
        var prefix = $"{name.PadRight(Width)} |";
        return isColoured ? $"\e[{Colours[_names.IndexOf(name) % Colours.Length]}m{prefix}\e[0m" : prefix;
    }
}
