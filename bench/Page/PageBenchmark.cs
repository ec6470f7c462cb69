using System.Globalization;
using Kener.TestKit;

namespace Kener.Bench.Page;

/// <summary>
/// How many home pages per second the managed and the native gateway serve from memory. The bounds are Kestrel itself with as many bytes and with
/// thirteen bytes, and nginx with the same page in a file, if it is installed. All are measured in turn.
/// </summary>
internal static class PageBenchmark
{
    private const int Connections = 64, Rounds = 5;
    private const double Seconds = 3, GoalRatio = 0.9, GoalP99 = 5;
    private const string Thirteen = "Kestrel, thirteen bytes", SameBytes = "Kestrel, same bytes", Nginx = "nginx, same bytes";

    public static async Task<int> RunAsync(string[] args)
    {
        await using var edge = await Edge.StartAsync();
        var url = edge.Gateways[0].Url;
        using var client = new HttpClient();
        await using var nginx = await PrivateServer.NginxAsync(await client.GetByteArrayAsync(new Uri(url, PageServer.SameBytes)));
        List<(string Name, string Url)> servers = [(Thirteen, url + PageServer.Plaintext), (SameBytes, url + PageServer.SameBytes)];
        if (nginx is not null) servers.Add((Nginx, nginx.Address + "/"));
        servers.AddRange(edge.Gateways.Select(gateway => ($"gateway, {gateway.Name}", gateway.Url.ToString())));
        var measured = servers.ToDictionary(server => server.Name, _ => new List<Throughput>());
        foreach (var server in servers) await Load.OfAsync(server.Url, Connections, 1);
        // In turn, so that other load on the machine affects all of them.
        for (var round = 0; round < Rounds; round++)
            foreach (var server in servers) measured[server.Name].Add(await Load.OfAsync(server.Url, Connections, Seconds));
        foreach (var (name, rounds) in measured)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-24} {Median(rounds, one => one.PerSecond),10:N0}/s  p50 {Median(rounds, one => one.P50):0.00} ms  p99 {Median(rounds, one => one.P99):0.00} ms"));

        var areMet = true;
        foreach (var (name, rounds) in measured.TakeLast(edge.Gateways.Count))
        {
            var (ratio, p99) = (Ratio(rounds, SameBytes), Median(rounds, one => one.P99));
            var isMet = ratio >= GoalRatio && p99 <= GoalP99;
            areMet &= isMet;
            var beside = measured.ContainsKey(Nginx) ? string.Create(CultureInfo.InvariantCulture, $"{Ratio(rounds, Nginx):0.00} of nginx") : "nginx is not installed";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"page ({name}): {ratio:0.00} of the same bytes from Kestrel, {Ratio(rounds, Thirteen):0.00} of thirteen bytes from Kestrel, {beside}; p99 {p99:0.0} ms (goals: {GoalRatio}, {GoalP99} ms): {(isMet ? "met" : "NOT met")}"));
        }
        return areMet ? 0 : 1;

        double Ratio(List<Throughput> rounds, string bound) => Median([.. rounds.Zip(measured[bound])], round => round.First.PerSecond / round.Second.PerSecond);
    }

    private static double Median<T>(List<T> measured, Func<T, double> of) => measured.Select(of).Order().ElementAt(measured.Count / 2);
}
