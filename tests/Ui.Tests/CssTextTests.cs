using Kener.Ui.Text;

namespace Kener.Ui.Tests;

public sealed class CssTextTests
{
    public static TheoryData<string> Polyglots => [.. Hostile.Polyglots, .. Hostile.Styles];

    [Theory]
    [InlineData("h1 { color: red }\n@media (width < 40rem) { h1 > b { --x: calc(1px + 2%) } }")]
    [InlineData("a{background:url(/assets/images/a.png),url(\"/assets/b.png\" ),url(#grey),url(data:image/png;base64,AAAA)}")]
    [InlineData("p::after{content:'https://example.com is \\'only\\' a \\201C text\\201D'}")]
    [InlineData("p{background:image-set('/a.png' 1x, url(/b.png) 2x)}@supports (color: light-dark(red, blue)){p{color:red}}")]
    public void CSS_that_loads_nothing_from_other_sites_is_unchanged(string css) => Assert.Equal(css, CssText.Clean(css));

    [Theory]
    [InlineData("@import url(https://evil.example/x.css); h1{}", "h1{}")]
    [InlineData("@IMPORT 'x;y.css' layer(a;b); p{}", "p{}")]
    [InlineData("@\\69 mport \"x\";p{}", "p{}")]
    [InlineData("@import 'x' } p{}", "} p{}")]
    [InlineData("p{}@import url(a", "p{}")]
    [InlineData("a{background:url(https://evil.example/a.png)}", "a{background:url(data:,)}")]
    [InlineData("a{background:URL( 'http://evil.example/a.png' )}", "a{background:URL(\"data:,\" )}")]
    [InlineData("a{background:u\\72l(\"//evil.example/a\")}", "a{background:u\\72l(\"data:,\")}")]
    [InlineData("a{background:url(\\2f\\2f evil.example/a)}", "a{background:url(data:,)}")]
    [InlineData("a{background:url(/\\5c evil.example)}", "a{background:url(data:,)}")]
    [InlineData("a{background:url('/\\\n/evil.example')}", "a{background:url(\"data:,\")}")]
    [InlineData("a{background:image-set(\"https://evil.example/a\" 1x, '/b.png' 2x)}", "a{background:image-set(\"data:,\" 1x, '/b.png' 2x)}")]
    [InlineData("@font-face{src:url(https://evil.example/a.woff2)}", "@font-face{src:url(data:,)}")]
    [InlineData("a{b:url(data:text/html,x) c(url(x.png)) d}", "a{b:url(data:,) c(url(data:,)) d}")]
    [InlineData("/<!--* \" */ a{b:url(//evil.example)} \"", "/ * \" */ a{b:url(//evil.example)} \"")]
    [InlineData("/@import x;* \" */ a{b:url(//evil.example)} \"", "/ * \" */ a{b:url(//evil.example)} \"")]
    [InlineData("a{b:url(", "a{b:url(data:,")]
    public void Imports_and_URLs_of_other_sites_are_removed(string css, string clean) => Assert.Equal(clean, CssText.Clean(css));

    [Theory]
    [InlineData("p::after{content:'</style>'}", "p::after{content:'<\\/style>'}")]
    [InlineData("</style><script>alert(1)</script>", "<\\/style><script>alert(1)<\\/script>")]
    [InlineData("</**//style>", "< /style>")]
    [InlineData("p::after{content:'<!--age-->'}", "p::after{content:'<\\!--age-->'}")]
    [InlineData("<!-- p{} -->", "p{}")]
    [InlineData("a{/* b */color:red/* c", "a{ color:red")]
    [InlineData("a{\r\nb:c\r}\f\0", "a{\nb:c\n}")]
    public void CSS_cannot_end_its_style_element(string css, string clean) => Assert.Equal(clean, CssText.Clean(css));

    [Theory]
    [MemberData(nameof(Polyglots))]
    public void A_known_attack_comes_out_inert(string attack)
    {
        foreach (var css in new[] { attack, "p{content:'" + attack, "p{background:url(" + attack + ")}", "/*" + attack, "@import " + attack + "p{}", "url(\"" + attack })
        {
            var clean = CssText.Clean(css);
            Assert.DoesNotContain("</", clean, StringComparison.Ordinal);
            Assert.DoesNotContain("<!", clean, StringComparison.Ordinal);
            Assert.Equal(clean, CssText.Clean(clean));
        }
    }

    [Theory]
    [InlineData("(")]
    [InlineData("url(")]
    [InlineData("@import ")]
    [InlineData("\\")]
    [InlineData("'")]
    [InlineData("/*")]
    public async Task A_style_made_to_hang_the_parser_is_cleaned_in_time(string part)
    {
        var css = string.Concat(Enumerable.Repeat(part, 100_000 / part.Length));
        await Hostile.EndsAsync(() => CssText.Clean(css));
    }
}
