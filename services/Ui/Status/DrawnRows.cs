using System.Runtime.CompilerServices;
using System.Text;

namespace Kener.Ui.Status;

/// <summary>Everything besides its view that determines the HTML of a row.</summary>
internal sealed record RowForm(RowStyle Style, string Language, string Zone, DateForms? Dates, bool IsNested);

/// <summary>
/// Caches the HTML of rows for as long as their views live. A change of a page rarely affects more than a few of its rows, and rendering the others
/// again would be most of the work. Thread-safe.
/// </summary>
internal sealed class DrawnRows
{
    private readonly ConditionalWeakTable<MonitorView, List<(RowForm Form, string Html)>> _kept = [];

    public string? Find(MonitorView row, RowForm form)
    {
        if (!_kept.TryGetValue(row, out var drawn)) return null;
        lock (drawn)
        {
            foreach (var (known, html) in drawn)
                if (known == form) return html;
        }
        return null;
    }

    public void Keep(MonitorView row, RowForm form, string html)
    {
        var drawn = _kept.GetOrCreateValue(row);
        lock (drawn) drawn.Add((form, html));
    }
}

/// <summary>Splits the HTML of a <see cref="RowSheet"/> into one text per row.</summary>
internal sealed class RowWriter : TextWriter
{
    private readonly StringBuilder _row = new(2_048);

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>The complete rows.</summary>
    public List<string> Rows { get; } = [];

    public override void Write(char value) => _row.Append(value);

    public override void Write(char[] buffer, int index, int count) => _row.Append(buffer, index, count);

    public override void Write(string? value)
    {
        if (value != RowSheet.End)
        {
            _row.Append(value);
            return;
        }
        Rows.Add(_row.ToString());
        _row.Clear();
    }
}
