using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Kener.Ui.Text;

/// <summary>
/// Cleans CSS of the site's owner for use in a page: it cannot leave its style element, and requests nothing from other sites. The page's content
/// security policy is a second barrier; cleaning keeps the page from violating it.
/// </summary>
internal sealed class CssText
{
    // In these functions, a plain string is a URL.
    private static readonly FrozenSet<string> AddressFunctions = new[] { "url", "src", "image", "image-set", "-webkit-image-set" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static volatile CssText? _last;

    private readonly string _css;
    private readonly StringBuilder _clean = new();
    // The open parentheses, innermost on top: whether strings in them are URLs.
    private readonly Stack<bool> _open = new();
    private int _at;
    private bool _isDropping;

    private CssText(string css)
    {
        // Normalized as HTML parsers do it; otherwise its hash in the policy would not match.
        _css = css.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Replace('\f', '\n').Replace("\0", "", StringComparison.Ordinal);
        Source = css;
        while (_at < _css.Length) Next();
        Result = _clean.ToString().Replace("</", "<\\/", StringComparison.Ordinal).Replace("<!", "<\\!", StringComparison.Ordinal).Trim();
    }

    private string Source { get; }

    private string Result { get; }

    /// <summary>Returns the CSS without comments, imports, and URLs of other sites.</summary>
    public static string Clean(string? css)
    {
        if (string.IsNullOrWhiteSpace(css)) return "";
        // Keeps one result: all pages have the same CSS, and it rarely changes.
        var last = _last;
        if (last?.Source != css) _last = last = new CssText(css);
        return last.Result;
    }

    private void Next()
    {
        var (from, first) = (_at, _css[_at]);
        if (Is("/*")) SkipComment();
        else if (Is("<!--") || Is("-->")) Skip(first == '<' ? 4 : 3);
        else if (first is '"' or '\'') Quoted();
        else if (first == '@')
        {
            _at++;
            if (Name().Equals("import", StringComparison.OrdinalIgnoreCase)) _isDropping = true;
            Write(_css[from.._at]);
        }
        else if (IsName(first)) Function(Name(), from);
        else if (first == '(') Open(holdsAddresses: false);
        else if (_isDropping && _open.Count == 0 && first is ';' or '{' or '}') EndImport();
        else
        {
            if (first == ')') _open.TryPop(out _);
            Step();
        }
    }

    private void SkipComment()
    {
        var end = _css.IndexOf("*/", _at + 2, StringComparison.Ordinal);
        Skip((end < 0 ? _css.Length : end + 2) - _at);
    }

    // Leaves a space, so that the tokens before and after do not become one.
    private void Skip(int length)
    {
        _at += length;
        Write(" ");
    }

    // A line end closes an unterminated string.
    private void Quoted()
    {
        var from = _at++;
        while (_at < _css.Length && _css[_at] != _css[from] && _css[_at] != '\n') _at += _css[_at] == '\\' ? 2 : 1;
        var said = _css[(from + 1)..Math.Min(_at, _css.Length)];
        _at = Math.Min(_at + 1, _css.Length);
        var isElsewhere = _open.TryPeek(out var holdsAddresses) && holdsAddresses && !Address.IsOwnImage(Unescaped(said));
        Write(isElsewhere ? "\"data:,\"" : _css[from.._at]);
    }

    private void EndImport()
    {
        _isDropping = false;
        Skip(_css[_at] == ';' ? 1 : 0);
    }

    private void Function(string name, int from)
    {
        var isCall = _at < _css.Length && _css[_at] == '(';
        Write(_css[from.._at]);
        if (!isCall) return;
        var isUrl = name.Equals("url", StringComparison.OrdinalIgnoreCase);
        Open(AddressFunctions.Contains(name));
        if (!isUrl) return;
        var start = _at;
        while (_at < _css.Length && IsBlank(_css[_at])) _at++;
        if (_at < _css.Length && _css[_at] is '"' or '\'') return;
        while (_at < _css.Length && _css[_at] != ')') _at += _css[_at] == '\\' ? 2 : 1;
        _at = Math.Min(_at, _css.Length);
        Write(Address.IsOwnImage(Unescaped(_css[start.._at]).Trim()) ? _css[start.._at] : "data:,");
    }

    private void Open(bool holdsAddresses)
    {
        _open.Push(holdsAddresses);
        Step();
    }

    private void Step()
    {
        if (!_isDropping) _clean.Append(_css[_at]);
        _at++;
    }

    private void Write(string text)
    {
        if (!_isDropping) _clean.Append(text);
    }

    private bool Is(string text) => string.CompareOrdinal(_css, _at, text, 0, text.Length) == 0;

    private string Name()
    {
        var from = _at;
        while (_at < _css.Length && IsName(_css[_at])) _at += _css[_at] == '\\' ? EscapeAt(_css, _at).Length : 1;
        _at = Math.Min(_at, _css.Length);
        return Unescaped(_css[from.._at]);
    }

    private static bool IsName(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '\\' || !char.IsAscii(c);

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\n';

    private static string Unescaped(string text)
    {
        if (!text.Contains('\\')) return text;
        var plain = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            if (text[at] != '\\')
            {
                plain.Append(text[at++]);
                continue;
            }
            var (said, length) = EscapeAt(text, at);
            plain.Append(said);
            at += length;
        }
        return plain.ToString();
    }

    /// <summary>Returns the text of an escape and its length: up to six hexadecimal digits and a blank, or one character.</summary>
    private static (string Said, int Length) EscapeAt(string text, int at)
    {
        var digits = 0;
        while (digits < 6 && at + 1 + digits < text.Length && char.IsAsciiHexDigit(text[at + 1 + digits])) digits++;
        if (digits == 0) return at + 1 < text.Length && text[at + 1] != '\n' ? (text[at + 1].ToString(), 2) : ("", Math.Min(2, text.Length - at));
        var code = int.Parse(text.AsSpan(at + 1, digits), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var blank = at + 1 + digits < text.Length && IsBlank(text[at + 1 + digits]) ? 1 : 0;
        return (Rune.IsValid(code) ? new Rune(code).ToString() : "\uFFFD", 1 + digits + blank);
    }
}
