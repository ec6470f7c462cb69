using CsCheck;
using Kener.Gateway.Routes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace Kener.Gateway.Tests;

public sealed class RouteTests
{
    [Fact]
    public void A_path_matches_as_in_the_routing_of_ASP_NET_Core()
    {
        string[] words = ["api", "API", "v4", "incidents", "comments", "monitors", "data", "x", "", "%2F", "ü", "{id}"];
        var path = Gen.Int[0, words.Length - 1].Array[0, 7].Select(parts => "/" + string.Join('/', parts.Select(part => words[part])));
        var matchers = RouteTable.Kener.All.Concat(Tails).Select(route => (route, new TemplateMatcher(TemplateParser.Parse(route.Pattern), []))).ToList();
        path.Sample(candidate =>
        {
            foreach (var (route, matcher) in matchers)
            {
                var expected = matcher.TryMatch(new PathString(candidate), []);
                Assert.True(expected == route.Matches(candidate), $"{route.Pattern} and {candidate}: {expected} expected");
            }
        });
    }

    private static readonly Route[] Tails =
        [.. new[] { "/{**rest}", "/api/{**rest}", "/api/v4/{**rest}", "/{x}/{**rest}" }.Select(pattern => new Route(Owner.Status, Access.Public, pattern, "GET"))];

    [Fact]
    public void No_route_is_hidden_by_an_earlier_one() =>
        Assert.All(RouteTable.Kener.All, route => Assert.Equal(route.Pattern, RouteTable.Kener.Find(route.Pattern)!.Pattern));

    [Theory]
    [InlineData("/", "/")]
    [InlineData("", "/")]
    [InlineData("/incidents/5", "/incidents/{id}")]
    [InlineData("/incidents/5/", "/incidents/{id}")]
    [InlineData("/incidents", "/{page}")]
    [InlineData("/incidents/", "/{page}")]
    [InlineData("/incidents//", null)]
    [InlineData("//", null)]
    [InlineData("/api/v4/monitors/a/data/5", "/api/v4/monitors/{tag}/data/{timestamp}")]
    [InlineData("/Api/V4/Monitors/a/Data/5/", "/api/v4/monitors/{tag}/data/{timestamp}")]
    [InlineData("/api/v4/monitors/a//5", null)]
    public void A_path_finds_its_route(string path, string? pattern) => Assert.Equal(pattern, RouteTable.Kener.Find(path)?.Pattern);

    private static readonly string[] Descriptions = ["/api/openapi/v4.json", "/api/openapi/v5.json", "/api/reference", "/api/reference/scalar.js"];

    [Fact]
    public void No_route_is_listed_twice_and_only_the_description_of_the_API_is_public()
    {
        Assert.Distinct(RouteTable.Kener.All.Select(route => route.Pattern.ToLowerInvariant()));
        Assert.All(RouteTable.Kener.All, route => Assert.Equal(
            route.Pattern.StartsWith("/api/", StringComparison.Ordinal) && !Descriptions.Contains(route.Pattern), route.Access == Access.Key));
        Assert.All(RouteTable.Kener.All, route => Assert.NotNull(RoutePatternFactory.Parse(route.Pattern)));
    }
}
