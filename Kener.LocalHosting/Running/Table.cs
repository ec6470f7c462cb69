namespace Kener.LocalHosting;

/// <summary>What runs where, once all of it does.</summary>
internal static class Table
{
    public static void Write(Terminal terminal, IReadOnlyList<Unit> units, DataFolder folder, TimeSpan took)
    {
        var rows = units.Where(unit => unit.IsListed).Reverse().Select(unit => $"  {unit.Name,-12} {unit.Where}");
        terminal.Say(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"""

            All is up after {took.TotalSeconds:0.0} s:

            {string.Join('\n', rows)}

              The data is in {folder.Path}. Ctrl-C stops everything.

            """));
    }
}
